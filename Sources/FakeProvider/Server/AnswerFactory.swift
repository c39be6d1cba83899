import WireJSON

/// Turns a request into an answer: checks it as the provider would, asks the fake model, writes the dialect.
struct AnswerFactory {
    let context: AnswerContext

    private var dialect: FakeDialect { context.dialect }
    private var behaviour: FakeBehaviour { context.behaviour }

    func answer() -> FakeAnswer {
        do throws(FakeFailure) {
            return try dispatch()
        } catch {
            return stamped(error).answer(in: dialect)
        }
    }

    /// The failure that the spec asks for, or nil when it wants a normal answer.
    var requestedFailure: FakeFailure? {
        guard behaviour.replacesAnswer, behaviour.body == nil else { return nil }
        return stamped(context.failure(behaviour.error ?? FakeErrorKind(status: behaviour.status ?? 500)))
    }

    /// The failure of an event inside a stream.
    var streamFailure: FakeFailure {
        stamped(context.failure(behaviour.error ?? .overloaded))
    }

    private func stamped(_ failure: FakeFailure) -> FakeFailure {
        var failure = failure
        failure.serial = context.serial
        failure.now = context.now
        if failure.model.isEmpty { failure.model = context.model ?? "fake" }
        if behaviour.replacesAnswer || behaviour.fail != nil {
            failure.status = behaviour.status
            failure.message = behaviour.message ?? failure.message
            failure.retry = behaviour.retry.map { $0 / 1000 }
        }
        return failure
    }

    private func dispatch() throws(FakeFailure) -> FakeAnswer {
        if context.route.operation == .webhook {
            return N8NWriter(body: context.document ?? .null, context: context).answer()
        }
        let isGet = context.request.method == "GET" || context.request.method == "HEAD"
        guard context.route.operation != .unknown, isGet == context.route.isRead else {
            throw context.failure(.notFound, "Invalid URL (\(context.request.method) \(context.request.path))")
        }
        if dialect == .gemini { return try gemini() }
        if dialect == .anthropic { return try anthropic() }
        return try openAI()
    }

    private func body() throws(FakeFailure) -> JSONValue {
        if let document = context.document { return document }
        throw context.failure(.badRequest, "We could not parse the JSON body of your request.")
    }

    private func reply(_ prompt: Prompt) -> Reply {
        ReplyBuilder(prompt: prompt, behaviour: behaviour).reply()
    }

    /// Whether the answer is a stream: as asked, unless a fault says otherwise.
    private func streams(_ prompt: Prompt) -> Bool {
        (prompt.stream || behaviour.sse) && !behaviour.whole
    }

    // MARK: Dialects

    private func openAI() throws(FakeFailure) -> FakeAnswer {
        switch context.route.operation {
        case .models: return OpenAISide(body: .null, context: context).models()
        case .model(let name): return try OpenAISide(body: .null, context: context).model(named: name)
        case .keyInfo: return OpenAISide(body: .null, context: context).keyInfo()
        case .transcription: return OpenAISide(body: .null, context: context).transcription()
        case .ollamaTags: return OllamaNative(body: .null, context: context).tags()
        default: break
        }
        let body = try body()
        switch context.route.operation {
        case .chat, .completions:
            let isLegacy = context.route.operation == .completions
            let reader = OpenAIRequest(body: body, context: context)
            let prompt = isLegacy ? try reader.completion() : try reader.chat()
            let writer = OpenAIWriter(context: context, prompt: prompt, reply: reply(prompt), isLegacy: isLegacy)
            return streams(prompt) ? writer.stream() : writer.whole()
        case .responses:
            let prompt = try ResponsesRequest(body: body, context: context).prompt()
            let writer = ResponsesWriter(context: context, prompt: prompt, reply: reply(prompt))
            return streams(prompt) ? writer.stream() : writer.whole()
        case .embeddings: return try OpenAISide(body: body, context: context).embeddings()
        case .images: return try OpenAISide(body: body, context: context).images()
        case .moderation: return OpenAISide(body: body, context: context).moderation()
        case .ollamaChat: return try OllamaNative(body: body, context: context).chat()
        default: throw context.failure(.notFound)
        }
    }

    private func anthropic() throws(FakeFailure) -> FakeAnswer {
        switch context.route.operation {
        case .models: return anthropicModels()
        case .model(let name):
            guard FakeModels.names(.anthropic).contains(name) else { throw context.failure(.notFound, model: name) }
            return .json(anthropicModel(name))
        case .countTokens:
            let prompt = try AnthropicRequest(body: try body(), context: context).prompt(countsOnly: true)
            return .json(["input_tokens": .number(JSONNumber(max(1, FakeTokens.count(bytes: prompt.textBytes))))])
        case .messages:
            let prompt = try AnthropicRequest(body: try body(), context: context).prompt()
            let writer = AnthropicWriter(context: context, prompt: prompt, reply: reply(prompt))
            return streams(prompt) ? writer.stream() : writer.whole()
        default: throw context.failure(.notFound)
        }
    }

    private func anthropicModels() -> FakeAnswer {
        let names = FakeModels.names(.anthropic)
        return .json([
            "data": .array(names.map { anthropicModel($0) }), "has_more": false,
            "first_id": .string(names.first ?? ""), "last_id": .string(names.last ?? ""),
        ])
    }

    private func anthropicModel(_ name: String) -> JSONValue {
        [
            "type": "model", "id": .string(name), "display_name": .string(name),
            "created_at": "2026-01-02T00:00:00Z",
        ]
    }

    private func gemini() throws(FakeFailure) -> FakeAnswer {
        let side = GeminiSide(body: context.route.isRead ? .null : try body(), context: context)
        switch context.route.operation {
        case .models: return side.models()
        case .model(let name): return try side.model(named: name)
        case .countTokens: return try side.countTokens()
        case .geminiEmbed: return try side.embeddings(batch: false)
        case .geminiEmbedBatch: return try side.embeddings(batch: true)
        case .generate, .streamGenerate:
            let asksStream = context.route.operation == .streamGenerate
            let prompt = try GeminiRequest(body: side.body, context: context).prompt(stream: asksStream)
            let writer = GeminiWriter(context: context, prompt: prompt, reply: reply(prompt))
            let isEvents = context.request.parameter("alt") == "sse" || behaviour.sse
            return streams(prompt) ? writer.stream(isEvents: isEvents) : writer.whole()
        default: throw context.failure(.notFound)
        }
    }
}
