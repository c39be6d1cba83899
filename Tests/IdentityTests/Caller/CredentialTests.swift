import Identity
import Testing

@Suite struct CredentialTests {
    @Test(
        arguments: [
            ("Bearer abc", nil, nil, "abc"),
            ("bearer abc", nil, nil, "abc"),
            ("BEARER   abc  ", nil, nil, "abc"),
            ("  Bearer\tabc", nil, nil, "abc"),
            ("Bearer abc", "other", "third", "abc"),
            (nil, "abc", nil, "abc"),
            (nil, nil, " abc ", "abc"),
            (nil, "", "abc", "abc"),
            ("Basic dXNlcg==", "abc", nil, "abc"),
            ("Bearer", "abc", nil, "abc"),
            (nil, nil, nil, nil),
            ("", "  ", nil, nil),
            ("Bearer naïve-🐦", nil, nil, "naïve-🐦"),
        ] as [(String?, String?, String?, String?)])
    func findsTheToken(authorization: String?, xAPIKey: String?, apiKey: String?, expected: String?) throws {
        let found = try Credential.find(authorization: authorization, xAPIKey: xAPIKey, apiKey: apiKey)
        #expect(found.map(String.init) == expected)
    }

    @Test(arguments: ["Basic dXNlcg==", "Bearer", "Bearer   ", "Bearerabc", "abc", "Digest x"])
    func aloneAnotherSchemeIsMalformed(header: String) {
        #expect(throws: AuthenticationFailure(.malformed)) {
            try Credential.find(authorization: header)
        }
    }

    @Test func randomHeadersNeverTrap() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<5000 {
            let bytes = [UInt8].random(
                count: Int.random(in: 0...12, using: &random), from: "bearBEAR \t", using: &random)
            let header = String(decoding: bytes, as: UTF8.self)
            let token = try? Credential.find(authorization: header)
            if let token { #expect(!token.isEmpty && !token.hasPrefix(" ") && !token.hasSuffix(" ")) }
        }
    }
}
