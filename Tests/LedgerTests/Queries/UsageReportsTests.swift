import Storage
import Testing

@testable import Ledger

@Suite struct UsageReportsTests {
    private static let day = 86_400_000

    /// Random questions about random records, against what the records themselves say.
    @Test(arguments: TestDatabase.allCases)
    func answersAgreeWithTheRecords(kind: TestDatabase) async throws {
        try await kind.run { database in
            var random = SplitMix64(seed: 51)
            let start = Timestamp.noon.milliseconds - 3 * Self.day
            let model = UsageModel(
                records: (0..<1500).map { .plausible($0, in: start..<start + 3 * Self.day, using: &random) })
            try await LedgerApplier(database).apply(model.records)
            let reports = UsageReports(database) { .noon(plus: 90) }
            for _ in 0..<150 {
                let query = Self.randomQuery(in: start - Self.day..<start + 4 * Self.day, using: &random)
                let report = try await reports.report(query)
                #expect(!report.isCut)
                #expect(report.total == model.totals(query), "\(query)")
                let groups = Dictionary(uniqueKeysWithValues: report.rows.map { (UsageModelGroup($0), $0.totals) })
                #expect(groups == model.groups(query), "\(query)")
            }
        }
    }

    private static func randomQuery(in range: Range<Int>, using random: inout SplitMix64) -> UsageQuery {
        var query = UsageQuery(scope: .all, from: .noon, to: .noon)
        let period: UsageDimension? = [nil, nil, .minute, .hour, .day].randomElement(using: &random) ?? nil
        // Minutes are asked for over hours only.
        let longest = period == .minute ? 7_200_000 : range.count
        let from = Int.random(in: range, using: &random)
        query.from = Timestamp(milliseconds: from)
        query.to = Timestamp(milliseconds: from + Int.random(in: 1...longest, using: &random))
        let names = [UsageDimension.provider, .model, .tenant, .key, .user]
        query.groupBy = Set(
            names.filter { _ in Int.random(in: 0..<3, using: &random) == 0 } + [period].compactMap { $0 })
        if Bool.random(using: &random) { query.scope = .tenant("t\(Int.random(in: 0..<5, using: &random))") }
        if Int.random(in: 0..<4, using: &random) == 0 { query.tenant = "t1" }
        if Int.random(in: 0..<4, using: &random) == 0 { query.key = "t1-k2" }
        if Int.random(in: 0..<5, using: &random) == 0 { query.user = "u2" }
        if Int.random(in: 0..<4, using: &random) == 0 { query.provider = "p1" }
        if Int.random(in: 0..<4, using: &random) == 0 { query.model = "m3" }
        query.order = UsageQuery.Order.allCases.randomElement(using: &random) ?? .cost
        query.limit = 1000
        // Few enough periods that the bound on rows cuts nothing.
        return query
    }

