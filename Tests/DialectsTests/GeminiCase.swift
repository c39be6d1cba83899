import Dialects
import Testing
import WireJSON

/// Shorthands of the Gemini tests.
enum GeminiCase {
    static let dialect = GeminiDialect()

    static func target(_ model: String, _ capabilities: ModelCapabilities = ModelCapabilities()) -> Target {
        Target(
            provider: "google", kind: .gemini, baseURL: "https://generativelanguage.googleapis.com/v1beta",
            model: model, capabilities: capabilities)
    }

    /// The call for a chat request with these members; `model` is added where it is missing.
    static func call(
        _ members: JSONObject, model: String = "gemini-2.5-flash",
        capabilities: ModelCapabilities = ModelCapabilities(), context: CallContext = .sample,
        endpoint: Endpoint = .chatCompletions
    ) throws -> ProviderCall {
        var members = members
        if members["model"] == nil { members["model"] = "client-model" }
        return try dialect.prepare(
            ClientRequest.of(.object(members), endpoint), target: target(model, capabilities), context: context)
    }

    /// The translated body of such a request.
    static func body(
        _ members: JSONObject, model: String = "gemini-2.5-flash",
        capabilities: ModelCapabilities = ModelCapabilities(), context: CallContext = .sample,
        endpoint: Endpoint = .chatCompletions
    ) throws -> JSONValue {
        let call = try call(members, model: model, capabilities: capabilities, context: context, endpoint: endpoint)
        return try JSONValue(parsing: call.body)
    }

    /// What is wrong with such a request.
    static func refusal(
        _ members: JSONObject, model: String = "gemini-2.5-flash", endpoint: Endpoint = .chatCompletions
    ) -> WireError? {
        do {
            _ = try call(members, model: model, endpoint: endpoint)
            return nil
        } catch {
            return error as? WireError
        }
    }

    /// `contents` of a conversation.
    static func contents(
        _ messages: [JSONValue], model: String = "gemini-2.5-flash", context: CallContext = .sample
    ) throws -> JSONValue? {
        try body(["messages": .array(messages)], model: model, context: context)["contents"]
    }

    /// `generationConfig` of a request that says "Hi" with these members.
    static func configuration(
        _ members: JSONObject, model: String = "gemini-2.5-flash",
        capabilities: ModelCapabilities = ModelCapabilities()
    ) throws -> JSONValue? {
        var members = members
        if members["messages"] == nil { members["messages"] = [["role": "user", "content": "Hi, JSON"]] }
        return try body(members, model: model, capabilities: capabilities)["generationConfig"]
    }

    static func plan(
        _ endpoint: Endpoint = .chatCompletions, stream: Bool = false, includeUsage: Bool = false,
        tools: Set<String> = []
    ) -> AnswerPlan {
        var plan = AnswerPlan.sample(endpoint, kind: .gemini, stream: stream, includeUsage: includeUsage)
        plan.declaredTools = tools
        return plan
    }

    static func translate(_ answer: JSONValue, _ plan: AnswerPlan = plan(), status: Int = 200) -> AnswerOutcome {
        dialect.translate(answer.bytes, head: .of(status), plan: plan)
    }

    /// Chunks as server-sent events, with CR LF as Google writes them.
    static func events(_ chunks: [JSONValue]) -> [UInt8] {
        chunks.flatMap { Array("data: ".utf8) + $0.bytes + Array("\r\n\r\n".utf8) }
    }

    /// A stream of these chunks, checked over every split.
    static func stream(
        _ chunks: [JSONValue], _ plan: AnswerPlan = plan(stream: true),
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> DrivenStream {
        Driver.everySplit(events(chunks), sourceLocation: sourceLocation) {
            dialect.makeStream(head: .of(200, [("content-type", "text/event-stream")]), plan: plan)
        }
    }

    /// A chunk (or whole answer) with one candidate.
    static func chunk(
        _ parts: [JSONValue], finish: String? = nil, index: Int? = nil, usage: JSONValue? = nil
    ) -> JSONValue {
        var candidate: JSONObject = ["content": ["role": "model", "parts": .array(parts)]]
        if let finish { candidate["finishReason"] = .string(finish) }
        if let index { candidate["index"] = .number(JSONNumber(index)) }
        var chunk: JSONObject = [
            "candidates": [.object(candidate)], "modelVersion": "gemini-2.5-flash-001", "responseId": "resp1",
        ]
        if let usage { chunk["usageMetadata"] = usage }
        return .object(chunk)
    }
}

extension TranslatedAnswer {
    var parsedBody: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    var firstMessage: JSONValue { parsedBody["choices"]?[0]?["message"] ?? .null }
    var firstFinish: String? { parsedBody["choices"]?[0]?["finish_reason"]?.stringValue }
}
