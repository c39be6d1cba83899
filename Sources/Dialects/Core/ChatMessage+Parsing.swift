import WireJSON

extension ChatMessage {
    /// Roles in the order of OpenAI's own message.
    static let roleNames = ["system", "assistant", "user", "function", "tool", "developer"]

    /// The `messages` array, checked whole.
    static func list(parsing value: JSONValue?) throws(WireError) -> [ChatMessage] {
        guard let value else { throw .missing("messages") }
        guard case .array(let elements) = value else {
            throw .wrongType("messages", expected: "an array of objects", got: value.typeWithArticle)
        }
        guard !elements.isEmpty else { throw .emptyArray("messages") }
        var messages: [ChatMessage] = []
        messages.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            let reader = try ParamReader(element, at: .element(.top("messages"), index))
            messages.append(try ChatMessage(parsing: reader))
        }
        FunctionLinks.connect(&messages)
        return messages
    }

    private init(parsing reader: ParamReader) throws(WireError) {
        guard let role = try reader.choice("role", of: Role.self, supported: Self.roleNames) else {
            throw reader.missing("role")
        }
        self.init(role: role, parts: [])
        name = try reader.string("name")
        switch role {
        case .system, .developer: try readContent(reader, place: .instruction)
        case .user: try readContent(reader, place: .user)
        case .tool:
            toolCallID = try reader.requiredString("tool_call_id")
            try readContent(reader, place: .tool)
        case .function:
            toolCallID = try reader.requiredString("name")
            // The old API allows null: a function without a result.
            try readContent(reader, place: .tool, isOptional: true)
        case .assistant: try readAssistant(reader)
        }
    }

    private mutating func readContent(
        _ reader: ParamReader, place: ChatPart.Place, isOptional: Bool = false
    ) throws(WireError) {
        switch reader["content"] {
        case .string(let text)?: parts = [.text(text, cacheControl: nil)]
        case .array(let elements)?:
            guard !elements.isEmpty else { throw .emptyArray(reader.path.member("content").text) }
            parts.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                let part = try ParamReader(element, at: reader.path.member("content").element(index))
                if place == .assistant, part["type"]?.stringValue == "refusal" {
                    refusal = refusal ?? ""
                    refusal? += try part.requiredString("refusal", allowsEmpty: true)
                } else {
                    parts.append(try ChatPart(parsing: part, place: place))
                }
            }
        case nil where isOptional: return
        case let value:
            // Absent is a missing parameter, null and everything else a wrong type.
            guard let value = value ?? reader.object["content"] else { throw reader.missing("content") }
            throw reader.wrongType("content", "one of a string or array of objects", value)
        }
    }

    private mutating func readAssistant(_ reader: ParamReader) throws(WireError) {
        refusal = try reader.string("refusal")
        // An empty list is OpenAI's error, but common in stored histories and without ambiguity.
        for (index, call) in (try reader.array("tool_calls") ?? []).enumerated() {
            let place = reader.path.member("tool_calls").element(index)
            toolCalls.append(try ChatToolCall(parsing: ParamReader(call, at: place)))
        }
        if toolCalls.isEmpty, reader["function_call"] != nil {
            let function = try reader.requiredObject("function_call")
            let name = try function.requiredString("name")
            let arguments = try function.requiredString("arguments", allowsEmpty: true)
            toolCalls = [ChatToolCall(id: "", name: name, arguments: arguments)]
        }
        reasoning = (reader["reasoning_content"] ?? reader["reasoning"])?.stringValue
        let isOptional = !toolCalls.isEmpty || refusal != nil || reasoning != nil || reader["audio"] != nil
        try readContent(reader, place: .assistant, isOptional: isOptional)
    }
}

extension ChatToolCall {
    /// One element of an assistant's `tool_calls`.
    init(parsing reader: ParamReader) throws(WireError) {
        let id = try reader.requiredString("id")
        switch try reader.string("type") {
        case nil, "function"?: break
        case "custom"?: throw .customTool(at: reader.path)
        case let type?: throw reader.invalid("type", type, supported: ["function", "custom"])
        }
        let function = try reader.requiredObject("function")
        self.init(
            id: id, name: try function.requiredString("name"),
            arguments: try function.requiredString("arguments", allowsEmpty: true),
            thoughtSignature: reader["extra_content"]?["google"]?["thought_signature"]?.stringValue)
    }
}

/// Gives the calls of the old `function_call` members ids, and their results the same ids: the name of the
/// function, numbered from its second call on. Providers want every id once.
private enum FunctionLinks {
    static func connect(_ messages: inout [ChatMessage]) {
        var calls: [String: Int] = [:]
        for index in messages.indices {
            if messages[index].role == .assistant, let call = messages[index].toolCalls.first, call.id.isEmpty {
                calls[call.name, default: 0] += 1
                messages[index].toolCalls[0].id = id(call.name, calls[call.name])
            } else if messages[index].role == .function, let name = messages[index].toolCallID {
                messages[index].toolCallID = id(name, calls[name])
            }
        }
    }

    private static func id(_ name: String, _ number: Int?) -> String {
        guard let number, number > 1 else { return name }
        return "\(name)_\(number)"
    }
}
