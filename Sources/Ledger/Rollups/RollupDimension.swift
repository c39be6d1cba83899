/// A column by which rollup tables keep requests apart, in the order in which it stands in their keys.
enum RollupDimension: CaseIterable {
    case tenant, key, user, provider, model

    var column: StaticString {
        switch self {
        case .tenant: "tenant"
        case .key: "key_id"
        case .user: "user_id"
        case .provider: "provider"
        case .model: "model"
        }
    }

    /// Over `usage`. Keys of tables cannot hold null, so "none" is the empty text.
    var expression: StaticString {
        switch self {
        case .tenant: "tenant"
        case .key: "COALESCE(key_id, '')"
        case .user: "COALESCE(user_id, '')"
        case .provider: "COALESCE(provider, '')"
        case .model: "COALESCE(upstream_model, '')"
        }
    }

    var dimension: UsageDimension {
        switch self {
        case .tenant: .tenant
        case .key: .key
        case .user: .user
        case .provider: .provider
        case .model: .model
        }
    }
}
