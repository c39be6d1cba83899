import Identity
import Storage
import Testing

@Suite struct KeyServiceTests {
    @Test func createsAKeyThatWorks() async throws {
        try await TestBench.run { bench in
            let draft = KeyDraft(
                tenant: "acme", name: "ci", user: "ana", models: ["gpt-*", "gpt-*"], scopes: [.inference, .usage])
            let issued = try await bench.keys.create(draft)
            #expect(issued.record.createdAt == bench.clock.now)
            #expect(issued.record.models == ["gpt-*"])
            let identity = try await bench.authenticator.authenticate(issued.text)
            #expect(identity.kind == .apiKey)
            #expect(identity.tenant == "acme")
            #expect(identity.keyID == issued.record.publicID)
            #expect(identity.user == "ana")
            #expect(identity.scopes == [.inference, .usage])
            #expect(identity.roles == [])
            #expect(identity.models.allows("gpt-4o") && !identity.models.allows("o3"))
        }
    }

    @Test func theSecretIsStoredNowhere() async throws {
        try await TestBench.run { bench in
            let issued = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let secret = String(issued.text.suffix(32))
            let rows = try await bench.database.read { connection throws(StorageError) in
                try connection.query("SELECT * FROM api_keys")
            }
            #expect(rows.count == 1)
            for row in rows { #expect(!"\(row)".contains(secret)) }
            #expect(!"\(try await bench.keys.find(issued.record.publicID, in: .all))".contains(secret))
        }
    }

    @Test(arguments: [
        (KeyDraft(tenant: "nobody", name: "k"), "tenant"),
        (KeyDraft(tenant: "acme", name: ""), "name"),
        (KeyDraft(tenant: "acme", name: "a\u{1B}[0m"), "name"),
        (KeyDraft(tenant: "acme", name: "k", user: ""), "user"),
        (KeyDraft(tenant: "acme", name: "k", models: ["a,b"]), "models"),
        (KeyDraft(tenant: "acme", name: "k", models: [""]), "models"),
        (KeyDraft(tenant: "acme", name: "k", models: Array(repeating: "m", count: 101)), "models"),
        (KeyDraft(tenant: "acme", name: "k", scopes: []), "scopes"),
        (KeyDraft(tenant: "acme", name: "k", scopes: [Scope(rawValue: "root")]), "scopes"),
        (KeyDraft(tenant: "acme", name: "k", expiresAt: TestClock.start), "expires_at"),
    ])
    func badMembersAreNamed(draft: KeyDraft, field: String) async throws {
        try await TestBench.run { (bench) async throws in
            await #expect {
                try await bench.keys.create(draft)
            } throws: { error in
                guard case AdministrationError.invalid(field, _) = error else { return false }
                return true
            }
        }
    }

