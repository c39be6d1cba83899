import Storage
import Testing

@testable import Identity

@Suite struct APIKeyAuthenticationTests {
    @Test func aKnownKeyCostsNoQuery() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            #expect(bench.authenticator.cached(key.text) == nil)
            let identity = try await bench.authenticator.authenticate(key.text)
            let reads = bench.database.reads
            #expect(bench.authenticator.cached(key.text) === identity)
            #expect(bench.authenticator.cached(Array(key.text.utf8)) === identity)
            #expect(bench.authenticator.cached(key.text[...]) === identity)
            #expect(try await bench.authenticator.authenticate(key.text) === identity)
            #expect(bench.database.reads == reads)
        }
    }

    /// Only the whole text is a key to the cache (others cached by a prefix, and mixed callers up).
    @Test func similarKeysAreStrangers() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k")).text
            _ = try await bench.authenticator.authenticate(key)
            let last = key.last == "a" ? "b" : "a"
            for other in [
                String(key.dropLast()) + last, key + "a", String(key.dropLast()), key.uppercased(), " " + key,
            ] {
                #expect(bench.authenticator.cached(other) == nil)
                #expect(await bench.refusal(other) != nil)
            }
        }
    }

    @Test func inventedKeysNeverReachTheDatabase() async throws {
        try await TestBench.run { bench in
            let stranger = APIKeyHasher(MasterKey())
            let reads = bench.database.reads
            for _ in 0..<100 { #expect(await bench.refusal(stranger.makeKey().text) == .unknownKey) }
            #expect(bench.database.reads == reads)
            for junk in ["mk-", "mk-x", "sk-proj-1234567890abcdefghij", "eyJ.eyJ.x", "🐦", "a.b.c"] {
                #expect(await bench.refusal(junk) == .malformed)
            }
            #expect(await bench.refusal("") == .missing)
            #expect(bench.database.reads == reads)
        }
    }

    @Test func aGenuineKeyWithoutARowIsUnknown() async throws {
        try await TestBench.run { bench in
            let key = APIKeyHasher(bench.masterKey).makeKey().text
            #expect(await bench.refusal(key) == .unknownKey)
            let reads = bench.database.reads
            #expect(await bench.refusal(key) == .unknownKey)
            #expect(bench.database.reads == reads)
        }
    }

    @Test func aWrongSecretTellsNothing() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let hasher = APIKeyHasher(bench.masterKey)
            #expect(await bench.refusal(hasher.makeKey(publicID: key.record.publicID).text) == .unknownKey)
            _ = try await bench.authenticator.authenticate(key.text)
            let reads = bench.database.reads
            #expect(await bench.refusal(hasher.makeKey(publicID: key.record.publicID).text) == .unknownKey)
            #expect(bench.database.reads == reads)
            try await bench.keys.revoke(key.record.publicID, in: .all)
            #expect(await bench.refusal(hasher.makeKey(publicID: key.record.publicID).text) == .unknownKey)
            #expect(await bench.refusal(key.text) == .revoked)
        }
    }

    @Test func expiry() async throws {
        try await TestBench.run { bench in
            let end = bench.clock.now.adding(milliseconds: 1000)
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k", expiresAt: end))
            _ = try await bench.authenticator.authenticate(key.text)
            bench.clock.advance(milliseconds: 999)
            #expect(bench.authenticator.cached(key.text) != nil)
            bench.clock.advance(milliseconds: 1)
            #expect(bench.authenticator.cached(key.text) == nil)
            #expect(await bench.refusal(key.text) == .expired(at: end))
        }
    }

    @Test func aRevocationElsewhereIsSeenWithTheNextPoll() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let other = try await bench.keys.create(KeyDraft(tenant: "acme", name: "other"))
            _ = try await bench.authenticator.authenticate(key.text)
            let kept = try await bench.authenticator.authenticate(other.text)
            let tool = try await bench.otherProcess()
            try await tool.keys.revoke(key.record.publicID, in: .all)
            #expect(bench.authenticator.cached(key.text) != nil)
            await bench.authenticator.synchronize()
            #expect(bench.authenticator.cached(key.text) == nil)
            #expect(await bench.refusal(key.text) == .revoked)
            // Others are not disturbed.
            #expect(bench.authenticator.cached(other.text) === kept)
        }
    }

    @Test func aKeyMadeElsewhereWorksAtOnce() async throws {
        try await TestBench.run { bench in
            let key = try await bench.otherProcess().keys.create(KeyDraft(tenant: "acme", name: "k"))
            #expect(await bench.refusal(key.text) == nil)
        }
    }

    /// The key is revoked, and the revocation processed, between the read and its use.
    @Test func aRevocationDuringTheLookUpWins() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let tool = try await bench.otherProcess()
            bench.database.afterNextRead {
                _ = try? await tool.keys.revoke(key.record.publicID, in: .all)
                await bench.authenticator.synchronize()
            }
            #expect(await bench.refusal(key.text) == .revoked)
            #expect(bench.authenticator.cached(key.text) == nil)
        }
    }

    /// The same, but the revocation is processed only later: the entry made in between must go then.
    @Test func aRevocationAfterTheLookUpIsNotMissed() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let tool = try await bench.otherProcess()
            bench.database.afterNextRead { _ = try? await tool.keys.revoke(key.record.publicID, in: .all) }
            #expect(await bench.refusal(key.text) == nil)
            await bench.authenticator.synchronize()
            #expect(await bench.refusal(key.text) == .revoked)
        }
    }

    @Test func removingATenantEndsItsKeys() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await bench.authenticator.authenticate(key.text)
            try await bench.otherProcess().tenants.remove("acme", in: .all)
            await bench.authenticator.synchronize()
            #expect(await bench.refusal(key.text) == .revoked)
        }
    }

    @Test func refusalsAreForgottenWhenSomethingChanges() async throws {
        try await TestBench.run { bench in
            let end = bench.clock.now.adding(milliseconds: 1000)
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k", expiresAt: end))
            bench.clock.advance(seconds: 2)
            #expect(await bench.refusal(key.text) == .expired(at: end))
            var edit = KeyEdit()
            edit.expiresAt = .some(nil)
            _ = try await bench.keys.update(key.record.publicID, in: .all, edit)
            #expect(await bench.refusal(key.text) == nil)
        }
    }

    @Test func theCacheIsBounded() async throws {
        var options = AuthenticatorOptions()
        options.capacity = 16
        try await TestBench.run(options: options) { bench in
            var keys: [IssuedKey] = []
            for _ in 0..<60 { keys.append(try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))) }
            for key in keys { #expect(await bench.refusal(key.text) == nil) }
            let cached = keys.filter { bench.authenticator.cached($0.text) != nil }
            #expect((1...16).contains(cached.count))
            // An evicted key is found again, and a revocation still reaches every entry.
            for key in keys { #expect(await bench.refusal(key.text) == nil) }
            for key in keys { try await bench.keys.revoke(key.record.publicID, in: .all) }
            for key in keys {
                #expect(bench.authenticator.cached(key.text) == nil)
                #expect(await bench.refusal(key.text) == .revoked)
            }
        }
    }
}
