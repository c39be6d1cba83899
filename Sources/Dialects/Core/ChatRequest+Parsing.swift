import WireJSON

extension ChatRequest {
    /// Decodes a chat or completions request whole. Everything contracts, section 1.3 lists is checked; a 400 names
    /// the member (`messages[2].content[0].image_url.url`) in OpenAI's words. Unknown top-level members are
    /// ignored here and kept in ``members``.
    package init(parsing request: ClientRequest) throws(WireError) {
        // Types and ranges of plain parameters: one table for this path and for the one that relays bytes.
        let checked = try ClientRequest(checking: request.body, endpoint: request.endpoint)
        let root: JSONValue
        do {
            root = try JSONValue(parsing: checked.body, limits: .translatedRequest)
        } catch {
            throw WireError(error)
        }
        guard case .object(let object) = root else {
            throw .invalidRequest("The request body must be a JSON object.")
        }
        self.init()
        members = object
        switch request.endpoint {
        case .chatCompletions: messages = try ChatMessage.list(parsing: object["messages"])
        case .completions:
            let prompt = try CompletionsAdapter.prompt(object)
            messages = [ChatMessage(role: .user, parts: [.text(prompt, cacheControl: nil)])]
        case .embeddings: throw .invalidRequest("This model does not answer embeddings requests.", param: "model")
        }
        let reader = ParamReader(members: object)
        readSampling()
        if request.endpoint == .chatCompletions { try readChatMembers(reader) }
        try readIdentity(reader)
        if responseFormat == .jsonObject { try requireTheWordJSON() }
    }

    private mutating func readSampling() {
        maxTokens = integer("max_completion_tokens") ?? integer("max_tokens")
        temperature = members["temperature"]?.numberValue
        topP = members["top_p"]?.numberValue
        topK = integer("top_k")
        frequencyPenalty = members["frequency_penalty"]?.numberValue
        presencePenalty = members["presence_penalty"]?.numberValue
        seed = integer("seed")
        choices = integer("n") ?? 1
        switch members["stop"] {
        case .string(let text)?: stop = [text]
        case .array(let texts)?: stop = texts.compactMap(\.stringValue)
        default: break
        }
    }

    private mutating func readChatMembers(_ reader: ParamReader) throws(WireError) {
        tools = try ChatTool.list(parsing: reader)
        toolChoice = try ChatToolChoice.parsing(reader, tools: tools)
        parallelToolCalls = try reader.boolean("parallel_tool_calls")
        responseFormat = try ChatResponseFormat.parsing(reader)
        reasoningEffort = try reader.choice(
            "reasoning_effort", of: ReasoningEffort.self, supported: ReasoningEffort.allCases.map(\.rawValue))
        logprobs = try reader.boolean("logprobs")
        topLogprobs = try reader.integer("top_logprobs")
        if topLogprobs != nil, logprobs != true {
            throw .invalidRequest(
                "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", param: "top_logprobs")
        }
    }

    private mutating func readIdentity(_ reader: ParamReader) throws(WireError) {
        let safetyIdentifier = try reader.string("safety_identifier")
        user = try reader.string("user") ?? safetyIdentifier
        serviceTier = try reader.string("service_tier")
    }

    private func integer(_ name: String) -> Int? { members[name]?.intValue }

    /// OpenAI's own condition for `json_object`: without the word models may write white space for ever.
    private func requireTheWordJSON() throws(WireError) {
        let isNamed = messages.contains { message in
            let text = Array(message.text.utf8)
            return text.indices.dropLast(3).contains { start in
                zip(text[start...], "json".utf8).allSatisfy { $0 | 0x20 == $1 }
            }
        }
        guard !isNamed else { return }
        throw .invalidRequest(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
            param: "messages")
    }
}
