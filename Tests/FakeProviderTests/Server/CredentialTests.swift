import FakeProvider
import Testing
import WireJSON

@Suite("Credentials", .timeLimit(.minutes(1)))
struct CredentialTests {
    private func options(_ rule: CredentialRule) -> FakeProviderOptions {
        var options = FakeProviderOptions()
        options.credentials = rule
        return options
    }

    private static let chat = Harness.chatBody("say x")
    private static let message = Harness.messagesBody("say x")
    private static let contents: JSONValue = ["contents": [["parts": [["text": "say x"]]]]]
    private static let azurePath = "/openai/deployments/d/chat/completions"

    @Test(
        "Each dialect reads its own header",
        arguments: [
            ("/v1/chat/completions", chat, ["authorization": "Bearer k1"]),
            ("/openai/v1/chat/completions", chat, ["authorization": "bearer k1 "]),
            ("/api/v1/chat/completions", chat, ["authorization": "Bearer k1"]), (azurePath, chat, ["api-key": "k1"]),
            (azurePath, chat, ["authorization": "Bearer k1"]),
            ("/v1/messages", message, ["x-api-key": "k1", "anthropic-version": "2023-06-01"]),
            ("/v1/messages", message, ["authorization": "Bearer k1", "anthropic-version": "2023-06-01"]),
            ("/v1beta/models/m:generateContent", contents, ["x-goog-api-key": "k1"]),
            ("/v1beta/models/m:generateContent?key=k1", contents, [:]),
            ("/webhook/x", chat, ["authorization": "Bearer k1"]),
            ("/webhook/x", chat, ["authorization": "k1"]),
        ] as [(String, JSONValue, [String: String])])
    func accepted(path: String, body: JSONValue, headers: [String: String]) async throws {
        for rule in [CredentialRule.key("k1"), .present] {
            try await Harness.run(options(rule)) { fake async throws in
                #expect(try await fake.post(path, body, headers).status == 200)
            }
        }
    }

    @Test(
        "A wrong key, or one in another dialect's header, is refused in the dialect's way",
        arguments: [
            ("/v1/chat/completions", ["x-api-key": "k1"], 401),
            ("/v1/chat/completions", ["authorization": "Bearer no"], 401),
            ("/v1/chat/completions", ["authorization": "Basic k1"], 401), ("/openai/v1/chat/completions", [:], 401),
            ("/api/v1/chat/completions", [:], 401), (azurePath, ["api-key": "no"], 401),
            ("/v1/messages", ["anthropic-version": "2023-06-01"], 401), ("/v1/messages", ["x-api-key": "no"], 401),
            ("/v1beta/models/m:generateContent", [:], 403),
            ("/v1beta/models/m:generateContent", ["x-goog-api-key": "no"], 400),
            ("/webhook/x", [:], 401), ("/webhook/x", ["authorization": "no"], 403),
        ] as [(String, [String: String], Int)])
    func refused(path: String, headers: [String: String], status: Int) async throws {
        try await Harness.run(options(.key("k1"))) { fake async throws in
            #expect(try await fake.post(path, Self.chat, headers).status == status)
        }
    }

    @Test("Model lists need the key as well; faults come after the check")
    func order() async throws {
        try await Harness.run(options(.key("k1"))) { fake async throws in
            #expect(try await fake.get("/v1/models").status == 401)
            #expect(try await fake.chat(spec: "status=500").status == 401)
        }
    }
}
