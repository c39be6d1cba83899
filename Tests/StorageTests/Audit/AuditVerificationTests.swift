import Storage
import Testing

/// Whatever is done to a chain of five rows in "acme", beside another one, is found, and named.
@Suite struct AuditVerificationTests {
    private func expect(
        _ reason: AuditBreak.Reason?, row: Int = 0, tenant: String = "acme", _ kind: TestDatabase,
        after damage: (AuditBench) async throws -> Void
    ) async throws {
        try await AuditBench.run(kind, tenants: ["acme", "other"], rows: 5) { bench in
            #expect(try await bench.firstBreak() == nil)
            try await damage(bench)
            for scope in [TenantScope.all, .tenant(tenant)] {
                let fault = try await bench.firstBreak(scope)
                #expect(fault?.reason == reason, "\(String(describing: fault))")
                if reason != nil {
                    #expect(fault?.row == row, "\(String(describing: fault))")
                    #expect(fault?.tenant == tenant)
                }
            }
            #expect(try await bench.firstBreak(.tenant("other")) == nil)
        }
    }

    @Test(
        arguments: TestDatabase.allCases,
        [
            "UPDATE audit SET time = time + 1 WHERE tenant = 'acme' AND sequence = 3",
            "UPDATE audit SET actor_kind = 'user' WHERE tenant = 'acme' AND sequence = 3",
            "UPDATE audit SET actor_id = 'eve' WHERE tenant = 'acme' AND sequence = 3",
            "UPDATE audit SET source = 'host-2' WHERE tenant = 'acme' AND sequence = 3",
            "UPDATE audit SET action = 'key.revoke' WHERE tenant = 'acme' AND sequence = 3",
            "UPDATE audit SET target_kind = 'tenant' WHERE tenant = 'acme' AND sequence = 3",
            "UPDATE audit SET target_id = 'k9' WHERE tenant = 'acme' AND sequence = 3",
            "UPDATE audit SET before_json = '' WHERE tenant = 'acme' AND sequence = 3",
            "UPDATE audit SET after_json = NULL WHERE tenant = 'acme' AND sequence = 3",
            "UPDATE audit SET after_json = '{}' WHERE tenant = 'acme' AND sequence = 3",
            // A member moved from one column to the next.
            "UPDATE audit SET before_json = after_json, after_json = NULL WHERE tenant = 'acme' AND sequence = 3",
            "UPDATE audit SET actor_id = 'an', source = 'ahost-1' WHERE tenant = 'acme' AND sequence = 3",
        ] as [SQLStatement])
    func everyMemberCounts(kind: TestDatabase, damage: SQLStatement) async throws {
        try await expect(.changed, row: 3, kind) { try await $0.execute(damage) }
    }

    @Test(arguments: TestDatabase.allCases)
    func hashesCount(kind: TestDatabase) async throws {
        let zeros = [UInt8](repeating: 0, count: 32)
        try await expect(.changed, row: 3, kind) {
            try await $0.execute("UPDATE audit SET hash = \(zeros) WHERE tenant = 'acme' AND sequence = 3")
        }
        try await expect(.changed, row: 3, kind) {
            try await $0.execute("UPDATE audit SET previous_hash = \(zeros) WHERE tenant = 'acme' AND sequence = 3")
        }
    }

    @Test(arguments: TestDatabase.allCases, [1, 3, 5])
    func removedRows(kind: TestDatabase, row: Int) async throws {
        try await expect(.removed, row: row, kind) {
            try await $0.execute("DELETE FROM audit WHERE tenant = 'acme' AND sequence = \(row)")
        }
    }

    @Test(arguments: TestDatabase.allCases, [1, 3])
    func removedRowsWithTheGapClosed(kind: TestDatabase, row: Int) async throws {
        try await expect(.removed, row: row, kind) { bench in
            try await bench.execute("DELETE FROM audit WHERE tenant = 'acme' AND sequence = \(row)")
            try await bench.shift(from: row + 1, by: -1)
        }
    }

