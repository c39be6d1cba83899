import WireJSON

/// Writes answers in OpenAI's format, with the habits of Azure, Groq, OpenRouter and Ollama.
struct OpenAIWriter {
    let context: AnswerContext
    let prompt: Prompt
    let reply: Reply
    /// `/v1/completions` answers with `text_completion`.
    let isLegacy: Bool

    var dialect: FakeDialect { context.dialect }

    var id: String {
        switch dialect {
        case .openrouter: context.id("gen-")
        case .ollama: "chatcmpl-\(context.serial)"
        default: context.id(isLegacy ? "cmpl-" : "chatcmpl-")
        }
    }

    var fingerprint: String { dialect == .ollama ? "fp_ollama" : "fp_fake" }

    func callID(choice: Int, call: Int) -> String {
        context.id("call_", choice * 128 + call + 1)
    }

    // MARK: Whole answers

    func whole() -> FakeAnswer {
        var body: JSONObject = [
            "id": .string(id), "object": isLegacy ? "text_completion" : "chat.completion",
            "created": .number(JSONNumber(context.now)), "model": .string(prompt.model),
        ]
        if dialect == .openrouter { body["provider"] = "Fake" }
        body["choices"] = .array(reply.choices.enumerated().map { choice($0.offset, $0.element) })
        if context.behaviour.usage != .omitted { body["usage"] = .object(usage()) }
        body["system_fingerprint"] = .string(fingerprint)
        switch dialect {
        case .openai, .azure, .openrouter: body["service_tier"] = "default"
        case .groq:
            body["usage_breakdown"] = nil
            body["x_groq"] = ["id": .string(context.id("req_"))]
        default: break
        }
        var answer = FakeAnswer.json(.object(body), headers: headers)
        // OpenRouter keeps whole answers alive with white space before the body.
        if dialect == .openrouter, let pings = context.behaviour.pings {
            let padding = Array(repeating: Array("\n         \n".utf8), count: pings).flatMap(\.self)
            answer.body = .whole(padding + answer.body.bytes)
        }
        return answer
    }

    private func choice(_ index: Int, _ choice: Reply.Choice) -> JSONValue {
        var object: JSONObject = ["index": .number(JSONNumber(index))]
        if isLegacy {
            object["text"] = .string(choice.text)
        } else {
            object["message"] = .object(message(index, choice))
        }
        object["logprobs"] = .null
        object["finish_reason"] = .string(choice.finish.rawValue)
        if dialect == .openrouter { object["native_finish_reason"] = .string(choice.finish.rawValue) }
        if dialect == .azure { object["content_filter_results"] = Self.filterResults }
        return .object(object)
    }

    static let filterResults: JSONValue = [
        "hate": ["filtered": false, "severity": "safe"], "violence": ["filtered": false, "severity": "safe"],
    ]

    private func message(_ index: Int, _ choice: Reply.Choice) -> JSONObject {
        var message: JSONObject = ["role": "assistant"]
        let hasText = choice.calls.isEmpty && choice.refusal == nil
        message["content"] = hasText ? .string(choice.text) : dialect == .ollama ? "" : .null
        if dialect == .openai || dialect == .azure || dialect == .openrouter || choice.refusal != nil {
            message["refusal"] = choice.refusal.map { .string($0) } ?? .null
        }
        if dialect == .openai { message["annotations"] = [] }
        if !reply.thoughts.isEmpty { addThoughts(&message) }
        if !choice.calls.isEmpty {
            message["tool_calls"] = .array(
                choice.calls.enumerated().map { entry in
                    .object(call(entry.element, choice: index, index: entry.offset, inStream: false))
                })
        }
        return message
    }

    private func addThoughts(_ message: inout JSONObject) {
        let text = reply.thoughts.joined()
        switch dialect {
        case .openai, .azure: message["reasoning_content"] = .string(text)
        case .openrouter:
            message["reasoning"] = .string(text)
            message["reasoning_details"] = [thoughtDetail(text, signature: "fake-signature")]
        default: message["reasoning"] = .string(text)
        }
    }

    func thoughtDetail(_ text: String, signature: String?) -> JSONValue {
        var detail: JSONObject = ["type": "reasoning.text", "text": .string(text), "format": "unknown", "index": 0]
        if let signature { detail["signature"] = .string(signature) }
        return .object(detail)
    }

    /// A tool call with its whole arguments.
    func call(_ call: Reply.Call, choice: Int, index: Int, inStream: Bool) -> JSONObject {
        var object: JSONObject = inStream || dialect == .ollama ? ["index": .number(JSONNumber(index))] : [:]
        object["id"] = .string(callID(choice: choice, call: index))
        object["type"] = "function"
        object["function"] = ["name": .string(call.name), "arguments": .string(call.arguments.text)]
        return object
    }

    // MARK: Usage and headers

    func usage() -> JSONObject {
        let numbers = reply.usage
        var usage: JSONObject = [
            "prompt_tokens": .number(JSONNumber(numbers.prompt)),
            "completion_tokens": .number(JSONNumber(numbers.completion)),
            "total_tokens": .number(JSONNumber(numbers.total)),
        ]
        let cached: JSONValue = .number(JSONNumber(numbers.cached))
        let reasoning: JSONValue = .number(JSONNumber(numbers.reasoning))
        switch dialect {
        case .ollama: break
        case .groq:
            for (name, seconds) in [
                ("queue_time", 0.01), ("prompt_time", 0.002), ("completion_time", 0.03), ("total_time", 0.032),
            ] {
                usage[name] = .number(JSONNumber(seconds))
            }
            if numbers.cached > 0 { usage["prompt_tokens_details"] = ["cached_tokens": cached] }
            if numbers.reasoning > 0 { usage["completion_tokens_details"] = ["reasoning_tokens": reasoning] }
        case .openrouter:
            usage["cost"] = .number(JSONNumber(Double(numbers.total) / 1_000_000))
            usage["is_byok"] = false
            usage["prompt_tokens_details"] = ["cached_tokens": cached, "cache_write_tokens": 0, "audio_tokens": 0]
            usage["completion_tokens_details"] = ["reasoning_tokens": reasoning, "image_tokens": 0]
        default:
            usage["prompt_tokens_details"] = ["cached_tokens": cached, "audio_tokens": 0]
            usage["completion_tokens_details"] = [
                "reasoning_tokens": reasoning, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            ]
        }
        return usage
    }

    var headers: [FakeHeader] {
        let request = FakeHeader("x-request-id", context.id("req_"))
        let limits = [
            FakeHeader("x-ratelimit-limit-requests", "10000"), FakeHeader("x-ratelimit-remaining-requests", "9999"),
            FakeHeader("x-ratelimit-reset-requests", "8.64s"), FakeHeader("x-ratelimit-limit-tokens", "2000000"),
            FakeHeader("x-ratelimit-remaining-tokens", "1999000"), FakeHeader("x-ratelimit-reset-tokens", "30ms"),
        ]
        switch dialect {
        case .openai:
            return [request, FakeHeader("openai-processing-ms", "12"), FakeHeader("openai-version", "2020-10-01")]
                + limits
        case .azure: return [request, FakeHeader("apim-request-id", context.id(""))]
        case .groq: return [request, FakeHeader("x-groq-region", "fake")] + limits
        case .openrouter: return [FakeHeader("x-generation-id", id)]
        default: return []
        }
    }
}
