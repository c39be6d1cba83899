import Ledger
import Storage
import Testing

@Suite struct LedgerApplierTests {
    @Test(arguments: TestDatabase.allCases)
    func recordsComeBackWhole(kind: TestDatabase) async throws {
        try await kind.run { database in
            var record = UsageRecord.sample(1)
            record.endUser = "customer \"7\" 🐦"
            record.session = "s1"
            record.module = "chat"
            record.savedNanodollars = 9
            record.isEstimated = true
            record.cache = .coalesced
            record.attemptCount = 2
            record.attempts.insert(
                AttemptRecord(
                    number: 2, provider: "anthropic", model: "claude", outcome: "timeout", latencyMilliseconds: 10_000),
                at: 0)
            record.log = PromptLog(prompt: [1, 0, 255], answer: [])
            #expect(try await LedgerApplier(database).apply([record]).new == 1)

            let found = try await UsageList(database).find(record.id, in: .tenant("acme"))
            record.attempts.sort { $0.number < $1.number }
            #expect(found == record)
            #expect(try await UsageList(database).find(record.id, in: .tenant("other")) == nil)
            #expect(try await UsageList(database).find(.sample(2), in: .all) == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func whatIsAbsentStaysAbsent(kind: TestDatabase) async throws {
        try await kind.run { database in
            let record = UsageRecord(
                id: .sample(1), time: .noon, tenant: "acme", endpoint: "embeddings", clientModel: "m")
            try await LedgerApplier(database).apply([record])
            #expect(try await UsageList(database).find(record.id, in: .all) == record)
            #expect(try await database.count("request_log") == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func aRecordCountsOnce(kind: TestDatabase) async throws {
        try await kind.run { database in
            let applier = LedgerApplier(database)
            var first = AppliedRecords()
            first.new = 2
            #expect(try await applier.apply([.sample(1), .sample(2)]) == first)
            var second = AppliedRecords()
            (second.new, second.known) = (1, 3)
            // Known ones, a new one, and that one again, with other figures this time.
            var again = UsageRecord.sample(3)
            again.promptTokens = 5_000_000
            #expect(try await applier.apply([.sample(2), .sample(3), .sample(1), again]) == second)
            #expect(try await database.count("usage") == 3)
            #expect(try await database.count("attempts") == 3)
            for table in RollupTables.names {
                let row = try await database.rows(
                    """
                    SELECT CAST(SUM(requests) AS BIGINT) AS n, CAST(SUM(prompt_tokens) AS BIGINT) AS p
                    FROM \(raw: table)
                    """
                ).first
                #expect(try row?.int("n") == 3)
                #expect(try row?.int("p") == 300)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func emptyTextsAreAbsent(kind: TestDatabase) async throws {
        try await kind.run { database in
            var record = UsageRecord.sample(1)
            (record.user, record.key, record.session, record.error) = ("", "", "", "")
            try await LedgerApplier(database).apply([record])
            let found = try await UsageList(database).find(record.id, in: .all)
            #expect(found?.user == nil && found?.key == nil && found?.session == nil && found?.error == nil)
            #expect(try await database.rows("SELECT 1 FROM rollup_day WHERE errors = 0").count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func nothingIsNothing(kind: TestDatabase) async throws {
        try await kind.run { (database) async throws in
            #expect(try await LedgerApplier(database).apply([]) == AppliedRecords())
        }
    }

    /// Many appliers bring overlapping parts of the same records in different orders, some of them twice.
    @Test(arguments: TestDatabase.allCases)
    func severalAppliersAtOnceCountOnce(kind: TestDatabase) async throws {
        try await kind.run { (database) async throws in
            var random = SplitMix64(seed: 21)
            let noon = Timestamp.noon.milliseconds
            let records = (0..<300).map { UsageRecord.plausible($0, in: noon..<noon + 7_200_000, using: &random) }
            let parts = (0..<4).map { _ in Array(records.shuffled(using: &random).prefix(120)) } + [records]
            let new = try await withThrowingTaskGroup(of: Int.self) { group in
                for part in parts { group.addTask { try await LedgerApplier(database).apply(part).new } }
                return try await group.reduce(0, +)
            }
            #expect(new == records.count)
            #expect(try await database.count("usage") == records.count)
            try await expectSumsAgree(database, records)
        }
    }

    /// More than a transaction holds, with every size of statement.
    @Test(arguments: TestDatabase.allCases)
    func largeListsAreApplied(kind: TestDatabase) async throws {
        try await kind.run { database in
            var random = SplitMix64(seed: 22)
            let noon = Timestamp.noon.milliseconds
            let records = (0..<LedgerApplier.batchRecords * 2 + 511).map {
                UsageRecord.plausible($0, in: noon..<noon + 180_000_000, using: &random)
            }
            #expect(try await LedgerApplier(database).apply(records).new == records.count)
            try await expectSumsAgree(database, records)
        }
    }

    /// What a hostile or mistaken provider or client may send must be written, not refused for ever.
    @Test(arguments: TestDatabase.allCases)
    func absurdRecordsAreHeldToBounds(kind: TestDatabase) async throws {
        try await kind.run { database in
            var random = SplitMix64(seed: 23)
            let records = (0..<300).map { number in
                var record = UsageRecord.random(using: &random)
                if number % 10 == 0 { record.upstreamModel = String(repeating: "日", count: 5000) }
                return record
            }
            #expect(try await LedgerApplier(database).apply(records).new == 300)
            let page = try await UsageList(database).page(UsageRowFilter(scope: .all), limit: 1000)
            #expect(page.items.count == 300)
            for record in page.items {
                #expect(record.promptTokens >= 0 && record.promptTokens <= 1_000_000_000)
                #expect(record.time.milliseconds >= 0)
                #expect(record.costNanodollars ?? 0 >= 0)
                #expect(!record.tenant.utf8.contains(0))
                #expect((record.upstreamModel ?? "").utf8.count <= UsageRecordCodec.maximumTextBytes)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func aFailedTransactionLeavesNothing(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await database.write { connection throws(StorageError) in
                try connection.execute("ALTER TABLE rollup_model_day RENAME TO away")
            }
            await #expect(throws: StorageError.self) { try await LedgerApplier(database).apply([.sample(1)]) }
            for table in ["usage", "attempts", "rollup_minute", "rollup_tenant_day"] as [StaticString] {
                #expect(try await database.count(table) == 0)
            }
            try await database.write { connection throws(StorageError) in
                try connection.execute("ALTER TABLE away RENAME TO rollup_model_day")
            }
            #expect(try await LedgerApplier(database).apply([.sample(1)]).new == 1)
        }
    }

    /// Every rollup table's sums are those of the records, whatever it keeps apart.
    private func expectSumsAgree(_ database: any SQLDatabase, _ records: [UsageRecord]) async throws {
        for table in RollupTables.names {
            let row = try await database.rows(
                """
                SELECT CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(completion_tokens) AS BIGINT) AS tokens,
                CAST(SUM(cost_nanodollars) AS BIGINT) AS cost,
                CAST(SUM(latency_10 & 4294967295) AS BIGINT) AS b20, CAST(SUM(latency_10 >> 32) AS BIGINT) AS b21
                FROM \(raw: table)
                """
            ).first
            #expect(try row?.int("requests") == records.count)
            #expect(try row?.int("tokens") == records.reduce(0) { $0 + $1.completionTokens })
            #expect(try row?.int("cost") == records.reduce(0) { $0 + ($1.costNanodollars ?? 0) })
            #expect(try row?.int("b20") == records.count { (1290..<1625).contains($0.totalMilliseconds) })
            #expect(try row?.int("b21") == records.count { (1625..<2048).contains($0.totalMilliseconds) })
        }
    }
}
