import Dialects
import Testing

@Suite struct CoreSecretMaskTests {
    @Test(arguments: [
        (
            "Incorrect API key provided: sk-abcd1234. You can find it.",
            "Incorrect API key provided: ***. You can find it."
        ),
        ("Incorrect API key provided: test. You can", "Incorrect API key provided: ***. You can"),
        ("key sk-proj-Ab_12*********xyz9 is bad", "key sk-*** is bad"),
        ("sk-ant-api03-AAAA, sk-or-v1-0123", "sk-***, sk-***"),
        ("https://x/v1?key=AIzaSyA1234567890&alt=sse", "https://x/v1?key=***&alt=sse"),
        ("AIzaSyA1234567890 expired", "AIza*** expired"),
        ("gsk_Ab12Cd34 mk-pub-secret xai-0123456789 hf_ABCDEFGHIJ", "gsk_*** mk-*** xai-*** hf_***"),
        ("Authorization: Bearer abc123DEF456ghi", "Authorization: Bearer ***"),
        ("bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "bearer ***"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln.", "token eyJ***."),
        ("in organization org-AbC123xyz on tokens", "in organization org-*** on tokens"),
        ("organization `org_01hxyz` tier", "organization `org_***` tier"),
        (#"{"user_id":"user_2aBcDeFg"}"#, #"{"user_id":"***"}"#),
        ("user_id=42abcd", "user_id=***"),
        ("(project proj_Ab12Cd34)", "(project proj_***)"),
        (#""api_key": "hunter22""#, #""api_key": "***""#),
        ("x-api-key: hunter22!", "x-api-key: ***!"),
    ])
    func masks(_ text: String, _ masked: String) {
        #expect(SecretMask.masked(text) == masked)
    }

    @Test(arguments: [
        "", "The server had an error. Contact help.openai.com or support@example.com.", "task-force and risk-averse",
        "use a Bearer token", "You didn't provide an API key.", "org-wide limits, org_ prefix", "user_id is required",
        "sk-", "disk-1234 is full", "Rate limit: Limit 30, Used 30. Please try again in 2s.", "ação – 日本語 🙂",
        "The `user_request` member", "monkey=banana",
    ])
    func leavesTheRest(_ text: String) {
        #expect(SecretMask.masked(text) == text)
    }

    @Test func masksInsideOtherScripts() {
        #expect(SecretMask.masked("chave inválida: sk-abcdé 🙂 org-A1b2C3") == "chave inválida: sk-***é 🙂 org-***")
    }

    /// Markers inside one long token that is no secret: each is looked at, none of them to its end.
    @Test func longRunsOfMarkersAreReadOnce() {
        let run = String(repeating: "org-", count: 20_000)
        #expect(SecretMask.masked(run) == run)
        #expect(SecretMask.masked(run + " sk-abcd1234") == run + " sk-***")
        let mixed = "org-" + String(repeating: "a", count: 50) + "B" + String(repeating: "c", count: 1000)
        #expect(SecretMask.masked("in \(mixed) now") == "in org-*** now")
    }

    @Test(arguments: 0..<200)
    func neverLetsAPlainKeyThrough(_ seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
        let secret = "sk-" + String((0..<(8 + generator.below(60))).compactMap { _ in generator.pick(alphabet) })
        let before = generator.pick(["", "key ", "(", "\"", ": ", "é", "\n"]) ?? ""
        let after = generator.pick(["", ".", ", please", "\"}", " é", "\n"]) ?? ""
        #expect(!SecretMask.masked(before + secret + after).contains(secret.dropFirst(3)))
    }
}