    @Test(arguments: TestDatabase.allCases, [(1, 2), (2, 4), (4, 5)])
    func swappedRows(kind: TestDatabase, rows: (Int, Int)) async throws {
        try await expect(.reordered, row: rows.0, kind) { bench in
            try await bench.execute(
                "UPDATE audit SET sequence = -1 WHERE tenant = 'acme' AND sequence = \(rows.0)",
                "UPDATE audit SET sequence = \(rows.0) WHERE tenant = 'acme' AND sequence = \(rows.1)",
                "UPDATE audit SET sequence = \(rows.1) WHERE tenant = 'acme' AND sequence = -1")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func movedToTheEnd(kind: TestDatabase) async throws {
        try await expect(.reordered, row: 2, kind) {
            try await $0.execute("UPDATE audit SET sequence = 9 WHERE tenant = 'acme' AND sequence = 2")
        }
    }

    @Test(arguments: TestDatabase.allCases, [(3, 3), (6, 6), (0, 0), (-7, -7)])
    func insertedRows(kind: TestDatabase, place: (Int, Int)) async throws {
        try await expect(.inserted, row: place.1, kind) { bench in
            if place.0 == 3 { try await bench.shift(from: 3, by: 1) }
            try await bench.insertForgery(at: place.0, hash: Array(repeating: 1, count: 32))
        }
    }

    /// The forger computes the hash as the program does, but cannot make the later rows follow.
    @Test(arguments: TestDatabase.allCases)
    func insertedRowsWithTheirOwnHash(kind: TestDatabase) async throws {
        try await expect(.inserted, row: 3, kind) { bench in
            let hash = try await bench.forgedHash(at: 3)
            try await bench.shift(from: 3, by: 1)
            try await bench.insertForgery(at: 3, hash: hash)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func rewrittenRowsWithTheirOwnHash(kind: TestDatabase) async throws {
        for row in [1, 3, 5] {
            try await expect(.changed, row: row, kind) { bench in
                let hash = try await bench.forgedHash(at: row)
                try await bench.execute("DELETE FROM audit WHERE tenant = 'acme' AND sequence = \(row)")
                try await bench.insertForgery(at: row, hash: hash)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func copiedRows(kind: TestDatabase) async throws {
        try await expect(.inserted, row: 6, kind) {
            try await $0.execute(
                """
                INSERT INTO audit SELECT tenant, 6, time, actor_kind, actor_id, source, action, target_kind, target_id,
                before_json, after_json, previous_hash, hash FROM audit WHERE tenant = 'acme' AND sequence = 2
                """)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func headsCount(kind: TestDatabase) async throws {
        try await expect(.headless, row: 5, kind) {
            try await $0.execute("DELETE FROM audit_heads WHERE tenant = 'acme'")
        }
        try await expect(.removed, row: 6, kind) {
            try await $0.execute("UPDATE audit_heads SET row_count = 6 WHERE tenant = 'acme'")
        }
        try await expect(.inserted, row: 5, kind) {
            try await $0.execute("UPDATE audit_heads SET row_count = 4 WHERE tenant = 'acme'")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func wholeChainsCount(kind: TestDatabase) async throws {
        try await expect(.removed, row: 1, kind) {
            try await $0.execute(
                "DELETE FROM audit WHERE tenant = 'acme'", "DELETE FROM audit_heads WHERE tenant = 'acme'")
        }
        let zeros = [UInt8](repeating: 0, count: 32)
        try await expect(.removed, row: 1, kind) {
            try await $0.execute(
                "DELETE FROM audit WHERE tenant = 'acme'",
                "UPDATE audit_heads SET row_count = 0, hash = \(zeros) WHERE tenant = 'acme'")
        }
        try await expect(.removed, row: 1, kind) { try await $0.execute("DELETE FROM audit WHERE tenant = 'acme'") }
        try await expect(.removed, row: 1, tenant: "", kind) {
            try await $0.execute("DELETE FROM audit WHERE tenant = ''", "DELETE FROM audit_heads WHERE tenant = ''")
        }
    }

    /// What verification alone cannot find, a head kept elsewhere does.
    @Test(arguments: TestDatabase.allCases)
    func checkpointsFindARewrittenChain(kind: TestDatabase) async throws {
        try await AuditBench.run(kind, rows: 5) { bench in
            let heads = try await bench.heads()
            try await bench.append([.sample(time: 9000)])
            #expect(try await bench.firstBreak(against: heads) == nil)
            try await bench.rewrite("acme") { $0 == 2 ? .sample("key.create", actor: "somebody else") : nil }
            #expect(try await bench.firstBreak() == nil)
            let fault = try await bench.firstBreak(against: heads)
            #expect(fault?.reason == .changed && fault?.row == 5)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func checkpointsFindWhatWasTakenBack(kind: TestDatabase) async throws {
        try await AuditBench.run(kind, rows: 5) { bench in
            let heads = try await bench.heads()
            try await bench.execute("DELETE FROM audit WHERE tenant = 'acme' AND sequence > 3")
            try await bench.execute(
                """
                UPDATE audit_heads SET row_count = 3, hash = (SELECT hash FROM audit WHERE tenant = 'acme' AND
                sequence = 3) WHERE tenant = 'acme'
                """)
            #expect(try await bench.firstBreak() == nil)
            #expect(try await bench.firstBreak(against: heads)?.row == 4)
            try await bench.execute("DELETE FROM audit", "DELETE FROM audit_heads")
            #expect(try await bench.firstBreak() == nil)
            let fault = try await bench.firstBreak(against: heads)
            #expect(fault?.reason == .removed && fault?.tenant == "")
            let others = heads.filter { !$0.tenant.isEmpty }
            #expect(try await bench.firstBreak(against: others)?.tenant == "acme")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func longChainsAreReadInPages(kind: TestDatabase) async throws {
        try await AuditBench.run(kind) { bench in
            try await bench.append((0..<600).map { .sample(time: $0, target: "k\($0)") })
            let report = try await bench.trail.verify()
            #expect(report.chains == 2 && report.rows == 601)
            try await bench.execute("UPDATE audit SET actor_id = 'eve' WHERE tenant = 'acme' AND sequence = 384")
            #expect(try await bench.firstBreak()?.row == 384)
            try await bench.execute("DELETE FROM audit WHERE tenant = 'acme' AND sequence > 256")
            #expect(try await bench.firstBreak()?.row == 257)
        }
    }

    /// Any one statement of a forger who does not compute hashes.
    @Test(arguments: TestDatabase.allCases, [1, 2, 3, 4] as [UInt64])
    func randomDamageIsFound(kind: TestDatabase, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        try await AuditBench.run(kind, rows: 12) { bench in
            for _ in 0..<12 {
                let (row, other) = (Int.random(in: 1...12, using: &random), Int.random(in: 1...12, using: &random))
                let before = try await bench.query("SELECT * FROM audit WHERE tenant = 'acme' ORDER BY sequence")
                switch Int.random(in: 0..<3, using: &random) {
                case 0: try await bench.execute("DELETE FROM audit WHERE tenant = 'acme' AND sequence = \(row)")
                case 1:
                    try await bench.execute(
                        "UPDATE audit SET time = time + 5 WHERE tenant = 'acme' AND sequence = \(row)")
                default:
                    try await bench.execute(
                        """
                        UPDATE audit SET hash = (SELECT o.hash FROM audit o WHERE o.tenant = 'acme' AND
                        o.sequence = \(other)) WHERE tenant = 'acme' AND sequence = \(row)
                        """)
                    if row == other { continue }
                }
                let fault = try await bench.firstBreak()
                #expect(fault?.tenant == "acme" && fault?.row == row, "\(String(describing: fault)) for \(row)")
                try await bench.restore(before)
                #expect(try await bench.firstBreak() == nil)
            }
        }
    }
}
