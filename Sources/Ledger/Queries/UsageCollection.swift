import Storage

/// Puts the rows of several parts of a range together.
struct UsageCollection {
    private struct Place: Hashable {
        let period: Int?
        let rank: Int
    }

    private let plan: UsageQueryPlan
    private let groups: [[String]]
    /// Best first.
    private let ranks: [[String]: Int]
    private var sums: [Place: UsageTotals] = [:]

    init(_ plan: UsageQueryPlan, groups: [[String]]) {
        self.plan = plan
        self.groups = groups
        ranks = Dictionary(zip(groups, groups.indices), uniquingKeysWith: { first, _ in first })
    }

    mutating func add(_ row: SQLRow) throws(StorageError) {
        guard let rank = ranks[try row.names(plan.groupBy)] else { return }
        let totals = try UsageTotals(row)
        guard totals.requests > 0 else { return }
        let period = plan.period == nil ? nil : try row.int("period")
        sums[Place(period: period, rank: rank), default: UsageTotals()].add(totals)
    }

    var rows: [UsageGroup] {
        let dimensions = plan.groupBy.map(\.dimension)
        return sums.sorted { left, right in
            (left.key.period ?? 0, left.key.rank) < (right.key.period ?? 0, right.key.rank)
        }.map { place, totals in
            UsageGroup(
                time: place.period.map(Timestamp.init(milliseconds:)),
                names: Dictionary(zip(dimensions, groups[place.rank]), uniquingKeysWith: { first, _ in first }),
                totals: totals)
        }
    }

    var total: UsageTotals {
        var total = UsageTotals()
        for sum in sums.values { total.add(sum) }
        return total
    }
}

extension SQLRow {
    /// The group that a row belongs to.
    func names(_ dimensions: [RollupDimension]) throws(StorageError) -> [String] {
        var names: [String] = []
        for dimension in dimensions { names.append(try text(dimension.name)) }
        return names
    }
}

extension UsageTotals {
    /// From a row of sums; all null when nothing was added up.
    init(_ row: SQLRow) throws(StorageError) {
        for counter in RollupCounter.allCases { self[counter] = try row.optionalInt(counter.name) ?? 0 }
        for (bucket, name) in Self.buckets.enumerated() {
            latency.add(bucket: bucket, try row.optionalInt(name) ?? 0)
        }
    }

    private static let buckets = LatencyBuckets.names.map(String.init(describing:))
}

extension RollupCounter {
    private static let names = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, String(describing: $0.column)) })

    fileprivate var name: String { Self.names[self] ?? String(describing: column) }
}

extension RollupDimension {
    fileprivate var name: String { String(describing: column) }
}
