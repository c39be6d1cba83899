package import Storage

/// Answers usage queries from the rollups.
package struct UsageReports: Sendable {
    private let database: any SQLDatabase
    private let clock: WallClock

    package init(_ database: any SQLDatabase, clock: @escaping WallClock = Timestamp.now) {
        self.database = database
        self.clock = clock
    }

    /// Answers from one state of the database.
    package func report(_ query: UsageQuery) async throws(UsageQueryError) -> UsageReport {
        let now = clock()
        let result: Result<UsageReport, UsageQueryError>
        do throws(StorageError) {
            result = try await database.read { connection throws(StorageError) in
                try Self.answer(query, now: now, connection)
            }
        } catch {
            throw .storage(error)
        }
        return try result.get()
    }

    private static func answer(
        _ query: UsageQuery, now: Timestamp, _ connection: any SQLConnection
    ) throws(StorageError) -> Result<UsageReport, UsageQueryError> {
        let plan: UsageQueryPlan
        let horizon = try RollupHorizon(connection)
        do throws(UsageQueryError) {
            plan = try UsageQueryPlan(query, now: now, horizon: horizon)
        } catch {
            return .failure(error)
        }
        var report = UsageReport(
            from: Timestamp(milliseconds: plan.range.lowerBound), to: Timestamp(milliseconds: plan.range.upperBound),
            rows: [], total: UsageTotals(), isCut: false)
        switch try tenant(query, connection) {
        case .nobody: break
        case .everybody: try fill(&report, UsageStatements(query: query, plan: plan, tenant: nil), connection)
        case .only(let tenant):
            try fill(&report, UsageStatements(query: query, plan: plan, tenant: tenant), connection)
        }
        return .success(report)
    }

    private static func fill(
        _ report: inout UsageReport, _ statements: UsageStatements, _ connection: any SQLConnection
    ) throws(StorageError) {
        let plan = statements.plan
        guard !plan.segments.isEmpty else { return }
        var groups: [[String]] = [[]]
        if !plan.groupBy.isEmpty {
            groups = []
            for row in try connection.query(statements.ranking()) { groups.append(try row.names(plan.groupBy)) }
            report.isCut = groups.count > plan.limit
            groups = Array(groups.prefix(plan.limit))
        }
        var collection = UsageCollection(plan, groups: groups)
        for segment in plan.segments where !groups.isEmpty {
            for row in try connection.query(statements.sums(segment, of: groups)) { try collection.add(row) }
        }
        report.rows = collection.rows
        // Without groups left out, everything is there already.
        guard report.isCut else {
            report.total = collection.total
            return
        }
        for segment in plan.segments {
            for row in try connection.query(statements.total(segment)) { report.total.add(try UsageTotals(row)) }
        }
    }

    private enum Tenants {
        case everybody, nobody
        case only(String)
    }

    /// A key belongs to one tenant, and a tenant's rows are found much faster than all tenants' rows of a time.
    private static func tenant(_ query: UsageQuery, _ connection: any SQLConnection) throws(StorageError) -> Tenants {
        var tenant = query.tenant
        if case .tenant(let own) = query.scope {
            guard tenant ?? own == own else { return .nobody }
            tenant = own
        }
        if let tenant { return .only(tenant) }
        guard let key = query.key,
            let row = try connection.first("SELECT tenant FROM api_keys WHERE public_id = \(key)")
        else { return .everybody }
        return .only(try row.text("tenant"))
    }
}
