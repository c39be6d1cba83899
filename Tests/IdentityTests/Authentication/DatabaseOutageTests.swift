import Storage
import Testing

@testable import Identity

/// The database's trouble must never look like the client's fault.
@Suite struct DatabaseOutageTests {
    @Test func knownKeysGoOnUnknownOnesMayTryAgain() async throws {
        try await TestBench.run { bench in
            let known = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let unknown = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await bench.authenticator.authenticate(known.text)
            bench.database.isDown = true
            for _ in 0..<599 {
                bench.clock.advance(seconds: 1)
                await bench.authenticator.synchronize()
            }
            #expect(bench.authenticator.cached(known.text) != nil)
            #expect(await bench.refusal(known.text) == nil)
            #expect(await bench.refusal(unknown.text) == .unavailable)
            // Made-up keys are told apart without the database.
            #expect(await bench.refusal(APIKeyHasher(MasterKey()).makeKey().text) == .unknownKey)
        }
    }

    @Test func theGraceEndsIn503AndRecoveryNeedsNoRestart() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await bench.authenticator.authenticate(key.text)
            bench.database.isDown = true
            bench.clock.advance(seconds: 601)
            await bench.authenticator.synchronize()
            #expect(bench.authenticator.cached(key.text) == nil)
            #expect(await bench.refusal(key.text) == .unavailable)
            #expect(await bench.refusal(key.text) == .unavailable)
            bench.database.isDown = false
            // Even before the next poll.
            #expect(await bench.refusal(key.text) == nil)
            await bench.authenticator.synchronize()
            #expect(await bench.refusal(key.text) == nil)
            #expect(bench.authenticator.cached(key.text) != nil)
        }
    }

    @Test func changesDuringTheOutageAreSeenAfterIt() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let tool = try await bench.otherProcess()
            _ = try await bench.authenticator.authenticate(key.text)
            try await tool.keys.revoke(key.record.publicID, in: .all)
            bench.database.isDown = true
            await bench.authenticator.synchronize()
            #expect(bench.authenticator.cached(key.text) != nil)
            bench.database.isDown = false
            await bench.authenticator.synchronize()
            #expect(await bench.refusal(key.text) == .revoked)
        }
    }

    /// Started while the database is down: nothing may be cached before the first synchronisation.
    @Test func nothingIsKeptBeforeTheFirstSynchronisation() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let authenticator = Authenticator(
                database: bench.database, hasher: APIKeyHasher(bench.masterKey), clock: bench.clock.clock,
                logger: .silent)
            _ = try await authenticator.authenticate(key.text)
            #expect(authenticator.cached(key.text) == nil)
            await authenticator.synchronize()
            _ = try await authenticator.authenticate(key.text)
            #expect(authenticator.cached(key.text) != nil)
        }
    }

    @Test func aDamagedRowIsNot401() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            try await bench.database.write { connection throws(StorageError) in
                try connection.execute("UPDATE api_keys SET scopes = 'damaged'")
            }
            #expect(await bench.refusal(key.text) == .unavailable)
        }
    }
}
