import Testing

@testable import FakeProvider

@Suite("Routes")
struct RouteTests {
    private func route(_ uri: String, _ headers: [FakeHeader] = []) -> FakeRoute {
        FakeRoute(
            FakeRequest(method: "POST", uri: uri, headers: headers, body: [], keepAlive: true, allowsChunked: true))
    }

    @Test(
        "The path decides dialect and operation",
        arguments: [
            ("/v1/chat/completions", .openai, .chat), ("/chat/completions", .openai, .chat),
            ("/v1/completions", .openai, .completions), ("/completions", .openai, .completions),
            ("/v1/embeddings", .openai, .embeddings), ("/embeddings", .openai, .embeddings),
            ("/v1/responses", .openai, .responses), ("/v1/models", .openai, .models), ("/models", .openai, .models),
            ("/v1/models/gpt-4o", .openai, .model("gpt-4o")), ("/v1/models/a/b", .openai, .model("a/b")),
            ("/v1/images/generations", .openai, .images), ("/v1/audio/transcriptions", .openai, .transcription),
            ("/v1/audio/translations", .openai, .transcription), ("/v1/moderations", .openai, .moderation),
            ("/openai/v1/chat/completions", .groq, .chat), ("/openai/v1/models", .groq, .models),
            ("/api/v1/chat/completions", .openrouter, .chat), ("/api/v1/key", .openrouter, .keyInfo),
            ("/api/v1/embeddings", .openrouter, .embeddings), ("/api/chat", .ollama, .ollamaChat),
            ("/api/generate", .ollama, .ollamaChat), ("/api/tags", .ollama, .ollamaTags),
            ("/v1/messages", .anthropic, .messages), ("/v1/messages/count_tokens", .anthropic, .countTokens),
            ("/v1beta/models", .gemini, .models), ("/v1beta/models/gemini-x", .gemini, .model("gemini-x")),
            ("/v1beta/openai/chat/completions", .openai, .chat), ("/webhook/site", .n8n, .webhook),
            ("/webhook-test/site", .n8n, .webhook), ("/__fake/requests", .openai, .control), ("/", .openai, .unknown),
            ("/nope", .openai, .unknown), ("/v1/messages/nope", .anthropic, .unknown),
        ] as [(String, FakeDialect, FakeRoute.Operation)])
    func paths(uri: String, dialect: FakeDialect, operation: FakeRoute.Operation) {
        #expect(route(uri).dialect == dialect)
        #expect(route(uri).operation == operation)
        #expect(route(uri + "?x=/y").operation == operation)
    }

    @Test(
        "Gemini's path names model and method",
        arguments: [
            ("generateContent", .generate), ("streamGenerateContent", .streamGenerate), ("countTokens", .countTokens),
            ("embedContent", .geminiEmbed), ("batchEmbedContents", .geminiEmbedBatch), ("nope", .unknown),
        ] as [(String, FakeRoute.Operation)])
    func gemini(method: String, operation: FakeRoute.Operation) {
        for version in ["v1beta", "v1"] {
            let route = route("/\(version)/models/gemini-2.5-flash:\(method)?alt=sse")
            #expect(route.dialect == .gemini)
            #expect(route.operation == operation)
            #expect(route.model == "gemini-2.5-flash")
        }
    }

    @Test("Azure's path names the deployment")
    func azure() {
        let route = route("/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21")
        #expect(route.dialect == .azure)
        #expect(route.operation == .chat)
        #expect(route.model == "my-gpt")
    }

    @Test("Headers tell Anthropic's model list and Azure's v1 API apart")
    func byHeader() {
        #expect(route("/v1/models", [FakeHeader("Anthropic-Version", "2023-06-01")]).dialect == .anthropic)
        #expect(route("/openai/v1/chat/completions", [FakeHeader("api-key", "k")]).dialect == .azure)
    }

    @Test("A first segment with a spec is taken off")
    func prefixSpec() {
        let prefixed = route("/fake-late-5ms/v1/messages")
        #expect(prefixed.operation == .messages)
        #expect(prefixed.specs == ["fake-late-5ms"])
        #expect(route("/webhook/fake-cut-3/stream").specs == ["fake-cut-3"])
        #expect(route("/v1beta/models/fake-cut-3:generateContent").specs.isEmpty)
    }

    @Test("Query parameters are decoded")
    func parameters() {
        let request = FakeRequest(
            method: "GET", uri: "/x?a=1%202&b&c=d=e", headers: [], body: [], keepAlive: true, allowsChunked: true)
        #expect(request.parameter("a") == "1 2")
        #expect(request.parameter("b") == "")
        #expect(request.parameter("c") == "d=e")
        #expect(request.parameter("d") == nil)
        #expect(request.path == "/x")
    }

    @Test("Random paths never trap", arguments: 0..<20 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let parts = [
            "/", "v1", "v1beta", "models", ":", "openai", "deployments", "%2", "fake-", "webhook", "?", "", "messages",
            "api",
        ]
        for _ in 0..<200 {
            _ = route((0..<8).map { _ in parts.randomElement(using: &random) ?? "" }.joined())
        }
    }
}
