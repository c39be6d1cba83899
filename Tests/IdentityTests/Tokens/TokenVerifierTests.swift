import Storage
import Testing

@testable import Identity

@Suite struct TokenVerifierTests {
    private func verifier(
        _ issuer: JWTIssuer, _ server: KeySetServer, _ clock: TestClock = TestClock()
    ) -> TokenVerifier {
        TokenVerifier(
            issuers: [issuer], options: TokenOptions(), fetch: server.fetch, clock: clock.clock, logger: .silent,
            onSwap: {})
    }

    private func refusal(_ verifier: TokenVerifier, _ token: String) async -> AuthenticationFailure.Reason? {
        do throws(AuthenticationFailure) {
            _ = try await verifier.verify(Array(token.utf8))
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: ["RS256", "PS256", "ES256", "ES384", "EdDSA"])
    func acceptsGoodTokens(algorithm: String) async throws {
        let signer =
            switch algorithm {
            case "RS256": try await TestSigner.rs256()
            case "PS256": try await TestSigner.rs256(pss: true)
            case "ES256": try await TestSigner.es256()
            case "ES384": try await TestSigner.es384()
            default: try await TestSigner.edDSA()
            }
        let issuer = JWTIssuer.test(algorithms: [.rs256, .ps256, .es256, .es384, .edDSA])
        let verifier = verifier(issuer, KeySetServer(TestSigner.keySet(signer)))
        let (identity, validUntil) = try await verifier.verify(Array(try signer.token(TestClaims.json()).utf8))
        #expect(identity.kind == .jwt)
        #expect(identity.tenant == "acme")
        #expect(identity.user == "ana")
        #expect(identity.keyID == nil)
        #expect(identity.scopes == [.inference])
        #expect(identity.roles == [])
        #expect(validUntil == TestClock.start.milliseconds + 3_630_000)
    }

    @Test(
        arguments: [
            (["exp": nil], .missingClaim("exp")),
            (["exp": "\"tomorrow\""], .invalidClaim("exp")),
            (["exp": "1e300"], .invalidClaim("exp")),
            (["exp": "1779999970"], .expired(at: Timestamp(seconds: 1_779_999_970))),
            (["exp": "1779999970.9"], .expired(at: Timestamp(seconds: 1_779_999_970))),
            (["exp": "-5"], .expired(at: Timestamp(seconds: -5))),
            (["exp": "1779999971"], nil),
            (["exp": "9000000000000000"], nil),
            (["nbf": "1780000031"], .notYetValid(from: Timestamp(seconds: 1_780_000_031))),
            (["nbf": "1780000030"], nil),
            (["nbf": "[]"], .invalidClaim("nbf")),
            (["iss": nil], .unknownIssuer),
            (["iss": "\"https://issuer.test/\""], .unknownIssuer),
            (["iss": "[\"https://issuer.test\"]"], .unknownIssuer),
            (["aud": nil], .missingClaim("aud")),
            (["aud": "\"someone\""], .wrongAudience),
            (["aud": "\"martlet other\""], .wrongAudience),
            (["aud": "[]"], .wrongAudience),
            (["aud": "5"], .wrongAudience),
            (["aud": "[\"someone\",\"other\"]"], nil),
            (["tenant": nil], .missingClaim("tenant")),
            (["tenant": "\"\""], .invalidClaim("tenant")),
            (["tenant": "\"a}b\""], .invalidClaim("tenant")),
            (["tenant": "\"a/../b\""], .invalidClaim("tenant")),
            (["tenant": "[\"acme\"]"], .invalidClaim("tenant")),
            (["tenant": "null"], .invalidClaim("tenant")),
            (["tenant": "42"], nil),
            (["sub": nil], nil),
            (["sub": "\"\""], .invalidClaim("sub")),
            (["sub": "\"a\\nb\""], .invalidClaim("sub")),
            (["sub": "{}"], .invalidClaim("sub")),
        ] as [([String: String?], AuthenticationFailure.Reason?)])
    func judgesClaims(changes: [String: String?], expected: AuthenticationFailure.Reason?) async throws {
        let signer = try await TestSigner.edDSA()
        let verifier = verifier(.test(), KeySetServer(TestSigner.keySet(signer)))
        let token = try signer.token(TestClaims.json(TestClock.start, changes))
        #expect(await refusal(verifier, token) == expected)
    }

    @Test(arguments: [
        "{\"alg\":\"none\"}", "{\"alg\":\"None\",\"kid\":\"ed\"}", "{\"alg\":\"\"}",
        "{\"alg\":\"eddsa\",\"kid\":\"ed\"}",
        "{\"alg\":\"HS256\",\"kid\":\"ed\"}", "{\"alg\":\"RS512\",\"kid\":\"ed\"}",
        "{\"alg\":\"ES256K\",\"kid\":\"ed\"}",
    ])
    func theHeaderChoosesNoAlgorithm(header: String) async throws {
        let signer = try await TestSigner.edDSA()
        let verifier = verifier(.test(), KeySetServer(TestSigner.keySet(signer)))
        #expect(await refusal(verifier, try signer.token(TestClaims.json(), header: header)) == .unsupportedAlgorithm)
        let unsigned =
            TestSigner.encode(Array(header.utf8)) + "." + TestSigner.encode(Array(TestClaims.json().utf8)) + "."
        #expect(await refusal(verifier, unsigned) == .unsupportedAlgorithm)
    }

    /// The classic confusion: an HMAC made with the public key's text as its secret.
    @Test func aPublicKeyIsNoSharedSecret() async throws {
        let rsa = try await TestSigner.rs256("k")
        let forged = try await TestSigner.hs256("k", secret: Array((rsa.keyMembers["n"] ?? "").utf8))
        for algorithms in [[SignatureAlgorithm.rs256], [.rs256, .hs256]] {
            let verifier = verifier(.test(algorithms: algorithms), KeySetServer(TestSigner.keySet(rsa)))
            let reason = await refusal(verifier, try forged.token(TestClaims.json()))
            #expect(reason == (algorithms.count == 1 ? .unsupportedAlgorithm : .unknownSigningKey))
        }
    }

    @Test func anotherAlgorithmOfTheSameKeyIsRefused() async throws {
        let rsa = try await TestSigner.rs256("k")
        let pss = try await TestSigner.rs256("k", pss: true)
        let issuer = JWTIssuer.test(algorithms: [.rs256, .ps256])
        let verifier = verifier(issuer, KeySetServer(TestSigner.keySet(rsa)))
        #expect(await refusal(verifier, try rsa.token(TestClaims.json())) == nil)
        #expect(await refusal(verifier, try pss.token(TestClaims.json())) == .unknownSigningKey)
        // The header of one over the signature of the other.
        let mixed = try pss.token(TestClaims.json(), header: "{\"alg\":\"RS256\",\"kid\":\"k\"}")
        #expect(await refusal(verifier, mixed) == .badSignature)
    }

    @Test func foreignSignaturesAreRefused() async throws {
        let signer = try await TestSigner.es256("k")
        let stranger = try await TestSigner.es256("k")
        let verifier = verifier(.test(), KeySetServer(TestSigner.keySet(signer)))
        #expect(await refusal(verifier, try stranger.token(TestClaims.json())) == .badSignature)
        let token = try signer.token(TestClaims.json())
        let parts = token.split(separator: ".").map(String.init)
        let other = TestSigner.encode(Array(TestClaims.json(TestClock.start, ["tenant": "\"victim\""]).utf8))
        #expect(await refusal(verifier, "\(parts[0]).\(other).\(parts[2])") == .badSignature)
        #expect(await refusal(verifier, "\(parts[0]).\(parts[1]).") == .badSignature)
        let extended = try signer.token(
            TestClaims.json(), header: #"{"alg":"ES256","kid":"k","crit":["b64"],"b64":true}"#)
        #expect(await refusal(verifier, extended) == .malformed)
    }

    @Test func unknownKeysNeverFallBackToAKnownOne() async throws {
        let signer = try await TestSigner.es256("k")
        let verifier = verifier(.test(), KeySetServer(TestSigner.keySet(signer)))
        let renamed = try signer.token(TestClaims.json(), header: #"{"alg":"ES256","kid":"other"}"#)
        #expect(await refusal(verifier, renamed) == .unknownSigningKey)
        let unnamed = try signer.token(TestClaims.json(), header: #"{"alg":"ES256"}"#)
        #expect(await refusal(verifier, unnamed) == nil)
    }

    @Test func readsRolesAndScopesWhereTheyAre() async throws {
        let signer = try await TestSigner.edDSA()
        let issuer = JWTIssuer.test(
            tenantClaim: "org.id", userClaim: "https://t.test/user", rolesClaim: "realm_access.roles",
            scopesClaim: "scope")
        let verifier = verifier(issuer, KeySetServer(TestSigner.keySet(signer)))
        let claims = TestClaims.json(
            TestClock.start,
            [
                "org": #"{"id":"acme"}"#, "https://t.test/user": "\"bob@t.test\"",
                "scope": "\"inference usage openid\"",
                "realm_access": #"{"roles":["tenant_admin","offline_access",7]}"#,
            ])
        let (identity, _) = try await verifier.verify(Array(try signer.token(claims).utf8))
        #expect(identity.tenant == "acme")
        #expect(identity.user == "bob@t.test")
        #expect(identity.roles == [.tenantAdmin])
        #expect(identity.allows(.inference) && identity.allows(.usage) && !identity.allows(.admin))

        let bare = TestClaims.json(TestClock.start, ["org": #"{"id":"acme"}"#])
        let (plain, _) = try await verifier.verify(Array(try signer.token(bare).utf8))
        #expect(plain.scopes == [] && plain.roles == [] && plain.user == nil)

        let wrong = TestClaims.json(TestClock.start, ["org": #"{"id":"acme"}"#, "scope": "{}"])
        #expect(await refusal(verifier, try signer.token(wrong)) == .invalidClaim("scope"))
    }

    @Test func longTokensAreNotRead() async throws {
        let signer = try await TestSigner.edDSA()
        let verifier = verifier(.test(), KeySetServer(TestSigner.keySet(signer)))
        let padding = String(repeating: "x", count: 20_000)
        let token = try signer.token(TestClaims.json(TestClock.start, ["pad": "\"\(padding)\""]))
        #expect(!verifier.claims(Array(token.utf8)))
        #expect(await refusal(verifier, token) == .malformed)
    }

    @Test func withoutIssuersNothingIsAToken() async throws {
        let verifier = TokenVerifier(
            issuers: [], options: TokenOptions(), fetch: { _, _ in [] }, clock: TestClock().clock, logger: .silent,
            onSwap: {})
        #expect(!verifier.claims(Array(try await TestSigner.edDSA().token(TestClaims.json()).utf8)))
    }
}
