import WireJSON

/// Reads and checks Gemini's `generateContent`; members are accepted in camelCase and snake_case.
struct GeminiRequest {
    let body: JSONValue
    let context: AnswerContext

    func prompt(stream: Bool) throws(FakeFailure) -> Prompt {
        var prompt = Prompt()
        prompt.model = context.route.model ?? ""
        prompt.stream = stream
        guard let contents = body["contents"]?.arrayValue, !contents.isEmpty else {
            throw bad("* GenerateContentRequest.contents: contents is not specified")
        }
        if let system = get(body, "systemInstruction", "system_instruction") {
            prompt.take(try content(system).turn, isUser: false)
        }
        try takeContents(contents, into: &prompt)
        try takeConfig(&prompt)
        takeTools(&prompt)
        return prompt
    }

    private func takeContents(_ contents: [JSONValue], into prompt: inout Prompt) throws(FakeFailure) {
        var openCalls = 0
        for turn in contents {
            let (content, calls, results, isSigned) = try self.content(turn)
            if openCalls > 0, results.count != openCalls {
                throw bad(
                    "Please ensure that the number of function response parts is equal to the number of function call parts "
                        + "of the function call turn.")
            }
            // Only Gemini 3 insists on the signature of the turn's first call.
            if calls > 0, !isSigned, prompt.model.contains("gemini-3") {
                throw bad("Function call is missing a thought_signature in functionCall parts.")
            }
            openCalls = calls
            if turn["role"]?.stringValue == "model" {
                prompt.take(content, isUser: false)
                prompt.toolResults = []
            } else if results.isEmpty {
                prompt.take(content, isUser: true)
            } else {
                prompt.textBytes += content.text.utf8.count
                prompt.toolResults = []
                for result in results { prompt.takeToolResult(result) }
            }
        }
    }

    private func content(
        _ turn: JSONValue
    ) throws(FakeFailure) -> (turn: TurnContent, calls: Int, results: [String], isSigned: Bool) {
        var content = TurnContent()
        var calls = 0
        var results: [String] = []
        var isSigned = false
        guard let parts = turn["parts"]?.arrayValue else {
            throw bad("* GenerateContentRequest.contents.parts: required")
        }
        for part in parts {
            if let text = part["text"]?.stringValue, part["thought"]?.boolValue != true { content.add(text: text) }
            if let data = get(part, "inlineData", "inline_data") {
                let type = get(data, "mimeType", "mime_type")?.stringValue
                content.add(kind(of: type), mediaType: type)
            }
            if let file = get(part, "fileData", "file_data") {
                content.add(.document, mediaType: get(file, "mimeType", "mime_type")?.stringValue)
            }
            if get(part, "functionCall", "function_call") != nil {
                if calls == 0 { isSigned = get(part, "thoughtSignature", "thought_signature") != nil }
                calls += 1
            }
            if let result = get(part, "functionResponse", "function_response") {
                guard result["name"]?.stringValue?.isEmpty == false else {
                    throw bad("function_response.name: Name cannot be empty.")
                }
                guard let response = result["response"], response.objectValue != nil else {
                    throw bad(
                        "Invalid value at 'function_response.response' (type.googleapis.com/google.protobuf.Struct)")
                }
                results.append(response["result"]?.stringValue ?? response.text)
            }
        }
        return (content, calls, results, isSigned)
    }

    private func kind(of mediaType: String?) -> Prompt.Medium.Kind {
        let type = mediaType ?? ""
        return type.hasPrefix("image/") ? .image : type.hasPrefix("audio/") ? .audio : .document
    }

    private func takeConfig(_ prompt: inout Prompt) throws(FakeFailure) {
        guard let config = get(body, "generationConfig", "generation_config") else { return }
        prompt.maxTokens = get(config, "maxOutputTokens", "max_output_tokens")?.intValue
        prompt.stop = get(config, "stopSequences", "stop_sequences")?.arrayValue?.compactMap(\.stringValue) ?? []
        if prompt.stop.count > 5 { throw bad("* GenerateContentRequest.generation_config.stop_sequences: at most 5") }
        prompt.choices = get(config, "candidateCount", "candidate_count")?.intValue ?? 1
        if prompt.choices > 8 { throw bad("* GenerateContentRequest.generation_config.candidate_count: at most 8") }
        let thinking = get(config, "thinkingConfig", "thinking_config")
        if let thinking, get(thinking, "thinkingBudget", "thinking_budget") != nil,
            get(thinking, "thinkingLevel", "thinking_level") != nil
        {
            throw bad("You can only set only one of thinking budget and thinking level.")
        }
        if get(config, "responseMimeType", "response_mime_type")?.stringValue == "application/json" {
            let schema =
                get(config, "responseJsonSchema", "response_json_schema")
                ?? get(config, "responseSchema", "response_schema")
            prompt.format = schema.map { .schema($0) } ?? .object
        }
    }

    private func takeTools(_ prompt: inout Prompt) {
        for tool in body["tools"]?.arrayValue ?? [] {
            for function in get(tool, "functionDeclarations", "function_declarations")?.arrayValue ?? [] {
                guard let name = function["name"]?.stringValue else { continue }
                let schema = get(function, "parametersJsonSchema", "parameters_json_schema") ?? function["parameters"]
                prompt.tools.append(Prompt.Tool(name: name, schema: schema))
            }
        }
        guard let config = get(body, "toolConfig", "tool_config"),
            let calling = get(config, "functionCallingConfig", "function_calling_config")
        else { return }
        let allowed =
            get(calling, "allowedFunctionNames", "allowed_function_names")?.arrayValue?.compactMap(\.stringValue) ?? []
        switch calling["mode"]?.stringValue {
        case "NONE": prompt.toolChoice = .none
        case "ANY" where allowed.count == 1: prompt.toolChoice = .named(allowed[0])
        case "ANY": prompt.toolChoice = .required
        default: prompt.toolChoice = .auto
        }
        if !allowed.isEmpty { prompt.tools.removeAll { !allowed.contains($0.name) } }
    }

    private func get(_ value: JSONValue, _ camel: String, _ snake: String) -> JSONValue? {
        value[camel] ?? value[snake]
    }

    private func bad(_ message: String) -> FakeFailure {
        context.failure(.badRequest, message)
    }
}
