import Dialects
import Testing
import WireJSON

/// Recorded traffic, read by the dialect and by ``GeminiIndependent``.
@Suite struct GeminiFixtureTests {
    /// Recordings of something else than a chat: with the reason.
    static let skipped = [
        "count-tokens": "countTokens is not called by the gateway",
        "models-list-page2": "the model list is not translated by a dialect",
        "openai-compat-tool-call-without-id": "an answer of Google's own OpenAI layer, which is another dialect",
        "batch-embed": "embeddings, tested by themselves below",
    ]

    private static let chats = Fixture.all("gemini") { skipped[$0.name] == nil }
    static let whole = chats.filter { $0.status == 200 && !$0.streaming }
    static let streams = chats.filter { $0.status == 200 && $0.streaming }
    static let errors = chats.filter { $0.status != 200 }

    /// The functions declared in the recorded request, or called in the answer where it was not recorded.
    private static func plan(_ fixture: Fixture, _ reading: GeminiIndependent.Reading, stream: Bool) -> AnswerPlan {
        var plan = GeminiCase.plan(stream: stream, includeUsage: true)
        plan.promptBytes = 100
        guard let request = fixture.request.flatMap({ try? JSONValue(parsing: $0) }) else {
            plan.declaredTools = Set(reading.calls.map(\.name))
            return plan
        }
        for tool in request["tools"]?.arrayValue ?? [] {
            for function in (tool["functionDeclarations"] ?? tool["function_declarations"])?.arrayValue ?? [] {
                plan.declaredTools.insert(function["name"]?.stringValue ?? "")
            }
        }
        return plan
    }

    private static func finish(_ reading: GeminiIndependent.Reading) -> String {
        switch reading.finish {
        case nil: reading.blocked ? "content_filter" : "?"
        case "MAX_TOKENS"?: "length"
        case "STOP"?: reading.calls.isEmpty ? "stop" : "tool_calls"
        default: "?"
        }
    }

    private static func check(_ usage: TokenUsage?, _ reading: GeminiIndependent.Reading, _ fixture: Fixture) {
        guard let expected = reading.usage else {
            #expect(usage?.estimated == true, "\(fixture.testDescription)")
            return
        }
        #expect(usage.map { [$0.prompt, $0.cached, $0.completion, $0.reasoning, $0.total] } == expected)
        #expect(usage?.estimated == false)
    }

    @Test(.enabled(if: Fixture.areAvailable), arguments: whole)
    func wholeAnswers(_ fixture: Fixture) throws {
        let body = try #require(fixture.response)
        let reading = GeminiIndependent.read(body)
        let plan = Self.plan(fixture, reading, stream: false)
        let outcome = GeminiCase.dialect.translate(body, head: fixture.head, plan: plan)
        guard reading.finish != "UNEXPECTED_TOOL_CALL" else {
            #expect(outcome.failure?.failureClass == .modelFailure)
            return
        }
        let answer = try #require(outcome.answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body) == [])
        #expect(answer.firstMessage["content"]?.stringValue ?? "" == reading.content)
        #expect(answer.firstMessage["reasoning_content"]?.stringValue ?? "" == reading.reasoning)
        #expect(answer.firstFinish == Self.finish(reading))
        #expect(answer.parsedBody["id"]?.stringValue == reading.id.map { "chatcmpl-" + $0 })
        #expect(answer.parsedBody["model"]?.stringValue == reading.model)
        let calls = answer.firstMessage["tool_calls"]?.arrayValue ?? []
        let read = calls.map { call in
            GeminiIndependent.Call(
                name: call["function"]?["name"]?.stringValue ?? "",
                arguments: (call["function"]?["arguments"]?.stringValue).map(GeminiIndependent.canonical(text:)),
                signature: call["extra_content"]?["google"]?["thought_signature"]?.stringValue)
        }
        #expect(read == reading.calls)
        #expect(answer.thoughts.map(\.payload) == reading.calls.compactMap(\.signature))
        Self.check(answer.usage, reading, fixture)

        // The same body as the answer to a stream request.
        let stream = Driver.everySplit(body) {
            GeminiCase.dialect.makeStream(head: fixture.head, plan: Self.plan(fixture, reading, stream: true))
        }
        let transcript = StreamTranscript(stream.output, includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.content == reading.content)
        #expect(stream.thoughts == answer.thoughts)
        #expect(stream.usage?.prompt == answer.usage?.prompt)
    }