    @Test(arguments: TestDatabase.allCases)
    func rowsAreInOrderAndCut(kind: TestDatabase) async throws {
        try await kind.run { database in
            var records: [UsageRecord] = []
            for tenant in 0..<6 {
                for number in 0...tenant {
                    let time = Timestamp.noon(plus: number % 2 == 0 ? -3600 : -90_000)
                    records.append(.sample(tenant * 10 + number, at: time, tenant: "t\(tenant)"))
                }
            }
            try await LedgerApplier(database).apply(records)
            let reports = UsageReports(database) { .noon }
            var query = UsageQuery(scope: .all, from: .noon(plus: -172_800), to: .noon, groupBy: [.tenant])
            query.limit = 3
            query.order = .requests
            let byTenant = try await reports.report(query)
            #expect(byTenant.isCut)
            #expect(byTenant.rows.map { $0.names[.tenant] } == ["t5", "t4", "t3"])
            #expect(byTenant.rows.map(\.totals.requests) == [6, 5, 4])
            #expect(byTenant.total.requests == 21)
            #expect(byTenant.total.latency.count == 21)

            query.groupBy = [.day, .tenant]
            let byDay = try await reports.report(query)
            #expect(byDay.rows.map { $0.names[.tenant] } == ["t5", "t4", "t3", "t5", "t4", "t3"])
            #expect(byDay.rows.map { $0.time?.description ?? "" }.first == "2026-02-28T00:00:00Z")
            #expect(byDay.rows.map(\.totals.requests) == [3, 2, 2, 3, 3, 2])

            query.limit = 6
            query.groupBy = [.tenant]
            let all = try await reports.report(query)
            #expect(!all.isCut)
            #expect(all.total == byTenant.total)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func percentilesComeFromAllParts(kind: TestDatabase) async throws {
        try await kind.run { database in
            let records = (1...100).map { number in
                var record = UsageRecord.sample(number, at: .noon(plus: -number * 1800))
                record.totalMilliseconds = number <= 90 ? 1000 : 30_000
                return record
            }
            try await LedgerApplier(database).apply(records)
            let query = UsageQuery(scope: .all, from: .noon(plus: -200_000), to: .noon)
            let row = try #require(try await UsageReports(database) { .noon }.report(query).rows.first)
            #expect(row.time == nil && row.names.isEmpty)
            #expect((813...1024).contains(try #require(row.totals.latency.percentile(50))))
            #expect((26_008...32_768).contains(try #require(row.totals.latency.percentile(95))))
            #expect(row.totals.firstTokenMilliseconds / row.totals.firstTokens == 200)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func anotherTenantsUsageIsNotThere(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await LedgerApplier(database).apply([.sample(1), .sample(2, tenant: "other", key: "k2")])
            let reports = UsageReports(database) { .noon }
            var query = UsageQuery(
                scope: .tenant("acme"), from: .noon(plus: -3600), to: .noon(plus: 60), groupBy: [.tenant, .key])
            #expect(try await reports.report(query).total.requests == 1)
            query.key = "k2"
            #expect(try await reports.report(query).rows.isEmpty)
            query.tenant = "other"
            #expect(try await reports.report(query).rows.isEmpty)
            query.key = nil
            #expect(try await reports.report(query).total == UsageTotals())
        }
    }

    /// More days, and more groups, than a statement has room for values.
    @Test(arguments: TestDatabase.allCases)
    func allOfTimeCanBeAskedFor(kind: TestDatabase) async throws {
        try await kind.run { database in
            let records = (0..<1200).map { UsageRecord.sample($0, tenant: "t\($0 % 3)", key: "k\($0)", user: "u\($0)") }
            try await LedgerApplier(database).apply(records)
            let reports = UsageReports(database) { .noon }
            for (scope, requests) in [(TenantScope.all, 1200), (.tenant("t1"), 400)] {
                for groupBy in [[], [.tenant, .key, .user, .provider, .model]] as [Set<UsageDimension>] {
                    var query = UsageQuery(
                        scope: scope, from: Timestamp(milliseconds: 0), to: .noon(plus: 1), groupBy: groupBy)
                    query.limit = 1000
                    let report = try await reports.report(query)
                    #expect(report.total.requests == requests)
                    #expect(report.rows.count == (groupBy.isEmpty ? 1 : min(1000, requests)))
                }
            }
        }
    }

    /// With an own tenant's key the tenant need not be named.
    @Test(arguments: TestDatabase.allCases)
    func aKeysTenantIsFound(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await TenantRepository(database).insert(
                TenantRecord(id: "acme", name: "Acme", plan: "p", timezone: "UTC", createdAt: .noon))
            try await APIKeyRepository(database).insert(
                APIKeyRecord(
                    publicID: "k1", tenant: "acme", user: nil, name: "k", models: [], scopes: [],
                    secretHash: [1], createdAt: .noon, expiresAt: nil))
            try await LedgerApplier(database).apply([.sample(1), .sample(2, key: "k2")])
            var query = UsageQuery(scope: .all, from: .noon(plus: -60), to: .noon(plus: 60), groupBy: [.key])
            query.key = "k1"
            let report = try await UsageReports(database) { .noon(plus: 120) }.report(query)
            #expect(report.rows.map(\.names) == [[.key: "k1", .tenant: "acme"]])
            #expect(report.total.requests == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func errorsSayWhatWouldBeRight(kind: TestDatabase) async throws {
        try await kind.run { (database) async throws in
            try await database.write { connection throws(StorageError) in
                try RollupHorizon.raise(.minute, to: Timestamp.noon.milliseconds, connection)
                // Never back.
                try RollupHorizon.raise(.minute, to: 5, connection)
            }
            let reports = UsageReports(database) { .noon(plus: 3600) }
            func failure(_ groupBy: Set<UsageDimension>, _ from: Timestamp, _ to: Timestamp) async -> UsageQueryError? {
                do throws(UsageQueryError) {
                    _ = try await reports.report(UsageQuery(scope: .all, from: from, to: to, groupBy: groupBy))
                    return nil
                } catch {
                    return error
                }
            }
            #expect(await failure([.day, .hour], .noon, .noon(plus: 1)) == .severalPeriods)
            #expect(await failure([.day], .noon, .noon) == .emptyRange)
            let old = await failure([.minute], .noon(plus: -60), .noon(plus: 60))
            #expect(old == .notKept(.minute, since: .noon))
            #expect(old?.description.contains("since 2026-03-01T12:00:00Z only") == true)
            let many = await failure([.hour], .noon(plus: -4000 * 3600), .noon)
            guard case .tooManyPeriods(.hour, _, 3000) = many else { throw TestFailure("\(String(describing: many))") }
            await database.close()
            guard case .storage(.unavailable) = await failure([], .noon, .noon(plus: 1)) else {
                throw TestFailure("a closed database")
            }
        }
    }
}

struct TestFailure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
