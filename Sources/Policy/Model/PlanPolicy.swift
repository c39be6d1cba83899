/// What tenants of a plan may do.
package struct PlanPolicy: Sendable, Hashable {
    /// What becomes of limited requests while the limit store is down.
    package enum OnStoreOutage: String, Sendable, Hashable, CaseIterable {
        /// 503 until the limit store answers.
        case closed
        /// No limits until it answers.
        case open
        /// A bounded share granted beforehand.
        case lease
    }

    /// Models without a price: counted as unpriced, or refused.
    package enum UnknownPrice: String, Sendable, Hashable, CaseIterable {
        case flag, block
    }

    package var name: String
    /// Allow-list; `*` stands for any text.
    package var models: [NamePattern]
    /// Empty: none.
    package var limits: [LimitRule] = []
    package var alerts: AlertPolicy?
    package var onStoreOutage = OnStoreOutage.lease
    /// nil: off, unless a model says otherwise.
    package var cache: CachePolicy?
    package var unknownPrice = UnknownPrice.flag
    /// Addresses or CIDR ranges; empty: any.
    package var ipAllow: [String] = []

    package init(name: String, models: [NamePattern]) {
        self.name = name
        self.models = models
    }

    /// Whether the allow-list names the model, by its name as the client writes it.
    package func allows(model: String) -> Bool {
        models.contains { $0.matches(model) }
    }

    /// For tenants without a plan when no plan is called `standard`: every model, no limits.
    static let unlimited = PlanPolicy(name: "unlimited", models: [NamePattern("*")])

    /// For tenants whose plan does not exist: no model. It keeps the name that was asked for, to be shown.
    static func none(named name: String) -> PlanPolicy {
        PlanPolicy(name: name, models: [])
    }
}

/// How much of a resource one subject may use in a period.
package struct LimitRule: Sendable, Hashable {
    package enum Scope: String, Sendable, Hashable, CaseIterable {
        case global, tenant, user, key
        case keyModel = "key_model"
        case tenantModel = "tenant_model"
        case endUser = "end_user"
    }

    package enum Resource: String, Sendable, Hashable, CaseIterable {
        case requests, tokens, cost, concurrency
    }

    package enum Period: String, Sendable, Hashable, CaseIterable {
        case second, minute, hour, day, week, month
    }

    package var scope: Scope
    package var resource: Resource
    /// nil for concurrency, which has none.
    package var period: Period?
    /// Requests, tokens, concurrent requests; nano-dollars for cost.
    package var max: Int
    /// Evaluated and shown, never enforced.
    package var shadow: Bool

    package init(scope: Scope, resource: Resource, period: Period?, max: Int, shadow: Bool = false) {
        self.scope = scope
        self.resource = resource
        self.period = period
        self.max = max
        self.shadow = shadow
    }

    /// Whether two rules limit the same thing, so that one replaces the other.
    package func concernsSame(as other: LimitRule) -> Bool {
        (scope, resource) == (other.scope, other.resource) && period == other.period
    }
}

/// Who is told when a limit fills up.
package struct AlertPolicy: Sendable, Hashable {
    /// Percentages, ascending.
    package var at: [Int]
    package var webhook: String?
    package var allowPrivateNetwork: Bool
}

/// A tenant that a policy file names.
package struct TenantPolicy: Sendable, Hashable {
    package var name: String
    package var plan: String?
    /// IANA name.
    package var timezone: String
    /// Own limits: added to the plan's, or in the place of those that concern the same.
    package var limits: [LimitRule]
}
