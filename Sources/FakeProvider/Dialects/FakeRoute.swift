/// Where a request goes: dialect and operation by path.
struct FakeRoute: Sendable, Hashable {
    enum Operation: Sendable, Hashable {
        case chat
        case completions
        case embeddings
        case responses
        case images
        case transcription
        case moderation
        /// OpenRouter's key information, its connection test.
        case keyInfo
        case models
        case model(String)
        case messages
        case countTokens
        case generate
        case streamGenerate
        case geminiEmbed
        case geminiEmbedBatch
        case ollamaChat
        case ollamaTags
        case webhook
        case control
        case unknown
    }

    var dialect: FakeDialect
    var operation: Operation
    /// A model that the path names (Gemini, Azure).
    var model: String?
    /// Spec texts found in the path, `fake-` included.
    var specs: [String] = []
    /// The path segments after the prefix that chose the dialect.
    var rest: [String] = []

    init(_ request: FakeRequest) {
        var segments = request.path.split(separator: "/").map { PercentCoding.decode($0) }
        var specs: [String] = []
        if let first = segments.first, first.hasPrefix("fake-") {
            specs.append(first)
            segments.removeFirst()
        }
        self = FakeRoute(segments: segments, request: request)
        self.specs = specs + self.specs
    }

    private init(_ dialect: FakeDialect, _ operation: Operation, model: String? = nil, rest: [String] = []) {
        self.dialect = dialect
        self.operation = operation
        self.model = model
        self.rest = rest
    }

    private init(segments: [String], request: FakeRequest) {
        let first = segments.first ?? ""
        let second = segments.count > 1 ? segments[1] : ""
        switch (first, second) {
        case ("__fake", _):
            self.init(.openai, .control, rest: Array(segments.dropFirst()))
        case ("webhook", _), ("webhook-test", _):
            self.init(.n8n, .webhook, rest: Array(segments.dropFirst()))
            specs = rest.filter { $0.hasPrefix("fake-") }
        case ("v1beta", "models"), ("v1alpha", "models"):
            self.init(gemini: Array(segments.dropFirst(2)))
        case ("v1", "models") where segments.last?.contains(":") == true && segments.count > 2:
            self.init(gemini: Array(segments.dropFirst(2)))
        case ("openai", "deployments") where segments.count > 3:
            self.init(.azure, Self.operation(segments.dropFirst(3)), model: segments[2])
        case ("openai", "v1"):
            let isAzure = request.headers.first("api-key") != nil
            self.init(isAzure ? .azure : .groq, Self.operation(segments.dropFirst(2)))
        case ("api", "v1"):
            self.init(.openrouter, Self.operation(segments.dropFirst(2)))
        case ("api", "chat"), ("api", "generate"): self.init(.ollama, .ollamaChat)
        case ("api", "tags"): self.init(.ollama, .ollamaTags)
        case ("v1", _): self.init(plain: segments.dropFirst(), request)
        case ("v1beta", "openai"): self.init(plain: segments.dropFirst(2), request)
        default: self.init(plain: segments[...], request)
        }
    }

    /// Paths below `/v1`, shared by OpenAI and Anthropic.
    private init(plain segments: ArraySlice<String>, _ request: FakeRequest) {
        if segments.first == "messages" {
            let counts = segments.count > 1
            self.init(
                .anthropic, counts && segments.last == "count_tokens" ? .countTokens : counts ? .unknown : .messages)
            return
        }
        let isAnthropic = request.headers.first("anthropic-version") != nil
        self.init(isAnthropic ? .anthropic : .openai, Self.operation(segments))
    }

    /// What follows `/v1beta/models`.
    private init(gemini segments: [String]) {
        let name = segments.joined(separator: "/")
        guard let colon = name.lastIndex(of: ":") else {
            self.init(.gemini, name.isEmpty ? .models : .model(name))
            return
        }
        let operation: Operation =
            switch name[name.index(after: colon)...] {
            case "generateContent": .generate
            case "streamGenerateContent": .streamGenerate
            case "countTokens": .countTokens
            case "embedContent": .geminiEmbed
            case "batchEmbedContents": .geminiEmbedBatch
            default: .unknown
            }
        self.init(.gemini, operation, model: String(name[..<colon]))
    }

    private static func operation(_ segments: ArraySlice<String>) -> Operation {
        switch Array(segments) {
        case ["chat", "completions"]: .chat
        case ["completions"]: .completions
        case ["embeddings"]: .embeddings
        case ["responses"]: .responses
        case ["images", "generations"]: .images
        case ["audio", "transcriptions"], ["audio", "translations"]: .transcription
        case ["moderations"]: .moderation
        case ["key"]: .keyInfo
        case ["models"]: .models
        case let all where all.first == "models": .model(all.dropFirst().joined(separator: "/"))
        default: .unknown
        }
    }

    /// Whether the operation is read with GET.
    var isRead: Bool {
        switch operation {
        case .models, .model, .keyInfo, .ollamaTags: true
        default: false
        }
    }
}
