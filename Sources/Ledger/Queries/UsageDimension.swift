/// What usage can be broken down by. Times are UTC: a day begins at midnight UTC, whatever a tenant's time zone is; who
/// wants another zone's days asks for hours.
package enum UsageDimension: String, Sendable, Hashable, CaseIterable {
    case minute, hour, day
    /// Who answered; empty when no provider was asked.
    case provider
    /// The model as the provider knows it: the one that prices and latencies belong to. Empty when no provider was
    /// asked.
    case model
    case tenant
    /// A key's public id; empty for tokens. Brings the tenant with it: keys are told apart within their tenant.
    case key
    /// Empty when the key or token names none. Brings the tenant with it: users of one name in two tenants are two.
    case user

    /// nil for those that are not about time.
    var resolution: RollupResolution? {
        switch self {
        case .minute: .minute
        case .hour: .hour
        case .day: .day
        case .provider, .model, .tenant, .key, .user: nil
        }
    }
}
