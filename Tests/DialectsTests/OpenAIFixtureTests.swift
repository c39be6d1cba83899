import Dialects
import Testing
import WireJSON

/// Every recorded exchange of OpenAI, Azure, Groq, OpenRouter and Ollama on the endpoints this dialect
/// serves, replayed.
@Suite(.enabled(if: Fixture.areAvailable))
struct OpenAIFixtureTests {
    static let providers = ["openai", "azure", "groq", "openrouter", "ollama"]

    /// Recordings of other endpoints, which are not this dialect's: the Responses API, images, audio,
    /// moderation, model lists, Ollama's native API.
    static func isServed(_ fixture: Fixture) -> Bool {
        let path = fixture.endpoint.split(separator: "?").first.map(String.init) ?? ""
        return providers.contains(fixture.provider)
            && ["/chat/completions", "/completions", "/embeddings"].contains { path.hasSuffix($0) }
    }

    static func endpoint(_ fixture: Fixture) -> Endpoint {
        if fixture.endpoint.contains("/chat/") { return .chatCompletions }
        return fixture.endpoint.contains("/embeddings") ? .embeddings : .completions
    }

    static func kind(_ fixture: Fixture) -> ProviderKind {
        ProviderKind(rawValue: fixture.provider) ?? .openaiCompatible
    }

    static func plan(_ fixture: Fixture, includeUsage: Bool = false) -> AnswerPlan {
        var plan = AnswerPlan.sample(
            endpoint(fixture), kind: kind(fixture), stream: fixture.streaming, includeUsage: includeUsage)
        plan.base64Embeddings =
            fixture.request.map { body in
                (try? JSONValue(parsing: body))?["encoding_format"]?.stringValue == "base64"
            } ?? false
        return plan
    }

    // MARK: Whole answers

