import Storage

/// The statements that answer one query. None of them names the table `usage`.
struct UsageStatements {
    let query: UsageQuery
    let plan: UsageQueryPlan
    /// Whose usage is meant, if it is one tenant's.
    let tenant: String?

    /// More periods are asked for as a range: SQLite takes 32,766 values per statement, and groups need some of them.
    static let maximumPeriods = 4096
    /// So are more combinations of period and tenant: to find each takes longer than to read all then.
    static let maximumCombinations = 30_000

    /// The first `limit` groups and one more, best first; for a breakdown by more than time.
    func ranking() -> SQLStatement {
        let dimensions = SQLStatement.list(plan.groupBy.map(\.column))
        let parts = SQLStatement.joined(
            plan.segments.map { segment in
                let table = table(segment, plan.groupBy)
                return """
                    SELECT \(sql: dimensions), \(raw: query.order.measure) AS measure FROM \(raw: table.name)
                    \(sql: condition(segment))
                    """
            }, by: " UNION ALL ")
        return """
            SELECT \(sql: dimensions) FROM (\(sql: parts)) AS parts GROUP BY \(sql: dimensions)
            ORDER BY SUM(measure) DESC, \(sql: dimensions) LIMIT \(plan.limit + 1)
            """
    }

    /// The sums of some groups in one part of the range.
    ///
    /// - Parameter groups: at least one; names in the order of the plan's dimensions.
    func sums(_ segment: RollupSegment, of groups: [[String]]) -> SQLStatement {
        let table = table(segment, plan.groupBy)
        var statement: SQLStatement = "SELECT "
        var grouping = SQLStatement.list(plan.groupBy.map(\.column))
        if let period = plan.period {
            let beginning: SQLStatement =
                period == segment.resolution ? "time" : SQLStatement(period.beginning)
            statement.append("\(sql: beginning) AS period, ")
            grouping = plan.groupBy.isEmpty ? beginning : "\(sql: beginning), \(sql: grouping)"
        }
        for dimension in plan.groupBy { statement.append("\(raw: dimension.column), ") }
        statement.append("\(sql: Self.sums) FROM \(raw: table.name) ")
        statement.append(condition(segment, groups: groups))
        if plan.period != nil || !plan.groupBy.isEmpty { statement.append(" GROUP BY \(sql: grouping)") }
        return statement
    }

    /// The sums of everything in one part of the range.
    func total(_ segment: RollupSegment) -> SQLStatement {
        let table = table(segment, [])
        return "SELECT \(sql: Self.sums) FROM \(raw: table.name) \(sql: condition(segment))"
    }

    private func table(_ segment: RollupSegment, _ dimensions: [RollupDimension]) -> RollupTable {
        RollupTable.narrowest(segment.resolution, Set(dimensions + filters.map(\.dimension)))
    }

    private var filters: [(dimension: RollupDimension, name: String)] {
        let filters: [(RollupDimension, String?)] = [
            (.tenant, tenant), (.key, query.key), (.user, query.user), (.provider, query.provider),
            (.model, query.model),
        ]
        return filters.compactMap { filter in filter.1.map { (filter.0, $0) } }
    }

    private func condition(_ segment: RollupSegment, groups: [[String]] = []) -> SQLStatement {
        var condition = times(segment, groups: groups)
        for filter in filters { condition.append(" AND \(raw: filter.dimension.column) = \(filter.name)") }
        guard let first = groups.first, !plan.groupBy.isEmpty else { return condition }
        let groups = StatementSizes.padded(groups, with: first)
        if plan.groupBy.count == 1 {
            condition.append(" AND \(sql: .list(plan.groupBy.map(\.column))) IN (\(list: groups.flatMap { $0 }))")
        } else {
            condition.append(" AND (\(sql: .list(plan.groupBy.map(\.column)))) IN (VALUES ")
            condition.append(.joined(groups.map { "(\(list: $0))" }, by: ", "))
            condition.append(")")
        }
        return condition
    }

    /// Of one or some tenants the periods are listed, so that the key finds each period's rows of these tenants; a
    /// range reads all tenants' rows of the time.
    private func times(_ segment: RollupSegment, groups: [[String]]) -> SQLStatement {
        var tenants = Set([tenant].compactMap { $0 })
        if tenant == nil, plan.groupBy.first == .tenant { tenants = Set(groups.compactMap(\.first)) }
        let range = segment.range
        guard let any = tenants.first, segment.periods <= Self.maximumPeriods,
            segment.periods * tenants.count <= Self.maximumCombinations
        else {
            return "WHERE time >= \(range.lowerBound) AND time < \(range.upperBound)"
        }
        let times = Array(stride(from: range.lowerBound, to: range.upperBound, by: segment.resolution.length))
        var condition: SQLStatement =
            "WHERE time IN (\(list: StatementSizes.padded(times, with: range.lowerBound)))"
        if tenant == nil {
            condition.append(" AND tenant IN (\(list: StatementSizes.padded(tenants.sorted(), with: any)))")
        }
        return condition
    }

    /// Every counter by its column's name, every bucket by its own.
    private static let sums: SQLStatement = {
        var sums: SQLStatement = ""
        for (index, counter) in RollupCounter.allCases.enumerated() {
            if index > 0 { sums.append(", ") }
            sums.append("CAST(SUM(\(raw: counter.column)) AS BIGINT) AS \(raw: counter.column)")
        }
        for (bucket, name) in LatencyBuckets.names.enumerated() {
            let column = LatencyBuckets.columns[bucket / 2]
            let half: StaticString = bucket % 2 == 0 ? " & 4294967295" : " >> 32"
            sums.append(", CAST(SUM(\(raw: column)\(raw: half)) AS BIGINT) AS \(raw: name)")
        }
        return sums
    }()
}

extension UsageQuery.Order {
    /// Over a row of a rollup table.
    fileprivate var measure: StaticString {
        switch self {
        case .cost: "cost_nanodollars"
        case .requests: "requests"
        case .tokens: "prompt_tokens + completion_tokens"
        case .errors: "errors"
        }
    }
}

extension SQLStatement {
    static func joined(_ statements: [SQLStatement], by separator: StaticString) -> SQLStatement {
        var joined: SQLStatement = ""
        for (index, statement) in statements.enumerated() {
            if index > 0 { joined.append(SQLStatement(separator)) }
            joined.append(statement)
        }
        return joined
    }
}
