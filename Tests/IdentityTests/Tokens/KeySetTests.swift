import JWTKit
import Testing

@testable import Identity

@Suite struct KeySetTests {
    private func parse(
        _ text: String, _ algorithms: [SignatureAlgorithm] = SignatureAlgorithm.allCases, secrets: Bool = true
    ) async throws -> (set: KeySet, skipped: [String]) {
        try await KeySet.parse(Array(text.utf8), algorithms: algorithms, allowSharedSecrets: secrets)
    }

    @Test func readsEveryKind() async throws {
        let signers = [
            try await TestSigner.rs256(), try await .rs256("pss", pss: true), try await .es256(), try await .es384(),
            try await .edDSA(), try await .hs256(),
        ]
        let (set, skipped) = try await parse(TestSigner.keySet(keys: signers.map { $0.jsonWebKey() }))
        #expect(skipped == [])
        #expect(set.keys.map(\.algorithm) == [.rs256, .ps256, .es256, .es384, .edDSA, .hs256])
        let message = Array("message".utf8)
        for (signer, key) in zip(signers, set.keys) {
            let signature = try signer.signer.sign(message)
            #expect(key.verifies(signature, signed: message))
            #expect(!key.verifies(signature, signed: message + [0]))
            #expect(!key.verifies(Array(signature.dropLast()), signed: message))
            #expect(!key.verifies([], signed: message))
        }
    }

    @Test func aKeyWithoutAlgTakesTheIssuers() async throws {
        let rsa = try await TestSigner.rs256()
        let text = TestSigner.keySet(keys: [rsa.jsonWebKey(["alg": nil])])
        #expect(try await parse(text, [.rs256]).set.keys.map(\.algorithm) == [.rs256])
        #expect(try await parse(text, [.ps512, .es256]).set.keys.map(\.algorithm) == [.ps512])
        #expect(try await parse(text, [.rs256, .ps256]).set.keys.map(\.algorithm) == [.rs256, .ps256])
        await #expect(throws: KeySetError.self) { _ = try await parse(text, [.es256, .hs256]) }
    }

    @Test func aKeyWithAnotherAlgIsLeftOut() async throws {
        let rsa = try await TestSigner.rs256()
        let ec = try await TestSigner.es256()
        let (set, skipped) = try await parse(TestSigner.keySet(rsa, ec), [.es256])
        #expect(set.keys.map(\.algorithm) == [.es256])
        #expect(skipped.count == 1)
    }

    /// Each is left out with a reason, and a good key beside it still counts.
    @Test(
        arguments: [
            (["use": "enc"], "use"),
            (["kty": "XYZ"], "none of the issuer's algorithms"),
            (["crv": "P-384"], "none of the issuer's algorithms"),
            (["crv": "secp256k1"], "none of the issuer's algorithms"),
            (["alg": "none"], "none of the issuer's algorithms"),
            (["alg": "ES384"], "none of the issuer's algorithms"),
            (["x": nil], "\"x\""),
            (["x": "AAAA"], "\"x\""),
            (["x": "not base64!"], "\"x\""),
            (["y": String(repeating: "A", count: 43)], ""),
        ] as [([String: String?], String)])
    func unusableKeysAreSkipped(changes: [String: String?], reason: String) async throws {
        let bad = try await TestSigner.es256("bad").jsonWebKey(changes)
        let good = try await TestSigner.edDSA("good").jsonWebKey()
        let (set, skipped) = try await parse(TestSigner.keySet(keys: [bad, good]))
        #expect(set.keys.map(\.keyID) == ["good"])
        #expect(skipped.count == 1)
        #expect(skipped[0].hasPrefix("keys[0]: "))
        #expect(skipped[0].contains(reason), "\(skipped)")
        await #expect(throws: KeySetError.self) { _ = try await parse(TestSigner.keySet(keys: [bad])) }
    }

