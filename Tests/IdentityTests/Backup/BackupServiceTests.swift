import Identity
import Storage
import Testing

@Suite struct BackupServiceTests {
    private static let actor = AuditActor(kind: .cli, id: "ana")

    private func backups(_ bench: TestBench) -> BackupService {
        BackupService(
            database: bench.database, masterKey: bench.masterKey, actor: Self.actor, clock: bench.clock.clock)
    }

    /// A second installation with the same master key, on an empty database.
    private func elsewhere(
        _ bench: TestBench, _ body: (IdentityServices, BackupService, any SQLDatabase) async throws -> Void
    ) async throws {
        let database = try await SQLiteDatabase.open(path: bench.directory + "/elsewhere.sqlite")
        try await Migrator().migrate(database)
        let services = try await IdentityServices.open(
            database: database, masterKey: bench.masterKey, clock: bench.clock.clock, logger: .silent)
        let backups = BackupService(
            database: database, masterKey: bench.masterKey, actor: Self.actor, clock: bench.clock.clock)
        try await body(services, backups, database)
        await database.close()
    }

    private func state(_ database: any SQLDatabase) async throws -> [String] {
        try await database.read { connection throws(StorageError) in
            var state: [String] = []
            try TenantRepository.forEach(on: connection) { state.append("\($0)") }
            try APIKeyRepository.forEach(on: connection) { state.append("\($0)") }
            return state
        }
    }

    private func actions(_ database: any SQLDatabase) async throws -> [String] {
        try await AuditTrail(database).list(AuditFilter(.all), limit: 1000).rows.map(\.entry.action)
            .filter { $0.contains("restore") || $0 == "key.revoke" }.sorted()
    }

