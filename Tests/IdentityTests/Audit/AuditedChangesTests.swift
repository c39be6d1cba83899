import Identity
import Storage
import Testing

/// Every change of the services leaves a row, in the same transaction, and none of them a secret.
@Suite struct AuditedChangesTests {
    private static let actor = AuditActor(kind: .cli, id: "ana", source: "host-1")

    private func run(_ body: (TestBench, KeyService, TenantService) async throws -> Void) async throws {
        try await TestBench.run { bench in
            try await body(bench, bench.keys.acting(as: Self.actor), bench.tenants.acting(as: Self.actor))
            #expect(try await AuditTrail(bench.database).verify().firstBreak == nil)
        }
    }

    private func rows(_ bench: TestBench, _ scope: TenantScope = .tenant("acme")) async throws -> [AuditRow] {
        try await AuditTrail(bench.database).list(AuditFilter(scope), limit: 1000).rows.sorted {
            ($0.entry.tenant, $0.sequence) < ($1.entry.tenant, $1.sequence)
        }
    }

    @Test func theLifeOfAKey() async throws {
        try await run { bench, keys, _ in
            let issued = try await keys.create(KeyDraft(tenant: "acme", name: "ci", user: "bot", models: ["gpt-*"]))
            let id = issued.record.publicID
            bench.clock.advance(seconds: 1)
            let rotated = try await keys.rotate(id, in: .all, graceSeconds: 60)
            var edit = KeyEdit()
            edit.name = "build"
            _ = try await keys.update(id, in: .all, edit)
            bench.clock.advance(seconds: 1)
            try await keys.revoke(id, in: .all)
            let rows = try await rows(bench)
            #expect(rows.map(\.entry.action) == ["key.create", "key.rotate", "key.update", "key.revoke"])
            #expect(rows.allSatisfy { $0.entry.actor == Self.actor && $0.entry.target.id == id })
            #expect(rows.allSatisfy { $0.entry.target.kind == "key" })
            #expect(rows[0].entry.before == nil && rows[0].entry.after?.contains(#""name":"ci""#) == true)
            #expect(rows[1].entry.before?.contains(#""rotated_at":null"#) == true)
            #expect(rows[1].entry.after?.contains(#""rotated_at":null"#) == false)
            #expect(rows[2].entry.before?.contains(#""name":"ci""#) == true)
            #expect(rows[2].entry.after?.contains(#""name":"build""#) == true)
            #expect(rows[3].entry.time == bench.clock.now)
            for text in [issued.text, rotated.text] {
                #expect(!"\(rows)".contains(String(text.suffix(32))))
            }
        }
    }

    @Test func noHashGetsIn() async throws {
        try await run { bench, keys, _ in
            let issued = try await keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await keys.rotate(issued.record.publicID, in: .all, graceSeconds: 60)
            let stored = try await keys.find(issued.record.publicID, in: .all)
            let text = try await rows(bench).map { ($0.entry.before ?? "") + ($0.entry.after ?? "") }.joined()
            for hash in [issued.record.secretHash, stored.secretHash, stored.previousHash ?? []] {
                #expect(!text.contains(Hexadecimal.encode(hash)))
            }
            #expect(!text.contains("hash"))
        }
    }