    @Test(arguments: Fixture.all(where: { isServed($0) && !$0.streaming && $0.status == 200 }))
    func translatesAWholeAnswer(_ fixture: Fixture) throws {
        let body = try #require(fixture.response)
        let plan = Self.plan(fixture)
        let outcome = OpenAIDialect(kind: plan.kind).translate(body, head: fixture.head, plan: plan)
        let recorded = try JSONValue(parsing: body)
        guard recorded["error"] == nil else {
            #expect(outcome.failure != nil)
            return
        }
        let answer = try #require(outcome.answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body, endpoint: plan.endpoint) == [])
        #expect(answer.usage == recorded["usage"].flatMap(TokenUsage.init(openAI:)))
        if fixture.provider == "openai" { #expect(answer.body == body, "a conforming answer was edited") }
        expectSameContent(try JSONValue(parsing: answer.body), recorded)
    }

    private func expectSameContent(_ answer: JSONValue, _ recorded: JSONValue) {
        for member in ["id", "model", "created"] {
            #expect(recorded[member] == nil || answer[member] == recorded[member])
        }
        #expect(answer["data"] == recorded["data"])
        let choices = recorded["choices"]?.arrayValue ?? []
        #expect(answer["choices"]?.arrayValue?.count ?? 0 == choices.count)
        for (index, choice) in choices.enumerated() {
            let translated = answer["choices"]?[index]
            #expect(translated?["finish_reason"] == choice["finish_reason"])
            #expect(translated?["text"] == choice["text"])
            let (message, was) = (translated?["message"], choice["message"])
            #expect(message?["content"]?.stringValue == was?["content"]?.stringValue)
            #expect(message?["refusal"]?.stringValue == was?["refusal"]?.stringValue)
            #expect(message?["reasoning_content"]?.stringValue == was?["reasoning"]?.stringValue)
            #expect(message?["reasoning"] == nil)
            #expect(message?["reasoning_details"] == was?["reasoning_details"])
            #expect(message?["annotations"] == was?["annotations"])
            let calls = was?["tool_calls"]?.arrayValue ?? []
            #expect(message?["tool_calls"]?.arrayValue?.count ?? 0 == calls.count)
            for (place, call) in calls.enumerated() {
                #expect(message?["tool_calls"]?[place]?["id"] == call["id"])
                #expect(message?["tool_calls"]?[place]?["function"] == call["function"])
            }
        }
    }

    /// The same answers to a client that asked for a stream.
    @Test(
        arguments: Fixture.all(where: {
            isServed($0) && !$0.streaming && $0.status == 200 && !$0.endpoint.contains("embed")
        }))
    func replaysAWholeAnswer(_ fixture: Fixture) throws {
        let body = try #require(fixture.response)
        let recorded = try JSONValue(parsing: body)
        var plan = Self.plan(fixture, includeUsage: true)
        plan.stream = true
        let json = AnswerHead.of(200, [("content-type", "application/json")])
        let stream = Driver.run(OpenAIDialect(kind: plan.kind).makeStream(head: json, plan: plan), body)
        guard recorded["error"] == nil else {
            #expect(stream.failure != nil)
            return
        }
        let transcript = StreamTranscript(stream.output, endpoint: plan.endpoint, includeUsage: true)
        #expect(transcript.problems == [])
        for (index, choice) in (recorded["choices"]?.arrayValue ?? []).enumerated() {
            let shown = transcript.choice(choice["index"]?.intValue ?? index)
            #expect(shown.content == (choice["message"]?["content"] ?? choice["text"])?.stringValue ?? "")
            #expect(shown.reasoning == choice["message"]?["reasoning"]?.stringValue ?? "")
            #expect(shown.toolCalls.count == choice["message"]?["tool_calls"]?.arrayValue?.count ?? 0)
        }
        #expect(stream.usage == recorded["usage"].flatMap(TokenUsage.init(openAI:)))
    }

    // MARK: Errors

    /// Also those of other endpoints: the envelope is the same.
    @Test(arguments: Fixture.all(where: { providers.contains($0.provider) && $0.status != 200 }))
    func classifiesAnError(_ fixture: Fixture) throws {
        let plan = Self.plan(fixture)
        let outcome = OpenAIDialect(kind: plan.kind).translate(fixture.response ?? [], head: fixture.head, plan: plan)
        let failure = try #require(outcome.failure)
        #expect(failure.upstreamStatus == fixture.status)
        #expect(!failure.message.isEmpty)
        let expected: FailureClass? =
            switch (fixture.status, fixture.name) {
            case (401, _): .auth
            case (402, _): .billing
            case (_, let name) where name.contains("context-length"): .contextLength
            case (_, let name) where name.contains("not-supported") || name.contains("unsupported"):
                .unsupportedParameter
            case (_, let name) where name.contains("tool-required"): .modelFailure
            case (404, _): .modelNotFound
            case (_, let name) where name.contains("decommissioned"): .modelNotFound
            case (_, let name) where name.contains("credit-balance") || name.contains("insufficient-quota"): .billing
            case (400, _): .badRequest
            case (413, _): .tooLarge
            case (429, _): .rateLimit
            case (500, _): .server
            case (503, _): .overloaded
            default: nil
            }
        #expect(failure.failureClass == expected)
    }

    // MARK: Streams

    static let streams = Fixture.all(where: { isServed($0) && $0.streaming })

    @Test(arguments: streams, [false, true])
    func translatesAStream(_ fixture: Fixture, includeUsage: Bool) throws {
        let bytes = try #require(fixture.response)
        let recorded = OpenAIRecordedStream(bytes)
        let plan = Self.plan(fixture, includeUsage: includeUsage)
        let dialect = OpenAIDialect(kind: plan.kind)
        let stream = Driver.everySplit(bytes) { dialect.makeStream(head: fixture.head, plan: plan) }

        #expect(stream.isComplete == !recorded.hasError)
        let transcript = StreamTranscript(
            stream.output, endpoint: plan.endpoint, includeUsage: includeUsage, whole: stream.isComplete)
        #expect(transcript.problems == [])
        #expect(transcript.choices == recorded.choices)
        #expect(stream.usage == recorded.usage.flatMap(TokenUsage.init(openAI:)))
        let shown = recorded.choices.values.reduce(0) { sum, choice in
            sum + choice.content.utf8.count + choice.reasoning.utf8.count + choice.refusal.utf8.count
                + choice.toolCalls.reduce(0) { $0 + $1.arguments.utf8.count }
        }
        #expect(stream.deliveredBytes == shown)
        if includeUsage, stream.isComplete, let usage = recorded.usage.flatMap(TokenUsage.init(openAI:)) {
            #expect(transcript.usage.flatMap(TokenUsage.init(openAI:))?.total == usage.total)
        }
    }

    /// OpenAI's own streams keep OpenAI's rules: they come out as they went in, apart from usage.
    @Test(arguments: streams.filter { $0.provider == "openai" && !OpenAIRecordedStream($0.response ?? []).hasError })
    func relaysOpenAIByteForByte(_ fixture: Fixture) throws {
        let bytes = try #require(fixture.response)
        let hasUsage = OpenAIRecordedStream(bytes).usage != nil
        let plan = Self.plan(fixture, includeUsage: hasUsage)
        let stream = Driver.run(OpenAIDialect(kind: .openai).makeStream(head: fixture.head, plan: plan), bytes)
        // Byte for byte, but the framing's line ends.
        let recorded = String(decoding: bytes, as: UTF8.self).split(separator: "\n").joined(separator: "\n\n")
        #expect(stream.text == recorded + "\n\n")
    }

    /// Cut anywhere before its finish reason, a stream is a failure.
    @Test(arguments: streams)
    func failsWhenCut(_ fixture: Fixture) throws {
        let bytes = try #require(fixture.response)
        let plan = Self.plan(fixture)
        for position in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 30)) {
            let head = Array(bytes[..<position])
            let isFinished = OpenAIRecordedStream(head).choices.values.contains { $0.finish != nil }
            let stream = Driver.run(OpenAIDialect(kind: plan.kind).makeStream(head: fixture.head, plan: plan), head)
            if !isFinished { #expect(stream.failure != nil, "complete at byte \(position)") }
        }
    }
}
