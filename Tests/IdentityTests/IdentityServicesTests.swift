import Identity
import Storage
import Testing

@Suite struct IdentityServicesTests {
    @Test func bootstrapsOnce() async throws {
        try await TestBench.run { bench in
            let key = try #require(try await bench.services.bootstrap(clock: bench.clock.clock))
            #expect(key.record.tenant == "default")
            let identity = try await bench.authenticator.authenticate(key.text)
            #expect(identity.tenant == "default")
            #expect(identity.allows(.inference) && !identity.allows(.admin))
            #expect(try await bench.services.bootstrap() == nil)
            // Also when the only key was revoked on purpose.
            try await bench.keys.revoke(key.text, in: .all)
            #expect(try await bench.services.bootstrap() == nil)
        }
    }

    @Test func bootstrapUsesATenantThatIsThere() async throws {
        try await TestBench.run { bench in
            _ = try await bench.tenants.ensure([TenantDraft(id: "default", name: "Mine", plan: "gold")])
            #expect(try await bench.services.bootstrap() != nil)
            #expect(try await bench.tenants.find("default", in: .all).plan == "gold")
        }
    }

    @Test func anotherMasterKeyIsRefused() async throws {
        try await TestBench.run { (bench) async throws in
            await #expect {
                _ = try await IdentityServices.open(database: bench.database, masterKey: MasterKey(), logger: .silent)
            } throws: { error in
                guard case IdentityStartError.masterKey(.doesNotMatchDatabase) = error else { return false }
                return true
            }
        }
    }

    @Test func aDatabaseThatIsDownIsAStartError() async throws {
        try await TestBench.run { (bench) async throws in
            bench.database.isDown = true
            await #expect {
                _ = try await IdentityServices.open(
                    database: bench.database, masterKey: bench.masterKey, logger: .silent)
            } throws: { error in
                guard case IdentityStartError.storage(.unavailable) = error else { return false }
                return true
            }
        }
    }

    @Test(arguments: [
        (JWTIssuer(issuer: "", keys: .file("x")), "issuer must not be empty"),
        (JWTIssuer(issuer: "a", keys: .file("x"), algorithms: []), "algorithms must name at least one"),
        (JWTIssuer(issuer: "a", keys: .file("x"), tenantClaim: ""), "tenant_claim must not be empty"),
        (JWTIssuer(issuer: "a", keys: .file("x"), userClaim: ""), "user_claim must not be empty"),
        (
            JWTIssuer(issuer: "a", keys: .url("http://x", allowPrivateNetwork: false)),
            "jwks_url must start with https://"
        ),
        (
            JWTIssuer(issuer: "a", keys: .url("file:///etc/passwd", allowPrivateNetwork: true)),
            "jwks_url must start with https://"
        ),
        (
            JWTIssuer(issuer: "a", keys: .url("https://x", allowPrivateNetwork: false), algorithms: [.hs256]),
            "must come from jwks_file"
        ),
    ])
    func unusableIssuersAreRefused(issuer: JWTIssuer, message: String) async throws {
        let problems = JWTIssuer.problems([issuer])
        #expect(problems.count == 1)
        #expect(problems.first?.message.contains(message) == true)
        try await TestBench.run { (bench) async throws in
            await #expect {
                _ = try await IdentityServices.open(
                    database: bench.database, masterKey: bench.masterKey, issuers: [issuer], logger: .silent)
            } throws: { "\($0)".hasPrefix("jwt.issuers[0]: ") && "\($0)".contains(message) }
        }
    }

    @Test func issuersAreUnique() {
        let issuer = JWTIssuer(issuer: "https://a", keys: .url("https://a/jwks", allowPrivateNetwork: false))
        #expect(JWTIssuer.problems([issuer]).isEmpty)
        #expect(JWTIssuer.problems([issuer, issuer]).map(\.index) == [1])
        let local = JWTIssuer(issuer: "b", keys: .url("http://127.0.0.1/jwks", allowPrivateNetwork: true))
        #expect(JWTIssuer.problems([issuer, local]).isEmpty)
    }
}
