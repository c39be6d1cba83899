/// All policies at one moment, valid and immutable. A request keeps the snapshot it started with.
package struct PolicySnapshot: Sendable {
    package let providers: [String: ProviderPolicy]
    /// By name or pattern.
    package let models: [String: ModelPolicy]
    package let plans: [String: PlanPolicy]
    package let tenants: [String: TenantPolicy]
    /// Files it was read from.
    package let sources: [String]
    package let warnings: [Diagnostic]

    /// Most specific first.
    private let wildcards: [(pattern: NamePattern, model: ModelPolicy)]
    private let defaultPlan: PlanPolicy
    private static let defaultPlanName = "standard"

    init(
        providers: [String: ProviderPolicy], models: [String: ModelPolicy], plans: [String: PlanPolicy],
        tenants: [String: TenantPolicy], sources: [String], warnings: [Diagnostic]
    ) {
        self.providers = providers
        self.models = models
        self.plans = plans
        self.tenants = tenants
        self.sources = sources
        self.warnings = warnings
        defaultPlan = plans[Self.defaultPlanName] ?? .unlimited
        wildcards =
            models.values.map { (NamePattern($0.name), $0) }.filter(\.0.isWildcard)
            .sorted { first, second in
                let (one, other) = (first.0, second.0)
                return (other.literalPrefixLength, other.literalLength, one.text)
                    < (one.literalPrefixLength, one.literalLength, other.text)
            }
    }

    /// The model behind a client's name: the exact one, else that of the pattern with the longest literal beginning.
    package func model(for clientModel: String) -> ModelPolicy? {
        models[clientModel].flatMap { $0.name.contains("*") ? nil : $0 }
            ?? wildcards.first { $0.pattern.matches(clientModel) }?.model
    }

    /// A tenant that no file names has the plan `standard`, or, without one, every model and no limits. A tenant
    /// created at run time brings its own plan's name.
    ///
    /// Any other name that no plan has (a slip of the pen, a plan that was removed) allows nothing: a plan may be
    /// what keeps a tenant away from a model, so its absence must not open all.
    package func plan(forTenant tenant: String, storedPlan: String? = nil) -> PlanPolicy {
        guard let name = tenants[tenant]?.plan ?? storedPlan, name != Self.defaultPlanName else { return defaultPlan }
        return plans[name] ?? .none(named: name)
    }

    /// Whether tenants can have a plan of this name. `standard` always exists.
    package func hasPlan(_ name: String) -> Bool {
        name == Self.defaultPlanName || plans[name] != nil
    }

    /// The limits in force for a tenant: its plan's, with its own in the place of those that concern the same.
    package func limits(forTenant tenant: String, storedPlan: String? = nil) -> [LimitRule] {
        let own = tenants[tenant]?.limits ?? []
        let inherited = plan(forTenant: tenant, storedPlan: storedPlan).limits
        return inherited.filter { rule in !own.contains { $0.concernsSame(as: rule) } } + own
    }
}
