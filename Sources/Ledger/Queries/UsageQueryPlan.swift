import Storage

/// How a query is answered: which parts of the range are read from which tables. Pure.
struct UsageQueryPlan: Sendable, Hashable {
    /// Rows of an answer.
    static let maximumRows = 20_000
    static let maximumPeriods = 3000

    /// What is really added up, milliseconds since 1970.
    let range: Range<Int>
    let segments: [RollupSegment]
    /// Of the answer; nil if times are not told apart.
    let period: RollupResolution?
    /// By which the answer is broken down, in the order of the tables' keys.
    let groupBy: [RollupDimension]
    /// The query's own limit, or what the bound on rows leaves of it.
    let limit: Int

    init(_ query: UsageQuery, now: Timestamp, horizon: RollupHorizon) throws(UsageQueryError) {
        let periods = query.groupBy.compactMap(\.resolution)
        guard periods.count <= 1 else { throw .severalPeriods }
        guard query.from < query.to else { throw .emptyRange }
        period = periods.first
        let ofTenants = !query.groupBy.isDisjoint(with: [.tenant, .key, .user])
        groupBy = RollupDimension.allCases.filter {
            query.groupBy.contains($0.dimension) || $0 == .tenant && ofTenants
        }
        let range = try Self.range(query, period, now: now, horizon: horizon)
        self.range = range
        segments = RollupSegment.cut(range, longest: period ?? .day)
        var limit = min(max(1, query.limit), 1000)
        if let period {
            let count = (period.ceiling(range.upperBound) - period.floor(range.lowerBound)) / period.length
            guard count <= Self.maximumPeriods else {
                throw .tooManyPeriods(period.dimension, count: count, max: Self.maximumPeriods)
            }
            limit = min(limit, max(1, Self.maximumRows / max(1, count)))
        }
        self.limit = limit
    }

    /// The range on borders of periods that there are.
    private static func range(
        _ query: UsageQuery, _ period: RollupResolution?, now: Timestamp, horizon: RollupHorizon
    ) throws(UsageQueryError) -> Range<Int> {
        // Nothing happened before 1970 or after now (a minute of it is for clocks that differ). So an end in the future
        // is the end of a period, and no shorter ones are needed to come up to it.
        let latest = max(0, now.adding(milliseconds: RollupResolution.minute.length).milliseconds)
        let end = (period ?? .day).ceiling(latest)
        let from = min(max(0, query.from.milliseconds), end)
        let to = query.to >= now ? end : max(from, query.to.milliseconds)
        if let period, from < horizon.since(period) {
            throw .notKept(period.dimension, since: Timestamp(milliseconds: horizon.since(period)))
        }
        let start = horizon.finest(at: from).floor(from)
        return start..<max(start, horizon.finest(at: to).ceiling(to))
    }
}

extension RollupResolution {
    var dimension: UsageDimension {
        switch self {
        case .minute: .minute
        case .hour: .hour
        case .day: .day
        }
    }
}