    @Test(.enabled(if: Fixture.areAvailable), arguments: streams)
    func streamedAnswers(_ fixture: Fixture) throws {
        let body = try #require(fixture.response)
        let reading = GeminiIndependent.read(body)
        let plan = Self.plan(fixture, reading, stream: true)
        let stream = Driver.everySplit(body) { GeminiCase.dialect.makeStream(head: fixture.head, plan: plan) }
        let isError = fixture.features.contains("stream_error")
        let transcript = StreamTranscript(stream.output, includeUsage: true, whole: !isError)
        #expect(transcript.problems == [])
        #expect(transcript.content == reading.content)
        #expect(transcript.choice(0).reasoning == reading.reasoning)
        #expect(stream.deliveredBytes >= reading.content.utf8.count + reading.reasoning.utf8.count)
        guard !isError else {
            #expect(stream.failure?.failureClass == .overloaded)
            #expect(transcript.finish == nil && !transcript.isDone)
            return
        }
        #expect(stream.isComplete)
        #expect(transcript.finish == Self.finish(reading))
        #expect(transcript.toolCalls.map(\.name) == reading.calls.map(\.name))
        for (call, expected) in zip(transcript.toolCalls, reading.calls) {
            #expect(call.thoughtSignature == expected.signature)
            guard let arguments = expected.arguments else { continue }
            #expect(GeminiIndependent.canonical(text: call.arguments) == arguments)
        }
        #expect(stream.thoughts.map(\.payload) == reading.calls.compactMap(\.signature))
        Self.check(stream.usage, reading, fixture)
        #expect(transcript.usage == stream.usage.map { .object($0.openAI) })
    }

    @Test(.enabled(if: Fixture.areAvailable), arguments: streams.filter { $0.features.contains("partial_args") })
    func argumentsInPieces(_ fixture: Fixture) throws {
        let body = try #require(fixture.response)
        let pieces = GeminiIndependent.pieces(body)
        let plan = Self.plan(fixture, GeminiIndependent.read(body), stream: true)
        let stream = Driver.everySplit(body) { GeminiCase.dialect.makeStream(head: fixture.head, plan: plan) }
        let calls = StreamTranscript(stream.output).toolCalls
        #expect(calls.map { GeminiIndependent.flattened(text: $0.arguments) } == pieces)
        #expect(pieces.contains { !$0.isEmpty })
    }

    @Test(.enabled(if: Fixture.areAvailable), arguments: errors)
    func errorAnswers(_ fixture: Fixture) throws {
        let expected: [String: FailureClass] = [
            "error-400-api-key-invalid": .auth, "error-400-invalid-temperature-vertex": .badRequest,
            "error-402-prepay-exhausted": .billing, "error-403-permission-denied": .auth,
            "error-404-model": .modelNotFound, "error-429-quota-retryinfo": .rateLimit,
            "error-503-overloaded": .overloaded,
        ]
        let body = try #require(fixture.response)
        let failure = try #require(
            GeminiCase.dialect.translate(body, head: fixture.head, plan: GeminiCase.plan()).failure)
        #expect(failure.failureClass == expected[fixture.name])
        #expect(failure.upstreamStatus == fixture.status)
        #expect(!failure.message.isEmpty)
        #expect(failure.retryAfterMilliseconds == (fixture.status == 429 ? 48000 : nil))
        #expect(OpenAIAnswerCheck.envelopeProblems(in: WireError(failure).encoded()) == [])
    }

    @Test(.enabled(if: Fixture.areAvailable))
    func embeddings() throws {
        let fixture = try Fixture.named("gemini/batch-embed")
        let request = try JSONValue(parsing: #require(fixture.request))
        let text = try #require(request["requests"]?[0]?["content"]?["parts"]?[0]?["text"])
        let call = try GeminiCase.call(
            ["input": text, "dimensions": 768, "encoding_format": "base64"], model: "gemini-embedding-001",
            endpoint: .embeddings)
        #expect(try JSONValue(parsing: call.body) == request)
        #expect(call.url.hasSuffix(fixture.endpoint))
        let body = try #require(fixture.response)
        let answer = try #require(GeminiCase.dialect.translate(body, head: fixture.head, plan: call.plan).answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body, endpoint: .embeddings) == [])
        let vector = answer.parsedBody["data"]?[0]?["embedding"]?.stringValue ?? ""
        let embeddings = GeminiIndependent.documents(body).first?["embeddings"] as? [[String: Any]]
        let values = embeddings?.first?["values"] as? [Double]
        #expect(GeminiIndependent.floats(GeminiIndependent.base64(vector)) == values?.map { Float($0) })
        #expect(values?.count == 768)
    }
}