    @Test func theLifeOfATenant() async throws {
        try await run { bench, keys, tenants in
            let tenant = try await tenants.create(TenantDraft(name: "New"))
            _ = try await tenants.update("new", in: .all, plan: "gold")
            let ids = try await [
                keys.create(KeyDraft(tenant: "new", name: "a")), keys.create(KeyDraft(tenant: "new", name: "b")),
            ].map(\.record.publicID).sorted()
            try await keys.revoke(try await keys.create(KeyDraft(tenant: "new", name: "c")).text, in: .all)
            try await tenants.remove("new", in: .all)
            let rows = try await rows(bench, .tenant("new"))
            #expect(
                rows.map(\.entry.action) == [
                    "tenant.create", "tenant.update", "key.create", "key.create", "key.create", "key.revoke",
                    "tenant.remove", "key.revoke", "key.revoke",
                ])
            #expect(rows.suffix(2).map(\.entry.target.id) == ids)
            #expect(rows.last?.entry.before?.contains(#""revoked_at":null"#) == true)
            #expect(rows.last?.entry.after?.contains(#""revoked_at":null"#) == false)
            #expect(rows[6].entry.after == nil && rows[6].entry.before?.contains("gold") == true)
            #expect(rows[0].entry.after?.contains(tenant.name) == true)
        }
    }

    @Test func whatChangesNothingLeavesNoRow() async throws {
        try await run { (bench, keys, tenants) async throws in
            let id = try await keys.create(KeyDraft(tenant: "acme", name: "k")).record.publicID
            try await keys.revoke(id, in: .all)
            try await keys.revoke(id, in: .all)
            _ = try? await keys.rotate(id, in: .all)
            _ = try await keys.update(id, in: .all, KeyEdit())
            _ = try await tenants.update("acme", in: .all, name: "Acme")
            #expect(try await rows(bench).map(\.entry.action) == ["key.create", "key.revoke"])
        }
    }

    @Test func refusedChangesLeaveNoRow() async throws {
        try await run { (bench, keys, tenants) async throws in
            _ = try await keys.create(KeyDraft(tenant: "acme", name: "k"))
            let before = try await rows(bench, .all)
            _ = try? await keys.create(KeyDraft(tenant: "nobody", name: "k"))
            _ = try? await keys.create(KeyDraft(tenant: "acme", name: ""))
            _ = try? await keys.revoke("nothing", in: .all)
            _ = try? await tenants.create(TenantDraft(id: "acme", name: "x"))
            _ = try? await tenants.update("acme", in: .tenant("other"), plan: "x")
            try? await tenants.remove("acme", in: .tenant("other"))
            #expect(try await rows(bench, .all) == before)
        }
    }

    /// A trail that cannot be written stops the change.
    @Test func noChangeWithoutItsRow() async throws {
        try await TestBench.run { (bench) async throws in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            try await bench.database.write { connection throws(StorageError) in
                try connection.execute("ALTER TABLE audit RENAME TO elsewhere")
            }
            await #expect(throws: AdministrationError.self) { try await bench.keys.revoke(key.text, in: .all) }
            await #expect(throws: AdministrationError.self) {
                _ = try await bench.keys.create(KeyDraft(tenant: "acme", name: "l"))
            }
            await #expect(throws: AdministrationError.self) { try await bench.tenants.remove("acme", in: .all) }
            #expect(try await bench.keys.find(key.text, in: .all).revokedAt == nil)
            #expect(try await bench.keys.list(in: .all).items.count == 1)
            #expect(try await bench.tenants.find("acme", in: .all).removedAt == nil)
        }
    }

    @Test func policiesAndTheFirstStartAreNamed() async throws {
        try await TestBench.run { bench in
            _ = try await bench.tenants.acting(as: Self.actor).ensure([
                TenantDraft(id: "acme", name: "Acme"), TenantDraft(id: "listed", name: "Listed"),
            ])
            let listed = try await rows(bench, .tenant("listed"))
            #expect(listed.map(\.entry.actor) == [AuditActor(kind: .system, id: "policies", source: "host-1")])
            #expect(try await rows(bench).isEmpty)
            let first = try #require(try await bench.services.bootstrap(clock: bench.clock.clock))
            let rows = try await rows(bench, .tenant("default"))
            #expect(rows.map(\.entry.action) == ["tenant.create", "key.create"])
            #expect(rows.allSatisfy { $0.entry.actor == .system })
            #expect(rows.last?.entry.target.id == first.record.publicID)
            #expect(try await bench.services.bootstrap() == nil)
        }
    }
}
