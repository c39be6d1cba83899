import Storage
import Testing

@testable import Ledger

@Suite struct UsageListTests {
    private static func filter(_ change: (inout UsageRowFilter) -> Void = { _ in }) -> UsageRowFilter {
        var filter = UsageRowFilter(scope: .all)
        change(&filter)
        return filter
    }

    private func ids(
        _ database: any SQLDatabase, _ filter: UsageRowFilter, _ order: UsageRowOrder = .newestFirst, pages limit: Int
    ) async throws -> [UUIDv7] {
        var ids: [UUIDv7] = []
        var cursor: PageCursor?
        repeat {
            let page = try await UsageList(database).page(filter, order: order, after: cursor, limit: limit)
            #expect(page.items.count <= limit)
            ids += page.items.map(\.id)
            cursor = page.next.map { PageCursor($0.text) } ?? nil
        } while cursor != nil
        return ids
    }

    /// Pages of any size, in either direction, yield each row that is meant once and in order.
    @Test(arguments: TestDatabase.allCases)
    func pagesAgreeWithTheRecords(kind: TestDatabase) async throws {
        try await kind.run { database in
            var random = SplitMix64(seed: 81)
            // Few milliseconds, so that many rows share theirs.
            let records = (0..<300).map { UsageRecord.plausible($0, in: 1000..<1030, using: &random) }
            try await LedgerApplier(database).apply(records)
            for _ in 0..<60 {
                let filter = Self.random(using: &random)
                let order: UsageRowOrder = .random(using: &random) ? .newestFirst : .oldestFirst
                var expected = records.filter { Self.matches($0, filter) }.map { ($0.time, $0.id) }.sorted { $0 < $1 }
                if order == .newestFirst { expected.reverse() }
                let found = try await ids(database, filter, order, pages: Int.random(in: 1..<60, using: &random))
                #expect(found == expected.map(\.1), "\(filter) \(order)")
            }
        }
    }

    private static func random(using random: inout SplitMix64) -> UsageRowFilter {
        filter { filter in
            if Bool.random(using: &random) { filter.scope = .tenant("t\(Int.random(in: 0..<5, using: &random))") }
            if Bool.random(using: &random) {
                filter.from = Timestamp(milliseconds: .random(in: 990..<1020, using: &random))
            }
            if Bool.random(using: &random) {
                filter.to = Timestamp(milliseconds: .random(in: 1010..<1040, using: &random))
            }
            if Int.random(in: 0..<4, using: &random) == 0 { filter.tenant = "t1" }
            if Int.random(in: 0..<4, using: &random) == 0 { filter.key = "t1-k2" }
            if Int.random(in: 0..<4, using: &random) == 0 { filter.user = "u2" }
            if Int.random(in: 0..<4, using: &random) == 0 { filter.provider = "p1" }
            filter.status = [nil, nil, .exactly(429), .within(400..<600)].randomElement(using: &random) ?? nil
        }
    }

    private static func matches(_ record: UsageRecord, _ filter: UsageRowFilter) -> Bool {
        if case .tenant(let own) = filter.scope, own != record.tenant { return false }
        switch filter.status {
        case nil: break
        case .exactly(let status): guard record.status == status else { return false }
        case .within(let range): guard range.contains(record.status) else { return false }
        }
        return filter.from ?? record.time <= record.time
            && record.time < filter.to ?? record.time.adding(milliseconds: 1)
            && filter.tenant ?? record.tenant == record.tenant && filter.key ?? record.key == record.key
            && filter.user ?? record.user == record.user && filter.provider ?? record.provider == record.provider
    }

    @Test(arguments: TestDatabase.allCases)
    func limitsAreHeld(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await LedgerApplier(database).apply((0..<1100).map { .sample($0, at: .noon(plus: $0)) })
            let list = UsageList(database)
            #expect(try await list.page(Self.filter(), limit: 5000).items.count == 1000)
            #expect(try await list.page(Self.filter(), limit: -1).items.count == 1)
            #expect(try await list.page(Self.filter()).items.count == 100)
            #expect(try await list.page(Self.filter()).items.first?.time == .noon(plus: 1099))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func aCursorOfSomethingElseIsNone(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await LedgerApplier(database).apply([.sample(1)])
            let cursor = PageCursor(createdAt: Timestamp(milliseconds: 5), id: "' OR 1 = 1 --")
            #expect(try await UsageList(database).page(Self.filter(), after: cursor).items.count == 1)
        }
    }

    /// A cursor outside the asked-for range must not widen it.
    @Test(arguments: TestDatabase.allCases)
    func aCursorDoesNotWidenTheRange(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await LedgerApplier(database).apply((0..<10).map { .sample($0, at: .noon(plus: $0)) })
            let filter = Self.filter { ($0.from, $0.to) = (.noon(plus: 3), .noon(plus: 6)) }
            for (order, second) in [(UsageRowOrder.newestFirst, 9), (.oldestFirst, 0)] {
                let cursor = PageCursor(createdAt: .noon(plus: second), id: UUIDv7.sample(second).hex)
                let page = try await UsageList(database).page(filter, order: order, after: cursor)
                #expect(page.items.count == 3)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func damagedRowsAreErrors(kind: TestDatabase) async throws {
        for damage in ["UPDATE usage SET id = CAST('x' AS BLOB)", "UPDATE usage SET cache = 'warm'"] as [SQLStatement] {
            try await kind.run { (database) async throws in
                guard database.dialect == .sqlite else { return }
                try await LedgerApplier(database).apply([.sample(1)])
                try await database.write { connection throws(StorageError) in try connection.execute(damage) }
                await #expect {
                    _ = try await UsageList(database).page(Self.filter())
                } throws: { error in
                    guard case StorageError.corrupt = error else { return false }
                    return true
                }
            }
        }
    }
}
