import Ledger
import Storage

/// What dashboards and the log page ask.
struct LedgerQuestions {
    func ask(_ database: any SQLDatabase) async throws {
        let end = GeneratedTraffic.end
        let reports = UsageReports(database) { end }
        for (name, query) in queries {
            try await time(name) { "\(try await reports.report(query).rows.count) rows" }
        }
        let list = UsageList(database)
        for (name, filter) in filters {
            try await time(name) { "\(try await list.page(filter).items.count) rows" }
        }
    }

    private var queries: [(String, UsageQuery)] {
        let end = GeneratedTraffic.end
        func days(_ count: Int) -> Timestamp { end.adding(milliseconds: -count * 86_400_000 + 43_200_000) }
        func hours(_ count: Int) -> Timestamp { end.adding(milliseconds: -count * 3_600_000 - 1_234_567) }
        func all(_ from: Timestamp, _ groupBy: Set<UsageDimension>) -> UsageQuery {
            UsageQuery(scope: .all, from: from, to: end, groupBy: groupBy)
        }
        func one(_ from: Timestamp, _ groupBy: Set<UsageDimension>) -> UsageQuery {
            UsageQuery(scope: .tenant("tenant-0"), from: from, to: end, groupBy: groupBy)
        }
        var ofKey = one(days(30), [.day, .model])
        ofKey.key = "k1000000abcdef"
        return [
            ("all, 30 days", all(days(30), [])), ("all, 30 days by day", all(days(30), [.day])),
            ("all, 7 days by hour", all(days(7), [.hour])), ("all, 30 days by hour", all(days(30), [.hour])),
            ("all, 3 hours by minute", all(hours(3), [.minute])),
            ("all, 24 hours by minute", all(hours(24), [.minute])),
            ("all, 30 days by provider and model", all(days(30), [.provider, .model])),
            ("all, 30 days by day and model", all(days(30), [.day, .model])),
            ("all, 30 days by tenant", all(days(30), [.tenant])),
            ("all, 30 days by day and tenant", all(days(30), [.day, .tenant])),
            ("all, last 24 hours to the minute by tenant", all(hours(24), [.tenant])),
            ("all, last 700 hours to the minute by tenant", all(hours(700), [.tenant])),
            ("all, 7 days by key", all(days(7), [.key])), ("all, 30 days by key", all(days(30), [.key])),
            ("all, 30 days by user", all(days(30), [.user])),
            ("all, 30 days by tenant and model", all(days(30), [.tenant, .model])),
            ("tenant, 30 days", one(days(30), [])), ("tenant, 30 days by day", one(days(30), [.day])),
            ("tenant, 30 days by hour", one(days(30), [.hour])),
            ("tenant, 30 days by day and model", one(days(30), [.day, .model])),
            ("tenant, 30 days by key", one(days(30), [.key])),
            ("tenant, 24 hours by minute", one(hours(24), [.minute])),
            ("key, 30 days by day and model", ofKey),
        ]
    }

    private var filters: [(String, UsageRowFilter)] {
        func filter(_ change: (inout UsageRowFilter) -> Void) -> UsageRowFilter {
            var filter = UsageRowFilter(scope: .all)
            change(&filter)
            return filter
        }
        return [
            ("log page, newest", filter { _ in }), ("log page, of a tenant", filter { $0.tenant = "tenant-7" }),
            ("log page, of a key", filter { $0.key = "k1000007abcdef" }),
            ("log page, of a user", filter { $0.user = "user-7" }),
            ("log page, of a provider", filter { $0.provider = "groq" }),
            ("log page, failures", filter { $0.status = .within(400..<600) }),
            ("log page, a tenant's failures", filter { ($0.tenant, $0.status) = ("tenant-7", .exactly(502)) }),
        ]
    }

    private func time(_ name: String, _ body: () async throws -> String) async throws {
        var fastest = Duration.seconds(3600)
        var processor = Double.infinity
        var outcome = ""
        for _ in 0..<3 {
            let (start, used) = (ContinuousClock.now, LedgerBenchmark.processorSeconds())
            outcome = try await body()
            fastest = min(fastest, ContinuousClock.now - start)
            processor = min(processor, LedgerBenchmark.processorSeconds() - used)
        }
        let milliseconds = Int(fastest / .milliseconds(1) * 10)
        print("\(milliseconds / 10).\(milliseconds % 10) ms (CPU \(Int(processor * 1000)) ms)  \(name): \(outcome)")
    }
}
