import Dialects
import Testing
import WireJSON

/// Shorthands of the Anthropic tests.
enum AnthropicCase {
    static let dialect = AnthropicDialect()

    /// Current models by what sets them apart.
    enum Model {
        /// Thinks by budget, takes sampling and prefill.
        static let budget = "claude-sonnet-4-5"
        /// Adaptive, not always on, takes sampling.
        static let adaptive = "claude-opus-4-6"
        /// Adaptive, always on, cannot be forced, instructions in place.
        static let always = "claude-opus-5-5"
        /// Adaptive, instructions in place, can be forced.
        static let modern = "claude-haiku-5-5"
        /// Nothing is known about it.
        static let unknown = "some-model"
    }

    static func target(_ model: String, _ capabilities: ModelCapabilities? = nil) -> Target {
        Target(
            provider: "anthropic", kind: .anthropic, baseURL: "https://api.anthropic.com", model: model,
            capabilities: capabilities ?? CapabilityTable.shared.capabilities(kind: .anthropic, model: model))
    }

    /// The call for a request with these members; `model` is added where it is missing.
    static func call(
        _ members: JSONObject, model: String = Model.budget, capabilities: ModelCapabilities? = nil,
        context: CallContext = .sample, endpoint: Endpoint = .chatCompletions
    ) throws -> ProviderCall {
        var members = members
        if members["model"] == nil { members["model"] = "client-model" }
        return try dialect.prepare(
            ClientRequest.of(.object(members), endpoint), target: target(model, capabilities), context: context)
    }

    /// The translated body of such a request.
    static func body(
        _ members: JSONObject, model: String = Model.budget, capabilities: ModelCapabilities? = nil,
        context: CallContext = .sample, endpoint: Endpoint = .chatCompletions
    ) throws -> JSONValue {
        let call = try call(members, model: model, capabilities: capabilities, context: context, endpoint: endpoint)
        return try JSONValue(parsing: call.body)
    }

    /// The body of a request that says "Hi" with these members, without those that are always there.
    static func extras(
        _ members: JSONObject, model: String = Model.budget, capabilities: ModelCapabilities? = nil
    ) throws -> JSONValue {
        var members = members
        if members["messages"] == nil { members["messages"] = [user("Hi, JSON")] }
        guard case .object(var body) = try body(members, model: model, capabilities: capabilities) else { return .null }
        for name in ["model", "messages", "max_tokens"] { body[name] = nil }
        return .object(body)
    }

    /// `messages` of a conversation.
    static func messages(
        _ messages: [JSONValue], model: String = Model.budget, capabilities: ModelCapabilities? = nil,
        context: CallContext = .sample
    ) throws -> JSONValue? {
        try body(
            ["messages": .array(messages)], model: model, capabilities: capabilities, context: context)["messages"]
    }

    /// What is wrong with such a request.
    static func refusal(
        _ members: JSONObject, model: String = Model.budget, endpoint: Endpoint = .chatCompletions
    ) -> WireError? {
        do {
            _ = try call(members, model: model, endpoint: endpoint)
            return nil
        } catch {
            return error as? WireError
        }
    }

    static func refusal(_ messages: [JSONValue]) -> WireError? { refusal(["messages": .array(messages)]) }

    // MARK: OpenAI messages

    static func user(_ content: JSONValue) -> JSONValue { ["role": "user", "content": content] }
    static func system(_ content: JSONValue) -> JSONValue { ["role": "system", "content": content] }
    static func assistant(_ content: JSONValue) -> JSONValue { ["role": "assistant", "content": content] }

    static func result(_ id: String, _ content: JSONValue) -> JSONValue {
        ["role": "tool", "tool_call_id": .string(id), "content": content]
    }

    static func toolCall(_ id: String, _ name: String = "look", _ arguments: String = "{}") -> JSONValue {
        [
            "id": .string(id), "type": "function",
            "function": ["name": .string(name), "arguments": .string(arguments)],
        ]
    }

    static func calling(_ calls: [JSONValue], _ content: JSONValue = nil) -> JSONValue {
        ["role": "assistant", "content": content, "tool_calls": .array(calls)]
    }

    static func tool(_ name: String, _ more: JSONObject = [:]) -> JSONValue {
        var function: JSONObject = ["name": .string(name)]
        for (key, value) in more { function[key] = value }
        return ["type": "function", "function": .object(function)]
    }

    // MARK: Answers

    static func plan(
        _ endpoint: Endpoint = .chatCompletions, stream: Bool = false, includeUsage: Bool = false
    ) -> AnswerPlan {
        .sample(endpoint, kind: .anthropic, stream: stream, includeUsage: includeUsage, model: Model.budget)
    }

    static func message(
        _ content: [JSONValue], stop: JSONValue = "end_turn", _ more: JSONObject = [:]
    ) -> JSONValue {
        var message: JSONObject = [
            "id": "msg_01abc", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5-20250929",
            "content": .array(content), "stop_reason": stop, "stop_sequence": nil,
            "usage": ["input_tokens": 10, "output_tokens": 5],
        ]
        for (key, value) in more { message[key] = value }
        return .object(message)
    }

    static func text(_ text: String) -> JSONValue { ["type": "text", "text": .string(text)] }

    static func toolUse(_ id: String, _ name: String = "look", _ input: JSONValue = [:]) -> JSONValue {
        ["type": "tool_use", "id": .string(id), "name": .string(name), "input": input]
    }

    static func translate(_ message: JSONValue, _ plan: AnswerPlan = plan(), status: Int = 200) -> AnswerOutcome {
        dialect.translate(message.bytes, head: .of(status), plan: plan)
    }

    static func parsed(_ answer: TranslatedAnswer) -> JSONValue { (try? JSONValue(parsing: answer.body)) ?? .null }
}
