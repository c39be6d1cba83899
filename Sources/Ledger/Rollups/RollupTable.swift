import Storage

/// One of the tables that hold sums of requests: per period, and per combination of some dimensions.
///
/// Several widths, so that a query reads the narrowest table that knows its dimensions: the whole platform's month is
/// some hundred rows of `rollup_model_day`, not millions of `rollup_day`. Minutes are kept for the widest and the
/// narrowest only: they are asked for over hours, not months, and each table costs every request a write.
///
/// Keys begin with the period: what is written now lies together, what is too old is one range, and a tenant's rows are
/// found by period and tenant. There is no other index.
struct RollupTable: Sendable, Hashable {
    let width: Width
    let resolution: RollupResolution

    enum Width: Sendable, CaseIterable {
        /// Everything.
        case full
        case key
        case tenantModel
        case tenant
        case model
    }

    /// Whatever two processes write at the same time, they write in this order, and rows in the order of their keys, so
    /// that they cannot block each other for ever. The tables with the fewest rows come last: their rows are wanted by
    /// everybody, and a row is locked from its write to the commit.
    static let all: [RollupTable] = [
        RollupTable(width: .full, resolution: .minute),
        RollupTable(width: .full, resolution: .hour),
        RollupTable(width: .full, resolution: .day),
        RollupTable(width: .key, resolution: .hour),
        RollupTable(width: .key, resolution: .day),
        RollupTable(width: .tenantModel, resolution: .hour),
        RollupTable(width: .tenantModel, resolution: .day),
        RollupTable(width: .tenant, resolution: .hour),
        RollupTable(width: .tenant, resolution: .day),
        RollupTable(width: .model, resolution: .minute),
        RollupTable(width: .model, resolution: .hour),
        RollupTable(width: .model, resolution: .day),
    ]

    /// The narrowest table of a resolution that knows these dimensions.
    static func narrowest(_ resolution: RollupResolution, _ dimensions: Set<RollupDimension>) -> RollupTable {
        let candidates = all.filter { $0.resolution == resolution && dimensions.isSubset(of: $0.dimensions) }
        // The widest knows all dimensions and is there for each resolution.
        return candidates.last ?? RollupTable(width: .full, resolution: resolution)
    }

    /// In the order of the key.
    var dimensions: [RollupDimension] {
        switch width {
        case .full: [.tenant, .key, .user, .provider, .model]
        case .key: [.tenant, .key, .user]
        case .tenantModel: [.tenant, .provider, .model]
        case .tenant: [.tenant]
        case .model: [.provider, .model]
        }
    }

    var name: StaticString {
        switch (width, resolution) {
        case (.full, .minute): "rollup_minute"
        case (.full, .hour): "rollup_hour"
        case (.full, .day): "rollup_day"
        // There are no minutes of these three.
        case (.key, .minute), (.key, .hour): "rollup_key_hour"
        case (.key, .day): "rollup_key_day"
        case (.tenantModel, .minute), (.tenantModel, .hour): "rollup_tenant_model_hour"
        case (.tenantModel, .day): "rollup_tenant_model_day"
        case (.tenant, .minute), (.tenant, .hour): "rollup_tenant_hour"
        case (.tenant, .day): "rollup_tenant_day"
        case (.model, .minute): "rollup_model_minute"
        case (.model, .hour): "rollup_model_hour"
        case (.model, .day): "rollup_model_day"
        }
    }
}

extension RollupResolution {
    /// The beginning of the period of a column `time` that holds milliseconds, never negative ones.
    var beginning: StaticString {
        switch self {
        case .minute: "time - time % 60000"
        case .hour: "time - time % 3600000"
        case .day: "time - time % 86400000"
        }
    }
}