    @Test func foreignKeysAreNotFound() async throws {
        try await TestBench.run { bench in
            _ = try await bench.tenants.create(TenantDraft(name: "other"))
            let id = try await bench.keys.create(KeyDraft(tenant: "other", name: "k")).record.publicID
            let scope = TenantScope.tenant("acme")
            await #expect(throws: AdministrationError.notFound) { try await bench.keys.find(id, in: scope) }
            await #expect(throws: AdministrationError.notFound) { try await bench.keys.revoke(id, in: scope) }
            await #expect(throws: AdministrationError.notFound) { _ = try await bench.keys.rotate(id, in: scope) }
            await #expect(throws: AdministrationError.notFound) {
                try await bench.keys.update(id, in: scope, KeyEdit())
            }
            #expect(try await bench.keys.list(in: scope).items.isEmpty)
            #expect(try await bench.keys.find(id, in: .all).revokedAt == nil)
        }
    }

    @Test func idsMayBePasted() async throws {
        try await TestBench.run { bench in
            let issued = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            for id in [issued.record.publicID, "mk-" + issued.record.publicID, issued.text] {
                #expect(try await bench.keys.find(id, in: .all).publicID == issued.record.publicID)
            }
            await #expect(throws: AdministrationError.notFound) { try await bench.keys.find("mk-", in: .all) }
            await #expect(throws: AdministrationError.notFound) { try await bench.keys.find("", in: .all) }
        }
    }

    @Test func revocationIsFinal() async throws {
        try await TestBench.run { bench in
            let issued = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let id = issued.record.publicID
            let first = bench.clock.now
            #expect(try await bench.keys.revoke(id, in: .all).revokedAt == first)
            bench.clock.advance(seconds: 60)
            #expect(try await bench.keys.revoke(id, in: .all).revokedAt == first)
            await #expect(throws: AdministrationError.revoked) { _ = try await bench.keys.rotate(id, in: .all) }
            #expect(await bench.refusal(issued.text) == .revoked)
        }
    }

    @Test func rotationKeepsTheIdAndTheOldSecretForAWhile() async throws {
        try await TestBench.run { bench in
            let old = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let new = try await bench.keys.rotate(old.record.publicID, in: .all, graceSeconds: 3600)
            #expect(new.record.publicID == old.record.publicID)
            #expect(new.text != old.text)
            #expect(new.record.rotatedAt == bench.clock.now)
            #expect(try await bench.authenticator.authenticate(old.text).keyID == old.record.publicID)
            #expect(try await bench.authenticator.authenticate(new.text).keyID == old.record.publicID)
            let end = bench.clock.now.adding(milliseconds: 3_600_000)
            bench.clock.advance(seconds: 3599)
            await bench.authenticator.synchronize()
            #expect(bench.authenticator.cached(old.text) != nil)
            bench.clock.advance(seconds: 1)
            #expect(bench.authenticator.cached(old.text) == nil)
            #expect(await bench.refusal(old.text) == .expired(at: end))
            #expect(bench.authenticator.cached(new.text) != nil)
        }
    }

    @Test func rotationWithoutGraceEndsTheOldSecretAtOnce() async throws {
        try await TestBench.run { bench in
            let first = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await bench.authenticator.authenticate(first.text)
            let second = try await bench.keys.rotate(first.record.publicID, in: .all)
            #expect(await bench.refusal(first.text) == .unknownKey)
            // Two rotations within a grace period: only the last two secrets count.
            let third = try await bench.keys.rotate(first.record.publicID, in: .all, graceSeconds: 60)
            let fourth = try await bench.keys.rotate(first.record.publicID, in: .all, graceSeconds: 60)
            #expect(await bench.refusal(second.text) == .unknownKey)
            #expect(await bench.refusal(third.text) == nil)
            #expect(await bench.refusal(fourth.text) == nil)
        }
    }

    @Test func absurdGracePeriodsDoNotTrap() async throws {
        try await TestBench.run { bench in
            let issued = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await bench.keys.rotate(issued.record.publicID, in: .all, graceSeconds: .max)
            #expect(await bench.refusal(issued.text) == nil)
            _ = try await bench.keys.rotate(issued.record.publicID, in: .all, graceSeconds: .min)
            #expect(await bench.refusal(issued.text) == .unknownKey)
        }
    }

    @Test func editsTakeEffect() async throws {
        try await TestBench.run { bench in
            let issued = try await bench.keys.create(
                KeyDraft(tenant: "acme", name: "k", user: "ana", expiresAt: bench.clock.now.adding(milliseconds: 5000)))
            _ = try await bench.authenticator.authenticate(issued.text)
            var edit = KeyEdit()
            edit.models = ["o3"]
            edit.scopes = [.admin]
            edit.user = .some(nil)
            edit.expiresAt = .some(nil)
            let edited = try await bench.keys.update(issued.record.publicID, in: .all, edit)
            #expect(edited.name == "k")
            #expect(edited.user == nil)
            bench.clock.advance(seconds: 10)
            let identity = try await bench.authenticator.authenticate(issued.text)
            #expect(identity.scopes == [.admin])
            #expect(identity.roles == [.tenantAdmin])
            #expect(identity.user == nil)
            #expect(!identity.models.allows("gpt-4o"))
            edit.scopes = []
            await #expect(throws: AdministrationError.self) {
                try await bench.keys.update(issued.record.publicID, in: .all, edit)
            }
        }
    }

    @Test func listsInPages() async throws {
        try await TestBench.run { bench in
            for number in 0..<5 {
                _ = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k\(number)"))
                bench.clock.advance(seconds: 1)
            }
            let first = try await bench.keys.list(in: .tenant("acme"), limit: 3)
            #expect(first.items.map(\.name) == ["k0", "k1", "k2"])
            let second = try await bench.keys.list(in: .tenant("acme"), after: first.next, limit: 3)
            #expect(second.items.map(\.name) == ["k3", "k4"])
            #expect(second.next == nil)
        }
    }
}
