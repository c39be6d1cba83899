import Logging
import Storage
import Testing

@Suite struct AuditTrailTests {
    @Test(arguments: TestDatabase.allCases)
    func rowsChain(kind: TestDatabase) async throws {
        try await AuditBench.run(kind, rows: 3) { bench in
            let rows = Array(try await bench.trail.list(AuditFilter(.tenant("acme"))).rows.reversed())
            #expect(rows.map(\.sequence) == [1, 2, 3])
            #expect(rows.map(\.entry.target.id) == ["k1", "k2", "k3"])
            #expect(rows[0].previousHash == Array(repeating: 0, count: 32))
            #expect(rows[1].previousHash == rows[0].hash)
            #expect(rows[2].previousHash == rows[1].hash)
            let heads = try await bench.heads()
            #expect(heads.contains(AuditHead(tenant: "acme", rows: 3, hash: rows[2].hash)))
        }
    }

    /// Computed by another program: the form must never change, or old rows stop verifying.
    @Test(arguments: TestDatabase.allCases)
    func theHashIsWhatItAlwaysWas(kind: TestDatabase) async throws {
        try await AuditBench.run(kind) { bench in
            try await bench.append([
                .sample(time: 1_780_000_000_123, target: "abc", after: #"{"name":"é"}"#),
                .sample("key.revoke", time: 1_780_000_000_124, target: "abc", before: "{}", after: nil),
            ])
            let rows = try await bench.query("SELECT hash FROM audit WHERE tenant = 'acme' ORDER BY sequence")
            #expect(
                try rows.map { Hexadecimal.encode(try $0.bytes("hash")) } == [
                    "c16bbd923b6fbc88091f0f75a9d1a99f7357f5d07b420262a99fc23bda3ffa82",
                    "a34e72e98befcc74c6474e880070773e2c450054dbecf2ae27e636b705a93d5b",
                ])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func theInstallationSeesChainsStart(kind: TestDatabase) async throws {
        try await AuditBench.run(kind) { bench in
            try await bench.append([
                .sample(tenant: "b"), .sample(tenant: ""), .sample(tenant: "a"), .sample(tenant: "b"),
            ])
            try await bench.append([.sample(tenant: "a")])
            let own = Array(try await bench.trail.list(AuditFilter(.tenant(""))).rows.reversed())
            #expect(own.filter { $0.entry.action == "audit.start" }.map(\.entry.target.id).sorted() == ["a", "b"])
            #expect(own.count == 3)
            #expect(try await bench.heads().map { "\($0.tenant) \($0.rows)" } == [" 3", "a 2", "b 2"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func anEntryGoesWithItsChange(kind: TestDatabase) async throws {
        try await AuditBench.run(kind, rows: 1) { (bench) async throws in
            await #expect(throws: StorageError.invalid("on purpose")) {
                try await bench.database.write { connection throws(StorageError) in
                    try AuditTrail.append(.sample(), to: connection)
                    throw StorageError.invalid("on purpose")
                }
            }
            #expect(try await bench.heads().map(\.rows) == [1, 1])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func nothingIsNothing(kind: TestDatabase) async throws {
        try await AuditBench.run(kind) { bench in
            try await bench.append([])
            let report = try await bench.trail.verify()
            #expect(report == AuditReport())
            #expect(try await bench.firstBreak(.tenant("nobody")) == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func manyWritersMakeOneChain(kind: TestDatabase) async throws {
        try await AuditBench.run(kind) { bench in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try await bench.append([
                            .sample(tenant: number % 2 == 0 ? "a" : "b", target: "k\(number)"),
                            .sample(tenant: number % 3 == 0 ? "a" : "c", target: "l\(number)"),
                        ])
                    }
                }
                try await group.waitForAll()
            }
            // One row each for the three chains that started.
            #expect(try await bench.heads().map(\.rows) == [3, 34, 20, 26])
        }
    }

    /// A server and a command, or two servers.
    @Test(arguments: TestDatabase.allCases)
    func processesMakeOneChain(kind: TestDatabase) async throws {
        try await kind.withURL { url in
            let first = try await url.open(defaultPath: "", logger: .silent)
            try await Migrator().migrate(first)
            let second = try await url.open(defaultPath: "", logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let bench = AuditBench(database: number % 2 == 0 ? first : second)
                        // Both orders of the chains, and both start them.
                        let tenants = number % 3 == 0 ? ["acme", "", "other"] : ["other", "acme", ""]
                        try await bench.append(tenants.map { .sample(tenant: $0) })
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await AuditBench(database: first).heads().map(\.rows) == [22, 20, 20])
            await second.close()
            await first.close()
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func entriesReadBackAsTheyWere(kind: TestDatabase) async throws {
        try await AuditBench.run(kind) { bench in
            let entry = AuditEntry(
                time: Timestamp(milliseconds: -5), tenant: "acme",
                actor: AuditActor(kind: AuditActor.Kind(rawValue: "later"), id: "naïve 🐦 '\"; --", source: "::1"),
                action: "x.y", target: AuditTarget(kind: "thing", id: ""), before: "", after: nil)
            try await bench.append([entry])
            let page = try await bench.trail.list(AuditFilter(.tenant("acme")))
            #expect(page.rows.map(\.entry) == [entry])
            #expect(try await bench.firstBreak() == nil)
        }
    }
}
