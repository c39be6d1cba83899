import WireJSON

/// Reads and checks requests in OpenAI's format and its variants.
struct OpenAIRequest {
    let body: JSONValue
    let context: AnswerContext

    // MARK: Chat

    func chat() throws(FakeFailure) -> Prompt {
        var prompt = try common()
        guard let messages = body["messages"]?.arrayValue else {
            throw bad("Missing required parameter: 'messages'.", "messages")
        }
        if messages.isEmpty { throw bad("Invalid 'messages': empty array.", "messages") }
        for (index, message) in messages.enumerated() {
            try take(message, at: index, into: &prompt)
        }
        takeTools(&prompt)
        try takeFormat(&prompt)
        try checkModel(prompt)
        if context.dialect == .groq { try checkGroq(messages) }
        return prompt
    }

    func completion() throws(FakeFailure) -> Prompt {
        var prompt = try common()
        let texts = Self.texts(body["prompt"])
        prompt.take(TurnContent(text: texts.joined(separator: "\n")), isUser: true)
        if prompt.maxTokens == nil { prompt.maxTokens = 16 }
        return prompt
    }

    private func common() throws(FakeFailure) -> Prompt {
        var prompt = Prompt()
        prompt.model = try model()
        prompt.maxTokens = body["max_completion_tokens"]?.intValue ?? body["max_tokens"]?.intValue
        if let limit = prompt.maxTokens, limit < 1 { throw bad("'max_tokens' must be at least 1.", "max_tokens") }
        prompt.stop =
            body["stop"]?.stringValue.map { [$0] } ?? body["stop"]?.arrayValue?.compactMap(\.stringValue) ?? []
        prompt.choices = body["n"]?.intValue ?? 1
        prompt.stream = body["stream"]?.boolValue ?? false
        let options = body["stream_options"]
        if options?.objectValue != nil, !prompt.stream, context.dialect == .openai {
            throw bad("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
        }
        prompt.includeUsage = options?["include_usage"]?.boolValue ?? false
        return prompt
    }

    func model() throws(FakeFailure) -> String {
        if let name = body["model"]?.stringValue ?? context.route.model { return name }
        throw bad("you must provide a model parameter", nil)
    }

    private func take(_ message: JSONValue, at index: Int, into prompt: inout Prompt) throws(FakeFailure) {
        let content = Self.content(message["content"])
        switch message["role"]?.stringValue {
        case "user": prompt.take(content, isUser: true)
        case "system", "developer": prompt.take(content, isUser: false)
        case "assistant":
            prompt.take(content, isUser: false)
            prompt.toolResults = []
            for call in message["tool_calls"]?.arrayValue ?? [] {
                prompt.textBytes += call["function"]?["arguments"]?.stringValue?.utf8.count ?? 0
            }
        case "tool", "function":
            if message["role"]?.stringValue == "tool", message["tool_call_id"]?.stringValue == nil {
                throw bad(
                    "Missing required parameter: 'messages[\(index)].tool_call_id'.", "messages[\(index)].tool_call_id")
            }
            prompt.takeToolResult(content.text)
        default: throw bad("Invalid value for 'messages[\(index)].role'.", "messages[\(index)].role")
        }
    }

    static func content(_ value: JSONValue?) -> TurnContent {
        var content = TurnContent(text: value?.stringValue ?? "")
        for part in value?.arrayValue ?? [] {
            switch part["type"]?.stringValue {
            case "text", "input_text", "output_text": content.add(text: part["text"]?.stringValue ?? "")
            case "image_url", "input_image":
                let url = part["image_url"]?["url"]?.stringValue ?? part["image_url"]?.stringValue ?? ""
                content.add(.image, mediaType: TurnContent.mediaType(ofDataURL: url))
            case "file", "input_file":
                let data = part["file"]?["file_data"]?.stringValue ?? part["file_data"]?.stringValue ?? ""
                content.add(.document, mediaType: TurnContent.mediaType(ofDataURL: data))
            case "input_audio": content.add(.audio, mediaType: part["input_audio"]?["format"]?.stringValue)
            default: break
            }
        }
        return content
    }

    private func takeTools(_ prompt: inout Prompt) {
        for tool in body["tools"]?.arrayValue ?? [] {
            let function = tool["function"] ?? tool["custom"] ?? tool
            guard let name = function["name"]?.stringValue else { continue }
            prompt.tools.append(Prompt.Tool(name: name, schema: function["parameters"]))
        }
        for function in body["functions"]?.arrayValue ?? [] {
            guard let name = function["name"]?.stringValue else { continue }
            prompt.tools.append(Prompt.Tool(name: name, schema: function["parameters"]))
        }
        prompt.allowsParallelCalls = body["parallel_tool_calls"]?.boolValue ?? true
        prompt.toolChoice = Self.choice(body["tool_choice"] ?? body["function_call"])
    }

    static func choice(_ value: JSONValue?) -> Prompt.ToolChoice {
        if let name = value?["function"]?["name"]?.stringValue ?? value?["custom"]?["name"]?.stringValue
            ?? value?["name"]?.stringValue
        {
            return .named(name)
        }
        switch value?.stringValue ?? value?["allowed_tools"]?["mode"]?.stringValue {
        case "none": return .none
        case "required": return .required
        default: return .auto
        }
    }

    private func takeFormat(_ prompt: inout Prompt) throws(FakeFailure) {
        let format = body["response_format"]
        switch format?["type"]?.stringValue {
        case "json_object":
            // OpenAI insists that the prompt speaks of JSON; an endless run of white space would follow otherwise.
            let speaks = body["messages"]?.text.lowercased().contains("json") ?? false
            if context.dialect == .openai, !speaks {
                throw bad(
                    "'messages' must contain the word 'json' to use 'response_format' of type 'json_object'.",
                    "messages")
            }
            prompt.format = .object
        case "json_schema":
            guard let schema = format?["json_schema"]?["schema"] else {
                throw bad("Missing required parameter: 'response_format.json_schema.schema'.", "response_format")
            }
            prompt.format = .schema(schema)
        default: break
        }
    }

    // MARK: What single models and providers refuse

    /// o-series and GPT-5 take neither `max_tokens` nor a temperature.
    private func checkModel(_ prompt: Prompt) throws(FakeFailure) {
        let name = prompt.model.split(separator: "/").last.map(String.init) ?? prompt.model
        let isReasoning = ["o1", "o3", "o4", "gpt-5"].contains { name.hasPrefix($0) }
        guard context.dialect == .openai || context.dialect == .azure, isReasoning else { return }
        if body["max_tokens"]?.intValue != nil {
            throw context.failure(
                .unsupported,
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
                param: "max_tokens", model: prompt.model)
        }
        if let value = body["temperature"]?.numberValue?.double, value != 1 {
            throw context.failure(
                .unsupported, "Unsupported value: 'temperature' does not support \(value) with this model.",
                param: "temperature", model: prompt.model)
        }
    }

    private func checkGroq(_ messages: [JSONValue]) throws(FakeFailure) {
        for name in ["logprobs", "top_logprobs", "logit_bias"] where !(body[name]?.isNull ?? true) {
            throw context.failure(.unsupported, param: name)
        }
        if let count = body["n"]?.intValue, count != 1 { throw context.failure(.unsupported, param: "n") }
        if messages.contains(where: { $0["name"] != nil }) {
            throw context.failure(.unsupported, param: "messages[].name")
        }
    }

    // MARK: Helpers

    /// A string, strings, tokens or token arrays; numbers become words so that they can be hashed.
    static func texts(_ value: JSONValue?) -> [String] {
        guard let value else { return [] }
        if let text = value.stringValue { return [text] }
        guard let items = value.arrayValue else { return [] }
        if items.first?.intValue != nil { return [tokens(items)] }
        return items.compactMap { $0.stringValue ?? $0.arrayValue.map(tokens) }
    }

    private static func tokens(_ items: [JSONValue]) -> String {
        items.compactMap { $0.intValue.map { String($0) } }.joined(separator: " ")
    }

    func bad(_ message: String, _ param: String?) -> FakeFailure {
        context.failure(.badRequest, message, param: param)
    }
}
