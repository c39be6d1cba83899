import Logging
import Storage
import Synchronization
import Testing

@testable import Ledger

@Suite struct LedgerRetentionTests {
    private func days(_ count: Int) -> Timestamp { Timestamp.noon.adding(milliseconds: -count * 86_400_000) }

    private func policy(rows: Int? = nil, logs: Int? = nil, minutes: Int? = nil, hours: Int? = nil) -> RetentionPolicy {
        var policy = RetentionPolicy()
        (policy.rows, policy.logs, policy.minutes, policy.hours) = (rows, logs, minutes, hours)
        return policy
    }

    private func retention(_ database: any SQLDatabase, _ policy: RetentionPolicy) -> LedgerRetention {
        LedgerRetention(database, policy: policy, clock: { .noon }, logger: .silent)
    }

    @Test(arguments: TestDatabase.allCases)
    func rowsGoWithTheirAttemptsAndLogs(kind: TestDatabase) async throws {
        try await kind.run { database in
            let records = (0..<1300).map { number in
                var record = UsageRecord.sample(number, at: days(number < 1200 ? 10 : 5))
                record.log = PromptLog(prompt: [1], answer: [2])
                return record
            }
            try await LedgerApplier(database).apply(records)
            let sweep = try await retention(database, policy(rows: 7)).sweep()
            #expect(sweep.rows == 1200)
            for table in ["usage", "attempts", "request_log"] as [StaticString] {
                #expect(try await database.count(table) == 100)
            }
            // What was deleted still counts.
            let query = UsageQuery(scope: .all, from: days(30), to: .noon)
            #expect(try await UsageReports(database) { .noon }.report(query).total.requests == 1300)
            #expect(try await retention(database, policy(rows: 7)).sweep() == RetentionSweep())
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func logsGoBeforeTheirRows(kind: TestDatabase) async throws {
        try await kind.run { database in
            let records = (0..<20).map { number in
                var record = UsageRecord.sample(number, at: days(number))
                record.log = PromptLog(prompt: [1], answer: [2])
                return record
            }
            try await LedgerApplier(database).apply(records)
            let sweep = try await retention(database, policy(rows: 15, logs: 7)).sweep()
            #expect(sweep.logs == 12)
            #expect(sweep.rows == 4)
            #expect(try await database.count("request_log") == 8)
            #expect(try await database.count("usage") == 16)
        }
    }

    /// A moment exactly at the border stays.
    @Test(arguments: TestDatabase.allCases)
    func theBorderStays(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await LedgerApplier(database).apply([
                .sample(1, at: days(7)), .sample(2, at: days(7).adding(milliseconds: -1)),
            ])
            #expect(try await retention(database, policy(rows: 7)).sweep().rows == 1)
            #expect(try await UsageList(database).find(.sample(1, at: days(7)), in: .all) != nil)
        }
    }

    /// Minutes and hours go by whole days; what is asked of that time is rounded, and no sum changes.
    @Test(arguments: TestDatabase.allCases)
    func queriesStayRightWhenMinutesAndHoursGo(kind: TestDatabase) async throws {
        try await kind.run { database in
            var random = SplitMix64(seed: 101)
            let noon = Timestamp.noon.milliseconds
            let records = (0..<1500).map { number in
                UsageRecord.plausible(number, in: noon - 20 * 86_400_000..<noon, using: &random)
            }
            try await LedgerApplier(database).apply(records)
            let before = try await database.count("rollup_minute")
            let sweep = try await retention(database, policy(minutes: 3, hours: 10)).sweep()
            #expect(sweep.rollups > 1500)
            #expect(try await database.count("rollup_minute") < before / 3)
            let oldest = try await database.rows("SELECT MIN(time) AS t FROM rollup_hour").first?.int("t") ?? 0
            #expect(oldest >= RollupResolution.day.floor(days(10).milliseconds))
            #expect(try await database.count("rollup_day") > 0)

            let reports = UsageReports(database) { .noon }
            for _ in 0..<40 {
                let from = Int.random(in: noon - 21 * 86_400_000..<noon, using: &random)
                let query = UsageQuery(
                    scope: .all, from: Timestamp(milliseconds: from),
                    to: Timestamp(milliseconds: Int.random(in: from + 1...noon, using: &random)), groupBy: [.tenant])
                let report = try await reports.report(query)
                #expect(report.from <= query.from && query.to <= report.to)
                let counted = records.count { report.from <= $0.time && $0.time < report.to }
                #expect(report.total.requests == counted)
            }
            let hours = UsageQuery(scope: .all, from: days(12), to: .noon, groupBy: [.hour])
            await #expect(throws: UsageQueryError.self) { try await reports.report(hours) }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func withoutAPolicyEverythingStays(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await LedgerApplier(database).apply([.sample(1, at: Timestamp(milliseconds: 0))])
            #expect(try await retention(database, policy()).sweep() == RetentionSweep())
            #expect(try await retention(database, policy(rows: .max, logs: .max)).sweep() == RetentionSweep())
            // Today's sums stay whatever the policy says.
            try await LedgerApplier(database).apply([.sample(2)])
            _ = try await retention(database, policy(minutes: 0, hours: -5)).sweep()
            #expect(try await database.count("rollup_minute") == 1)
            #expect(try await database.count("rollup_hour") == 1)
        }
    }

    @Test func cancellingEndsASweep() async throws {
        try await TestDatabase.sqlite.run { (database) async throws in
            try await LedgerApplier(database).apply([.sample(1, at: days(100))])
            let retention = retention(database, policy(rows: 7))
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await retention.sweep()
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await database.count("usage") == 1)
        }
    }

    @Test func runsUntilItIsCancelled() async throws {
        try await TestDatabase.sqlite.run { (database) async throws in
            try await LedgerApplier(database).apply([.sample(1, at: days(100))])
            let pauses = Mutex(0)
            await retention(database, policy(rows: 7)).run(every: .seconds(60)) { pause in
                #expect(pause == .seconds(60))
                let count = pauses.withLock { pauses in
                    pauses += 1
                    return pauses
                }
                // Goes on without its database as well.
                if count == 2 { await database.close() }
                if count == 4 { throw CancellationError() }
            }
            #expect(pauses.withLock { $0 } == 4)
        }
    }
}
