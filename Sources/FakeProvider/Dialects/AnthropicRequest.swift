import WireJSON

/// Reads and checks `POST /v1/messages`.
struct AnthropicRequest {
    let body: JSONValue
    let context: AnswerContext

    /// - Parameter countsOnly: `count_tokens` needs no `max_tokens`.
    func prompt(countsOnly: Bool = false) throws(FakeFailure) -> Prompt {
        var prompt = Prompt()
        guard let version = context.request.headers.first("anthropic-version") else {
            throw bad("anthropic-version: header is required")
        }
        guard let model = body["model"]?.stringValue else { throw bad("model: Field required") }
        prompt.model = model
        prompt.maxTokens = body["max_tokens"]?.intValue
        if prompt.maxTokens == nil, !countsOnly { throw bad("max_tokens: Field required") }
        guard let messages = body["messages"]?.arrayValue, !messages.isEmpty else {
            throw bad("messages: at least one message is required")
        }
        try checkSampling(version)
        prompt.take(content(body["system"]), isUser: false)
        try takeMessages(messages, into: &prompt)
        try checkThinking(prompt)
        takeTools(&prompt)
        prompt.stop = body["stop_sequences"]?.arrayValue?.compactMap(\.stringValue) ?? []
        prompt.stream = body["stream"]?.boolValue ?? false
        let format = body["output_config"]?["format"] ?? body["output_format"]
        if format?["type"]?.stringValue == "json_schema", let schema = format?["schema"] {
            prompt.format = .schema(schema)
        }
        return prompt
    }

    private func checkSampling(_ version: String) throws(FakeFailure) {
        if let value = body["temperature"]?.numberValue?.double, !(0...1).contains(value) {
            throw bad("temperature: range: 0..1")
        }
        guard version >= "2026-10-21" else { return }
        for name in ["temperature", "top_p", "top_k"] where body[name] != nil {
            throw bad("\(name): this parameter is not accepted by API version \(version)")
        }
    }

    private func checkThinking(_ prompt: Prompt) throws(FakeFailure) {
        guard let budget = body["thinking"]?["budget_tokens"]?.intValue else { return }
        if budget < 1024 { throw bad("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024") }
        if let limit = prompt.maxTokens, limit <= budget {
            throw bad("`max_tokens` must be greater than `thinking.budget_tokens`")
        }
        if body["temperature"]?.numberValue?.double ?? 1 != 1 {
            throw bad("`temperature` may only be set to 1 when thinking is enabled")
        }
        let choice = body["tool_choice"]?["type"]?.stringValue
        if choice == "any" || choice == "tool" {
            throw bad("Thinking may not be enabled when tool_choice forces tool use.")
        }
    }

    private func takeMessages(_ messages: [JSONValue], into prompt: inout Prompt) throws(FakeFailure) {
        var open: Set<String> = []
        for (index, message) in messages.enumerated() {
            let role = message["role"]?.stringValue
            guard role == "user" || role == "assistant" || role == "system" else {
                throw bad("messages.\(index).role: Input should be 'user' or 'assistant'")
            }
            let blocks = message["content"]?.arrayValue ?? []
            let results = blocks.filter { $0["type"]?.stringValue == "tool_result" }
            let answered = Set(results.compactMap { $0["tool_use_id"]?.stringValue })
            if !open.subtracting(answered).isEmpty {
                throw bad("messages.\(index): `tool_use` ids were found without `tool_result` blocks immediately after")
            }
            if !answered.subtracting(open).isEmpty {
                throw bad("messages.\(index): unexpected `tool_use_id` found in `tool_result` blocks")
            }
            open = Set(blocks.filter { $0["type"]?.stringValue == "tool_use" }.compactMap { $0["id"]?.stringValue })
            try checkText(message, index)
            let content = content(message["content"])
            if results.isEmpty {
                prompt.take(content, isUser: role == "user")
            } else {
                prompt.textBytes += content.text.utf8.count
                prompt.toolResults = []
                for result in results { prompt.takeToolResult(self.content(result["content"]).text) }
            }
            if role == "assistant" { prompt.toolResults = [] }
        }
        if !open.isEmpty {
            throw bad("messages: `tool_use` ids were found without `tool_result` blocks immediately after")
        }
    }

    private func checkText(_ message: JSONValue, _ index: Int) throws(FakeFailure) {
        let isEmptyBlock = message["content"]?.arrayValue?.contains { block in
            block["type"]?.stringValue == "text" && block["text"]?.stringValue?.isEmpty == true
        }
        if isEmptyBlock == true { throw bad("messages: text content blocks must be non-empty") }
        if message["content"] == nil { throw bad("messages.\(index).content: Field required") }
    }

    private func content(_ value: JSONValue?) -> TurnContent {
        var content = TurnContent(text: value?.stringValue ?? "")
        for block in value?.arrayValue ?? [] {
            switch block["type"]?.stringValue {
            case "text": content.add(text: block["text"]?.stringValue ?? "")
            case "image": content.add(.image, mediaType: block["source"]?["media_type"]?.stringValue)
            case "document": content.add(.document, mediaType: block["source"]?["media_type"]?.stringValue)
            default: break
            }
        }
        return content
    }

    private func takeTools(_ prompt: inout Prompt) {
        for tool in body["tools"]?.arrayValue ?? [] {
            guard let name = tool["name"]?.stringValue else { continue }
            prompt.tools.append(Prompt.Tool(name: name, schema: tool["input_schema"]))
        }
        let choice = body["tool_choice"]
        prompt.allowsParallelCalls = !(choice?["disable_parallel_tool_use"]?.boolValue ?? false)
        switch choice?["type"]?.stringValue {
        case "none": prompt.toolChoice = .none
        case "any": prompt.toolChoice = .required
        case "tool": prompt.toolChoice = .named(choice?["name"]?.stringValue ?? "")
        default: prompt.toolChoice = .auto
        }
    }

    private func bad(_ message: String) -> FakeFailure {
        context.failure(.badRequest, message)
    }
}
