import Storage
import Testing

/// What the repositories' changes leave in the audit trail, on every database.
@Suite struct RepositoryNotesTests {
    private static func keyNote(_ verb: String) -> AuditNote<APIKeyRecord> {
        { before, after in
            .sample(
                "key.\(verb)", tenant: after?.tenant ?? "?", target: after?.publicID ?? "?", before: before?.name,
                after: after?.name)
        }
    }

    private static func tenantNote(_ verb: String) -> AuditNote<TenantRecord> {
        { before, after in
            .sample(
                "tenant.\(verb)", tenant: after?.id ?? before?.id ?? "?", before: before?.plan, after: after?.plan)
        }
    }

    private func run(
        _ kind: TestDatabase, _ body: (APIKeyRepository, TenantRepository, AuditBench) async throws -> Void
    ) async throws {
        try await AuditBench.run(kind) { bench in
            try await body(APIKeyRepository(bench.database), TenantRepository(bench.database), bench)
            #expect(try await bench.firstBreak() == nil)
        }
    }

    private func lines(_ bench: AuditBench, _ tenant: String) async throws -> [String] {
        try await bench.trail.list(AuditFilter(.tenant(tenant))).rows.reversed().map { row in
            "\(row.entry.action) \(row.entry.before ?? "-") \(row.entry.after ?? "-")"
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func keys(kind: TestDatabase) async throws {
        try await run(kind) { keys, tenants, bench in
            try await tenants.insert(.sample("a"), note: Self.tenantNote("create"))
            try await keys.insert(.sample("k1", tenant: "a"), note: Self.keyNote("create"))
            _ = try await keys.update("k1", in: .all, note: Self.keyNote("update")) { key in
                key.name = "renamed"
                return true
            }
            // Nothing to do, nothing done, nobody there.
            _ = try await keys.update("k1", in: .all, note: Self.keyNote("update")) { _ in false }
            _ = try await keys.update("k1", in: .all, note: Self.keyNote("update")) { _ in true }
            _ = try await keys.update("k1", in: .tenant("b"), note: Self.keyNote("update")) { _ in true }
            #expect(
                try await lines(bench, "a") == [
                    "tenant.create - standard", "key.create - key k1", "key.update key k1 renamed",
                ])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func refusals(kind: TestDatabase) async throws {
        try await run(kind) { (keys, tenants, bench) async throws in
            try await tenants.insert(.sample("a"), note: Self.tenantNote("create"))
            await #expect(throws: StorageError.self) {
                try await tenants.insert(.sample("a"), note: Self.tenantNote("create"))
            }
            await #expect(throws: StorageError.self) {
                try await keys.insert(.sample("k1", tenant: "nobody"), note: Self.keyNote("create"))
            }
            #expect(try await lines(bench, "a").count == 1)
            #expect(try await lines(bench, "nobody").isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func theFirstKey(kind: TestDatabase) async throws {
        try await run(kind) { keys, _, bench in
            for id in ["k1", "k2"] {
                let created = try await keys.insertFirst(
                    .sample(id, tenant: "a"), tenant: .sample("a"), note: Self.keyNote("create"),
                    tenantNote: Self.tenantNote("create"))
                #expect(created == (id == "k1"))
            }
            #expect(try await lines(bench, "a") == ["tenant.create - standard", "key.create - key k1"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func tenants(kind: TestDatabase) async throws {
        try await run(kind) { keys, tenants, bench in
            let created = try await tenants.insertMissing(
                [.sample("a"), .sample("b"), .sample("a")], note: Self.tenantNote("create"))
            #expect(created == ["a", "b"])
            _ = try await tenants.insertMissing([.sample("a")], note: Self.tenantNote("create"))
            for id in ["k3", "k1", "k2"] { try await keys.insert(.sample(id, tenant: "a")) }
            _ = try await keys.update("k2", in: .all) { key in
                key.revokedAt = Timestamp(milliseconds: 5)
                return true
            }
            _ = try await tenants.update("a", in: .all, note: Self.tenantNote("update")) { $0.plan = "gold" }
            _ = try await tenants.update("a", in: .all, note: Self.tenantNote("update")) { $0.plan = "gold" }
            let removed = try await tenants.remove(
                "a", in: .all, at: Timestamp(milliseconds: 9), note: Self.tenantNote("remove"),
                keyNote: Self.keyNote("revoke"))
            #expect(removed)
            #expect(
                try await lines(bench, "a") == [
                    "tenant.create - standard", "tenant.update standard gold", "tenant.remove gold -",
                    "key.revoke key k1 key k1", "key.revoke key k3 key k3",
                ])
            #expect(try await lines(bench, "b") == ["tenant.create - standard"])
        }
    }
}
