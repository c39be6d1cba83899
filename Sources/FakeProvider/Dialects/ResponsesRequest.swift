import WireJSON

/// Reads `POST /v1/responses`.
struct ResponsesRequest {
    let body: JSONValue
    let context: AnswerContext

    func prompt() throws(FakeFailure) -> Prompt {
        let reader = OpenAIRequest(body: body, context: context)
        var prompt = Prompt()
        prompt.model = try reader.model()
        prompt.stream = body["stream"]?.boolValue ?? false
        prompt.maxTokens = body["max_output_tokens"]?.intValue
        if let text = body["instructions"]?.stringValue { prompt.take(TurnContent(text: text), isUser: false) }
        if let text = body["input"]?.stringValue {
            prompt.take(TurnContent(text: text), isUser: true)
        } else if let items = body["input"]?.arrayValue, !items.isEmpty {
            for item in items { take(item, into: &prompt) }
        } else {
            throw reader.bad("Missing required parameter: 'input'.", "input")
        }
        for tool in body["tools"]?.arrayValue ?? [] where tool["type"]?.stringValue == "function" {
            guard let name = tool["name"]?.stringValue else { continue }
            prompt.tools.append(Prompt.Tool(name: name, schema: tool["parameters"]))
        }
        prompt.toolChoice = OpenAIRequest.choice(body["tool_choice"])
        prompt.allowsParallelCalls = body["parallel_tool_calls"]?.boolValue ?? true
        let format = body["text"]?["format"]
        switch format?["type"]?.stringValue {
        case "json_object": prompt.format = .object
        case "json_schema": prompt.format = .schema(format?["schema"] ?? .object([:]))
        default: break
        }
        return prompt
    }

    private func take(_ item: JSONValue, into prompt: inout Prompt) {
        if item["type"]?.stringValue == "function_call_output" {
            prompt.takeToolResult(item["output"]?.stringValue ?? item["output"]?.text ?? "")
            return
        }
        guard let role = item["role"]?.stringValue else { return }
        prompt.take(OpenAIRequest.content(item["content"]), isUser: role == "user")
        if role == "assistant" { prompt.toolResults = [] }
    }
}
