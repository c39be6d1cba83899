import Storage
import Testing

@testable import Ledger

/// What dashboards ask is found by keys of rollups; the log page is found by its indexes.
@Suite struct QueryPlanTests {
    private static let month = Timestamp.noon.adding(milliseconds: -30 * 86_400_000)

    /// The questions of the dashboards.
    static let dashboard: [UsageQuery] = {
        var queries: [UsageQuery] = []
        let groups: [Set<UsageDimension>] = [
            [], [.day], [.hour], [.provider], [.model], [.provider, .model], [.day, .provider], [.hour, .model],
            [.tenant], [.day, .tenant], [.tenant, .model], [.key], [.user], [.day, .key],
        ]
        for scope in [TenantScope.all, .tenant("acme")] {
            for groupBy in groups {
                queries.append(UsageQuery(scope: scope, from: month, to: .noon, groupBy: groupBy))
            }
            queries.append(
                UsageQuery(scope: scope, from: .noon(plus: -7200), to: .noon(plus: -60), groupBy: [.minute]))
        }
        var ofProvider = UsageQuery(scope: .all, from: month, to: .noon, groupBy: [.hour])
        ofProvider.provider = "openai"
        var ofKey = UsageQuery(scope: .tenant("acme"), from: month, to: .noon, groupBy: [.hour, .model])
        ofKey.key = "k1"
        return queries + [ofProvider, ofKey]
    }()

    @Test(arguments: TestDatabase.allCases)
    func dashboardsReadRollupsByTheirKeys(kind: TestDatabase) async throws {
        try await kind.run { database in
            var random = SplitMix64(seed: 71)
            let noon = Timestamp.noon.milliseconds
            try await LedgerApplier(database).apply(
                (0..<800).map { .plausible($0, in: noon - 30 * 86_400_000..<noon, using: &random) })
            for query in Self.dashboard {
                let plan = try UsageQueryPlan(query, now: .noon(plus: 7200), horizon: RollupHorizon())
                let tenant: String? = if case .tenant(let own) = query.scope { own } else { nil }
                let statements = UsageStatements(query: query, plan: plan, tenant: tenant)
                let groups = [plan.groupBy.map { _ in "a" }]
                var all = plan.segments.map { statements.sums($0, of: groups) } + plan.segments.map(statements.total)
                if !plan.groupBy.isEmpty { all.append(statements.ranking()) }
                for statement in all { try await expectRollups(statement, tenant: tenant, database) }
            }
        }
    }

    private func expectRollups(_ statement: SQLStatement, tenant: String?, _ database: any SQLDatabase) async throws {
        #expect(!database.dialect.render(statement).contains(" usage"))
        let steps = try await QueryPlan.steps(statement, database)
        let reading = steps.filter { $0.contains("rollup_") }
        #expect(!reading.isEmpty)
        // PostgreSQL may well read a table of a few rows from end to end; its plans with millions of rows are looked at
        // in the benchmark.
        guard database.dialect == .sqlite else { return }
        for step in reading {
            let ofTenant = step.contains("USING PRIMARY KEY (time=? AND tenant=?")
            let isFound = ofTenant || tenant == nil && step.contains("USING PRIMARY KEY (time>? AND time<?)")
            #expect(isFound, "\(step)")
        }
    }

    static let pages: [(UsageRowFilter, String)] = {
        var filters: [(UsageRowFilter, String)] = []
        func add(_ index: String, _ change: (inout UsageRowFilter) -> Void) {
            var filter = UsageRowFilter(scope: .all)
            change(&filter)
            filters.append((filter, index))
            filter.from = month
            filter.to = .noon
            filters.append((filter, index))
        }
        add("usage_page (") { _ in }
        add("usage_page (") { $0.status = .within(400..<600) }
        add("usage_tenant_page (tenant=?") { $0.scope = .tenant("acme") }
        add("usage_tenant_page (tenant=?") {
            $0.tenant = "acme"; $0.provider = "openai"; $0.status = .exactly(500)
        }
        add("usage_key_page (key_id=?") {
            $0.key = "k1"; $0.tenant = "acme"; $0.user = "ana"
        }
        add("usage_user_page (user_id=?") {
            $0.user = "ana"; $0.tenant = "acme"
        }
        add("usage_provider_page (provider=?") {
            $0.provider = "openai"; $0.status = .within(400..<500)
        }
        add("usage_status_page (status=?") {
            $0.status = .exactly(429); $0.provider = "openai"
        }
        return filters
    }()

    @Test func pagesAreReadInOrder() async throws {
        try await TestDatabase.sqlite.run { database in
            let cursor = PageCursor(createdAt: .noon(plus: -3600), id: UUIDv7.sample(1).hex)
            for (filter, index) in Self.pages {
                for order in [UsageRowOrder.newestFirst, .oldestFirst] {
                    for place in [nil, cursor] {
                        let statement = UsageList.statement(filter, order: order, after: place, limit: 100)
                        let steps = try await QueryPlan.steps(statement, database)
                        #expect(steps.count == 1, "sorted: \(steps)")
                        let isPlain = filter.from == nil && place == nil && index == "usage_page ("
                        let expected = isPlain ? "USING INDEX usage_page" : "USING INDEX \(index)"
                        #expect(steps.first?.contains(expected) == true, "\(steps)")
                        // The place is found by the index as well.
                        if place != nil { #expect(steps.first?.contains("(time,id)") == true, "\(steps)") }
                    }
                }
            }
        }
    }
}