    @Test func everythingComesBack() async throws {
        try await TestBench.run { bench in
            let live = try await bench.keys.create(
                KeyDraft(
                    tenant: "acme", name: "live \"é\"", user: "ana", models: ["gpt-*"], scopes: [.inference, .admin],
                    expiresAt: bench.clock.now.adding(milliseconds: 86_400_123)))
            let rotated = try await bench.keys.create(KeyDraft(tenant: "acme", name: "rotated"))
            let revoked = try await bench.keys.create(KeyDraft(tenant: "acme", name: "revoked"))
            _ = try await bench.tenants.create(TenantDraft(name: "Gone", plan: "gold", timezone: "America/Fortaleza"))
            _ = try await bench.keys.create(KeyDraft(tenant: "gone", name: "gone"))
            bench.clock.advance(milliseconds: 1234)
            let fresh = try await bench.keys.rotate(rotated.record.publicID, in: .all, graceSeconds: 3600)
            try await bench.keys.revoke(revoked.text, in: .all)
            try await bench.tenants.remove("gone", in: .all)
            try await APIKeyRepository(bench.database).recordUse([live.record.publicID: bench.clock.now])

            let (document, summary) = try await backups(bench).export()
            #expect(summary.sections.map { "\($0.name) \($0.rows)" } == ["tenants 2", "keys 4"])
            try await elsewhere(bench) { services, backups, database in
                let restored = try await backups.restore(document)
                #expect(restored.sections.map { "\($0.name) \($0.rows) \($0.changed)" } == ["tenants 2 2", "keys 4 4"])
                #expect(try await state(database) == state(bench.database))
                await services.authenticator.synchronize()
                for text in [live.text, rotated.text, fresh.text] {
                    #expect(try await services.authenticator.authenticate(text).tenant == "acme")
                }
                await #expect(throws: AuthenticationFailure.self) {
                    _ = try await services.authenticator.authenticate(revoked.text)
                }
                // A second time, and once more from there.
                let before = try await AuditTrail(database).list(AuditFilter(.all), limit: 1000)
                #expect(try await backups.restore(document).sections.map(\.changed) == [0, 0])
                #expect(try await AuditTrail(database).list(AuditFilter(.all), limit: 1000) == before)
                #expect(try await backups.export().document == document)
            }
        }
    }

    @Test func restoringIsAudited() async throws {
        try await TestBench.run { bench in
            _ = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let document = try await backups(bench).export().document
            try await elsewhere(bench) { _, backups, database in
                _ = try await backups.restore(document)
                #expect(try await actions(database) == ["backup.restore", "key.restore", "tenant.restore"])
                let rows = try await AuditTrail(database).list(AuditFilter(.tenant(""))).rows
                let restore = try #require(rows.first { $0.entry.action == "backup.restore" })
                #expect(restore.entry.actor == Self.actor)
                #expect(restore.entry.after?.contains(#""tenants":1,"keys":1"#) == true)
                #expect(try await AuditTrail(database).verify().firstBreak == nil)
            }
        }
    }

    @Test func changesAreTakenBack() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "before", models: ["a"]))
            let document = try await backups(bench).export().document
            var edit = KeyEdit()
            edit.name = "after"
            edit.models = []
            _ = try await bench.keys.update(key.text, in: .all, edit)
            _ = try await bench.tenants.update("acme", in: .all, plan: "gold", timezone: "Europe/Berlin")
            let added = try await bench.keys.create(KeyDraft(tenant: "acme", name: "added"))
            #expect(try await backups(bench).restore(document).sections.map(\.changed) == [1, 1])
            #expect(try await bench.keys.find(key.text, in: .all).name == "before")
            #expect(try await bench.keys.find(key.text, in: .all).models == ["a"])
            #expect(try await bench.tenants.find("acme", in: .all).plan == "standard")
            #expect(try await bench.keys.find(added.text, in: .all).revokedAt == nil)
        }
    }

    @Test func whatIsDeadStaysDead() async throws {
        try await TestBench.run { bench in
            _ = try await bench.tenants.create(TenantDraft(name: "Gone"))
            let revoked = try await bench.keys.create(KeyDraft(tenant: "acme", name: "revoked"))
            let leaked = try await bench.keys.create(KeyDraft(tenant: "acme", name: "leaked"))
            let orphan = try await bench.keys.create(KeyDraft(tenant: "gone", name: "orphan"))
            let document = try await backups(bench).export().document
            bench.clock.advance(seconds: 5)
            try await bench.keys.revoke(revoked.text, in: .all)
            let fresh = try await bench.keys.rotate(leaked.text, in: .all)
            try await bench.tenants.remove("gone", in: .all)
            #expect(try await backups(bench).restore(document).sections.map(\.changed) == [0, 0])
            await bench.authenticator.synchronize()
            for key in [revoked, leaked, orphan] { #expect(await bench.refusal(key.text) != nil) }
            #expect(await bench.refusal(fresh.text) == nil)
        }
    }

    /// An old database meets a newer backup.
    @Test func deathsAreRestoredToo() async throws {
        try await TestBench.run { bench in
            let first = try await bench.keys.create(KeyDraft(tenant: "acme", name: "first"))
            let old = try await backups(bench).export().document
            let second = try await bench.keys.create(KeyDraft(tenant: "acme", name: "second"))
            bench.clock.advance(seconds: 5)
            try await bench.tenants.remove("acme", in: .all)
            let new = try await backups(bench).export().document
            try await elsewhere(bench) { services, backups, database in
                _ = try await backups.restore(old)
                let third = try await services.keys.create(KeyDraft(tenant: "acme", name: "third"))
                let summary = try await backups.restore(new)
                // The tenant and the two keys it had; then the second key.
                #expect(summary.sections.map(\.changed) == [3, 1])
                for key in [first, second, third] {
                    #expect(try await services.keys.find(key.text, in: .all).revokedAt != nil)
                }
                #expect(try await actions(database).filter { $0 == "key.revoke" }.count == 2)
            }
        }
    }

    @Test func noSecretIsInIt() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let text = String(decoding: try await backups(bench).export().document, as: UTF8.self)
            #expect(!text.contains(String(key.text.suffix(32))))
            #expect(text.contains(key.record.publicID))
        }
    }

    @Test func anotherInstallationIsRefused() async throws {
        try await TestBench.run { (bench) async throws in
            let document = try await backups(bench).export().document
            let other = BackupService(database: bench.database, masterKey: MasterKey(), actor: Self.actor)
            await #expect(throws: BackupError.otherMasterKey) { _ = try await other.restore(document) }
        }
    }

    @Test func aKeyOfAnotherTenantIsNotTakenOver() async throws {
        try await TestBench.run { (bench) async throws in
            _ = try await bench.tenants.create(TenantDraft(name: "Other"))
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await bench.tenants.update("acme", in: .all, plan: "gold")
            let text = String(decoding: try await backups(bench).export().document, as: UTF8.self)
            let moved = text.replacing(#""tenant":"acme""#, with: #""tenant":"other""#)
                .replacing(#""plan":"gold""#, with: #""plan":"silver""#)
            let before = try await state(bench.database)
            await #expect {
                _ = try await backups(bench).restore(Array(moved.utf8))
            } throws: { "\($0)".contains("belongs to the tenant \"acme\"") }
            #expect(try await state(bench.database) == before)
            #expect(try await bench.keys.find(key.text, in: .all).tenant == "acme")
        }
    }

    @Test func aDatabaseThatIsDownIsNoBackup() async throws {
        try await TestBench.run { (bench) async throws in
            let document = try await backups(bench).export().document
            bench.database.isDown = true
            await #expect(throws: BackupError.storage(.unavailable("down for a test"))) {
                _ = try await backups(bench).export()
            }
            await #expect(throws: BackupError.storage(.unavailable("down for a test"))) {
                _ = try await backups(bench).restore(document)
            }
        }
    }

    @Test func manyRowsComeBack() async throws {
        try await TestBench.run { bench in
            for number in 0..<30 { _ = try await bench.tenants.create(TenantDraft(name: "t\(number)")) }
            let issued = try await bench.keys.create(KeyDraft(tenant: "t7", name: "k"))
            try await bench.database.write { [issued] connection throws(StorageError) in
                var random = SplitMix64(seed: 1)
                for _ in 0..<1200 {
                    let id = String(
                        decoding: [UInt8].random(count: 16, from: "abcdefgh", using: &random), as: UTF8.self)
                    try connection.execute(
                        """
                        INSERT INTO api_keys (public_id, tenant, name, models, scopes, secret_hash, created_at, version)
                        SELECT \(id), tenant, name, models, scopes, secret_hash, created_at, version FROM api_keys
                        WHERE public_id = \(issued.record.publicID)
                        """)
                }
            }
            let (document, summary) = try await backups(bench).export()
            #expect(summary.sections.map(\.rows) == [31, 1201])
            #expect(document.filter { $0 == UInt8(ascii: "\n") }.count == 31 + 1201 + 3)
        }
    }
}