    /// jwt-kit would stop the program.
    @Test(arguments: [(.hs256, 31), (.hs384, 47), (.hs512, 63), (.hs256, 0)] as [(SignatureAlgorithm, Int)])
    func shortSecretsAreSkipped(algorithm: SignatureAlgorithm, bytes: Int) async throws {
        let secret = TestSigner.encode([UInt8](repeating: 1, count: bytes))
        let key = #"{"kty":"oct","alg":"\#(algorithm.rawValue)","k":"\#(secret)"}"#
        await #expect(throws: KeySetError.self) { _ = try await parse(TestSigner.keySet(keys: [key])) }
        let longer = TestSigner.encode([UInt8](repeating: 1, count: algorithm.hashBytes))
        let good = #"{"kty":"oct","alg":"\#(algorithm.rawValue)","k":"\#(longer)"}"#
        #expect(try await parse(TestSigner.keySet(keys: [good])).set.keys.count == 1)
    }

    @Test func secretsFromANetworkAreSkipped() async throws {
        let key = try await TestSigner.hs256().jsonWebKey()
        await #expect(throws: KeySetError.self) { _ = try await parse(TestSigner.keySet(keys: [key]), secrets: false) }
    }

    @Test func weakRSAKeysAreSkipped() async throws {
        var modulus = [UInt8](repeating: 0xC5, count: 128)
        for padding in [0, 128] {
            let padded = [UInt8](repeating: 0, count: padding) + modulus
            let key = #"{"kty":"RSA","n":"\#(TestSigner.encode(padded))","e":"AQAB"}"#
            await #expect(throws: KeySetError.self) { _ = try await parse(TestSigner.keySet(keys: [key])) }
        }
        modulus = [UInt8](repeating: 0xC5, count: 2048)
        let huge = #"{"kty":"RSA","n":"\#(TestSigner.encode(modulus))","e":"AQAB"}"#
        await #expect(throws: KeySetError.self) { _ = try await parse(TestSigner.keySet(keys: [huge])) }
        let strange = try await TestSigner.rs256().jsonWebKey(["e": "AA"])
        await #expect(throws: KeySetError.self) { _ = try await parse(TestSigner.keySet(keys: [strange])) }
    }

    @Test(arguments: ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[1,null,"x",[]]}"#, "<html>"])
    func otherDocumentsAreErrors(text: String) async {
        await #expect(throws: KeySetError.self) { _ = try await parse(text) }
    }

    @Test func setsAreBounded() async throws {
        let key = try await TestSigner.edDSA().jsonWebKey()
        let many = TestSigner.keySet(keys: Array(repeating: key, count: 101))
        await #expect(throws: KeySetError.self) { _ = try await parse(many) }
        await #expect(throws: KeySetError.self) { _ = try await parse(String(repeating: " ", count: 1 << 20) + "{}") }
    }

    @Test func candidatesNeverFallBack() async throws {
        let (set, _) = try await parse(
            TestSigner.keySet(try await .es256("a"), try await .es256("b"), try await .edDSA("c")))
        #expect(set.candidates(keyID: "a", algorithm: .es256).map(\.keyID) == ["a"])
        #expect(set.candidates(keyID: "z", algorithm: .es256).isEmpty)
        #expect(set.candidates(keyID: "a", algorithm: .edDSA).isEmpty)
        // Without a name only where there is no choice.
        #expect(set.candidates(keyID: nil, algorithm: .es256).isEmpty)
        #expect(set.candidates(keyID: nil, algorithm: .edDSA).map(\.keyID) == ["c"])
    }

    @Test func randomKeySetsNeverTrap() async throws {
        var random = SplitMix64(seed: 31)
        let text = Array(
            TestSigner.keySet(try await .rs256(), try await .es256(), try await .edDSA(), try await .hs256()).utf8)
        for _ in 0..<3000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] = UInt8.random(in: 0x20...0x7E, using: &random)
            }
            _ = try? await KeySet.parse(bytes, algorithms: SignatureAlgorithm.allCases, allowSharedSecrets: true)
        }
    }
}
