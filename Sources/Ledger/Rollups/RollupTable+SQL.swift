import Storage

extension RollupTable {
    /// `time, tenant, …`
    var key: SQLStatement {
        SQLStatement.list(["time"] + dimensions.map(\.column))
    }

    /// Adds rows of `usage` to this table.
    ///
    /// The database itself adds them up: handing it the sums would mean twelve tables times forty values for each
    /// request, which costs more than reading the rows, just written and still in memory, twelve times.
    func addition(of ids: [UUIDv7]) -> SQLStatement {
        var statement: SQLStatement = "INSERT INTO \(raw: name) (\(sql: key), \(sql: Self.sums)) "
        statement.append("SELECT \(raw: resolution.beginning), \(sql: .list(dimensions.map(\.expression))), ")
        statement.append(Self.expressions)
        statement.append(" FROM usage WHERE id IN (\(list: ids)) GROUP BY \(raw: positions) ORDER BY \(raw: positions)")
        statement.append(" ON CONFLICT (\(sql: key)) DO UPDATE SET ")
        for (index, column) in Self.sumColumns.enumerated() {
            statement.append(index > 0 ? ", " : "")
            statement.append("\(raw: column) = \(raw: name).\(raw: column) + excluded.\(raw: column)")
        }
        return statement
    }

    /// Deletes up to `limit` rows of periods that began before a moment.
    func deletion(before time: Int, limit: Int) -> SQLStatement {
        """
        DELETE FROM \(raw: name) WHERE (\(sql: key)) IN
        (SELECT \(sql: key) FROM \(raw: name) WHERE time < \(time) ORDER BY \(sql: key) LIMIT \(limit))
        """
    }

    /// The columns of the key, by position.
    private var positions: StaticString {
        switch width {
        case .full: "1, 2, 3, 4, 5, 6"
        case .key, .tenantModel: "1, 2, 3, 4"
        case .tenant: "1, 2"
        case .model: "1, 2, 3"
        }
    }

    /// Everything that is added up.
    static let sumColumns = RollupCounter.allCases.map(\.column) + LatencyBuckets.columns
    private static let sums = SQLStatement.list(sumColumns)

    /// In the order of ``sumColumns``, over `usage`.
    private static let expressions: SQLStatement = {
        var list = SQLStatement.list(RollupCounter.allCases.map(\.expression))
        for index in LatencyBuckets.columns.indices {
            list.append(", ")
            list.append(latency(column: index))
        }
        return list
    }()

    /// One for a request of the first bucket of a column, 2^32 for one of the second.
    private static func latency(column: Int) -> SQLStatement {
        let (lower, upper) = (LatencyBuckets.range(column * 2), LatencyBuckets.range(column * 2 + 1))
        var sum: SQLStatement = "SUM(CASE "
        if lower.lower > 0 { sum.append("WHEN total_ms < \(lower.lower) THEN 0 ") }
        if let border = lower.upper { sum.append("WHEN total_ms < \(border) THEN 1 ") }
        if let border = upper.upper {
            sum.append("WHEN total_ms < \(border) THEN 4294967296 ELSE 0 END)")
        } else {
            sum.append("ELSE 4294967296 END)")
        }
        return sum
    }
}

extension SQLStatement {
    /// Program text separated by commas.
    static func list(_ texts: [StaticString]) -> SQLStatement {
        var list: SQLStatement = ""
        for (index, text) in texts.enumerated() {
            if index > 0 { list.append(", ") }
            list.append(SQLStatement(text))
        }
        return list
    }
}
