package import Policy

/// What one limit counts: a resource, in a period, on one subject. Made once per subject and kept by the caller (it
/// computes its storage name and hash), compared by them.
package final class LimitCounter: Sendable, Hashable {
    /// In the place of a subject. No subject is escaped to this.
    static let overflowSubject = "%others"

    package let scope: LimitRule.Scope
    package let resource: LimitRule.Resource
    /// nil for concurrency, which has none.
    package let period: LimitRule.Period?
    /// ``LimitTenant/global`` when the scope is `global`.
    package let tenant: LimitTenant
    /// Who or what is counted, within the tenant: a user, a key id, `key id/model` and so on. Empty for the scopes
    /// that have one subject only.
    package let subject: String
    /// Whether this is what all subjects share that are beyond the number a store keeps apart.
    package let isOverflow: Bool
    /// Stable text that storage knows the counter by. Printable ASCII without spaces.
    package let name: String
    /// Milliseconds of a sliding period; 0 for calendar periods and for concurrency.
    let length: Int
    /// Counters of a tenant with the same number count the same limit.
    let limit: Int
    private let isShadow: Bool
    private let hash: Int

    /// - Parameter isShadow: counts apart from an enforced limit on the same subject.
    package convenience init(
        scope: LimitRule.Scope, resource: LimitRule.Resource, period: LimitRule.Period?, tenant: LimitTenant,
        subject: String, isShadow: Bool = false
    ) {
        self.init(scope, resource, period, tenant, subject: subject, isShadow: isShadow, isOverflow: false)
    }

    private init(
        _ scope: LimitRule.Scope, _ resource: LimitRule.Resource, _ period: LimitRule.Period?, _ tenant: LimitTenant,
        subject: String, isShadow: Bool, isOverflow: Bool
    ) {
        let tenant = scope == .global ? .global : tenant
        let period = resource == .concurrency ? nil : period
        self.scope = scope
        self.resource = resource
        self.period = period
        self.tenant = tenant
        self.subject = subject
        self.isShadow = isShadow
        self.isOverflow = isOverflow
        name =
            "\(tenant.prefix)\(isShadow ? "~" : "")\(scope.rawValue):\(resource.rawValue):\(period?.rawValue ?? "-"):"
            + (isOverflow ? Self.overflowSubject : Self.escaped(subject))
        length =
            switch period {
            case .second: 1000
            case .minute: 60_000
            case .hour: 3_600_000
            case .day, .week, .month, nil: 0
            }
        limit =
            ((Self.number(scope) * 8 + Self.number(resource)) * 8 + Self.number(period)) * 2 + (isShadow ? 1 : 0)
        var hasher = Hasher()
        hasher.combine(name)
        hash = hasher.finalize()
    }

    package static func == (left: LimitCounter, right: LimitCounter) -> Bool {
        left === right || (left.hash == right.hash && left.name == right.name)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    /// Whether a store keeps only so many of its kind apart: there may be as many subjects as clients choose. Slots are
    /// as many as there are running requests, and those are bounded.
    var isBounded: Bool {
        switch scope {
        case .global, .tenant: false
        case .user, .key, .keyModel, .tenantModel, .endUser: resource != .concurrency && !isOverflow
        }
    }

    /// The counter that all subjects share for which the store has no room.
    var overflow: LimitCounter {
        LimitCounter(scope, resource, period, tenant, subject: "", isShadow: isShadow, isOverflow: true)
    }

    /// Percent-encodes what has a meaning in storage names (`:`, `{`, `}`, `%`), blanks, control bytes and everything
    /// outside of ASCII, so that two subjects never share a name and records can be split at blanks.
    static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: ":"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "%"), 0...0x20, 0x7F...:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func number(_ scope: LimitRule.Scope) -> Int {
        switch scope {
        case .global: 0
        case .tenant: 1
        case .user: 2
        case .key: 3
        case .keyModel: 4
        case .tenantModel: 5
        case .endUser: 6
        }
    }

    private static func number(_ resource: LimitRule.Resource) -> Int {
        switch resource {
        case .requests: 0
        case .tokens: 1
        case .cost: 2
        case .concurrency: 3
        }
    }

    private static func number(_ period: LimitRule.Period?) -> Int {
        switch period {
        case nil: 0
        case .second: 1
        case .minute: 2
        case .hour: 3
        case .day: 4
        case .week: 5
        case .month: 6
        }
    }
}
