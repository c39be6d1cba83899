import Storage
import Testing

@testable import Identity

/// Tokens through the whole authenticator: caching and what ends it.
@Suite struct TokenAuthenticationTests {
    private func withIssuer(
        _ body: (TestBench, TestSigner, KeySetServer) async throws -> Void
    ) async throws {
        let signer = try await TestSigner.edDSA("a")
        let server = KeySetServer(TestSigner.keySet(signer))
        try await TestBench.run(issuers: [.test()], fetch: server.fetch) { bench in
            try await body(bench, signer, server)
        }
    }

    @Test func verifiedTokensAreCachedUntilTheyExpire() async throws {
        try await withIssuer { bench, signer, _ in
            let token = try signer.token(TestClaims.json())
            let identity = try await bench.authenticator.authenticate(token)
            #expect(identity.kind == .jwt)
            #expect(bench.authenticator.cached(token) === identity)
            bench.clock.advance(seconds: 3629)
            #expect(bench.authenticator.cached(token) === identity)
            bench.clock.advance(seconds: 1)
            #expect(bench.authenticator.cached(token) == nil)
            let end = TestClock.start.adding(milliseconds: 3_600_000)
            #expect(await bench.refusal(token) == .expired(at: end))
        }
    }

    @Test func onlyTheWholeTokenIsCached() async throws {
        try await withIssuer { bench, signer, _ in
            let token = try signer.token(TestClaims.json())
            _ = try await bench.authenticator.authenticate(token)
            let other = String(token.dropLast(2)) + (token.hasSuffix("AA") ? "BA" : "AA")
            #expect(bench.authenticator.cached(other) == nil)
            #expect(await bench.refusal(other) != nil)
        }
    }

    @Test func anotherKeySetDropsVerifiedTokens() async throws {
        try await withIssuer { bench, signer, server in
            let token = try signer.token(TestClaims.json())
            _ = try await bench.authenticator.authenticate(token)
            bench.clock.advance(seconds: 300)
            await bench.authenticator.maintainKeySets()
            #expect(bench.authenticator.cached(token) != nil)
            // The issuer withdraws the key, because it was stolen.
            server.body = TestSigner.keySet(try await .edDSA("b"))
            bench.clock.advance(seconds: 300)
            await bench.authenticator.maintainKeySets()
            #expect(bench.authenticator.cached(token) == nil)
            #expect(await bench.refusal(token) == .unknownSigningKey)
        }
    }

    @Test func removedTenantsLoseTheirTokens() async throws {
        try await withIssuer { bench, signer, _ in
            let token = try signer.token(TestClaims.json())
            let other = try signer.token(TestClaims.json(TestClock.start, ["tenant": "\"beta\""]))
            _ = try await bench.authenticator.authenticate(token)
            _ = try await bench.authenticator.authenticate(other)
            try await bench.otherProcess().tenants.remove("acme", in: .all)
            await bench.authenticator.synchronize()
            #expect(bench.authenticator.cached(token) == nil)
            #expect(await bench.refusal(token) == .tenantRemoved)
            #expect(await bench.refusal(other) == nil)
        }
    }

    /// Tokens need no database, so its outage does not touch them.
    @Test func theDatabaseMayBeDown() async throws {
        try await withIssuer { bench, signer, _ in
            bench.database.isDown = true
            bench.clock.advance(seconds: 3000)
            await bench.authenticator.synchronize()
            let token = try signer.token(TestClaims.json(bench.clock.now))
            #expect(await bench.refusal(token) == nil)
            #expect(bench.authenticator.cached(token) != nil)
        }
    }

    @Test func anIssuerThatIsDownIs503() async throws {
        try await withIssuer { bench, signer, server in
            server.isDown = true
            let token = try signer.token(TestClaims.json())
            #expect(await bench.refusal(token) == .unavailable)
            #expect(await bench.refusal(token) == .unavailable)
            server.isDown = false
            bench.clock.advance(seconds: 5)
            #expect(await bench.refusal(token) == nil)
        }
    }

    @Test func refusalsCostNoSecondVerification() async throws {
        try await withIssuer { bench, signer, server in
            let token = try signer.token(TestClaims.json(), header: #"{"alg":"EdDSA","kid":"unknown"}"#)
            #expect(await bench.refusal(token) == .unknownSigningKey)
            server.body = TestSigner.keySet(keys: [signer.jsonWebKey(["kid": "unknown"])])
            bench.clock.advance(milliseconds: 1999)
            #expect(await bench.refusal(token) == .unknownSigningKey)
            bench.clock.advance(seconds: 30)
            #expect(await bench.refusal(token) == nil)
        }
    }

    @Test func uselessEntriesAreRemoved() async throws {
        try await withIssuer { bench, signer, _ in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await bench.authenticator.authenticate(key.text)
            let token = try signer.token(TestClaims.json())
            _ = try await bench.authenticator.authenticate(token)
            bench.authenticator.removeUseless()
            #expect(bench.authenticator.cached(token) != nil)
            bench.clock.advance(seconds: 4000)
            bench.authenticator.removeUseless()
            bench.clock.advance(seconds: -4000)
            #expect(bench.authenticator.cached(token) == nil)
            #expect(bench.authenticator.cached(key.text) != nil)
        }
    }

    @Test func failuresNeverQuoteTheToken() async throws {
        try await withIssuer { bench, signer, _ in
            let hostile = try signer.token(TestClaims.json(TestClock.start, ["iss": "\"<script>\""]))
            do throws(AuthenticationFailure) {
                _ = try await bench.authenticator.authenticate(hostile)
            } catch {
                #expect(!error.message.contains("script"))
                #expect(!error.message.contains(hostile))
            }
            let secret = "sk-live-0123456789abcdefghijklmnop"
            do throws(AuthenticationFailure) {
                _ = try await bench.authenticator.authenticate(secret)
            } catch {
                #expect(error.message.hasSuffix("sk-…mnop."))
            }
        }
    }
}
