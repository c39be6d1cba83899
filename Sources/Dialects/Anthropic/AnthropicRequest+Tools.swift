import WireJSON

extension AnthropicRequest {
    /// Forcing a tool is refused together with thinking, and by some models altogether.
    private var canForce: Bool { !thinking.isOn && target.capabilities.forcedToolUse != false }

    /// The declared tools, with the one for structured output last.
    mutating func tools() -> [JSONValue] {
        var tools: [JSONValue] = []
        let offered = offeredNames()
        for tool in chat.tools where offered?.contains(tool.name) ?? true { tools.append(definition(of: tool)) }
        if let outputTool { tools.append(outputTool.definition) }
        // Tool blocks in the history are refused where no tool is declared.
        if tools.isEmpty {
            tools = namesInHistory().map { ["name": .string($0), "input_schema": AnthropicSchema.empty] }
        }
        return tools
    }

    /// There is no choice among some tools: only those are declared. The same goes for one that cannot be forced.
    /// nil for all.
    private func offeredNames() -> Set<String>? {
        switch chat.toolChoice {
        case .allowed(let allowed, _)?: Set(allowed)
        case .function(let name)? where !canForce: [name]
        default: nil
        }
    }

    private func definition(of tool: ChatTool) -> JSONValue {
        // Only models with structured outputs know `strict`, and with it the rules for schemas are theirs.
        let isStrict = tool.strict == true && target.capabilities.jsonSchema == true
        var definition: JSONObject = ["name": .string(tool.name)]
        if let description = tool.description { definition.append("description", .string(description)) }
        var schema = tool.parameters.map(AnthropicSchema.object) ?? AnthropicSchema.empty
        if isStrict { schema = AnthropicSchema.cleaned(schema) }
        definition.append("input_schema", schema)
        if isStrict { definition.append("strict", true) }
        if let cacheControl = tool.cacheControl { definition.append("cache_control", cacheControl) }
        return .object(definition)
    }

    private mutating func namesInHistory() -> [String] {
        var seen: Set<String> = []
        var found: [String] = []
        for call in chat.messages.lazy.flatMap(\.toolCalls) {
            let name = names.provider(call.name)
            if seen.insert(name).inserted { found.append(name) }
        }
        return found
    }

    /// nil leaves the provider's default, `auto`. Only for requests with tools.
    mutating func toolChoice() -> JSONValue? {
        guard !chat.tools.isEmpty || outputTool != nil else { return ["type": "none"] }
        var choice: JSONObject = wantedChoice()
        let type = choice["type"]
        if type == "any" || type == "tool", !canForce {
            choice = ["type": "auto"]
            if let outputTool { system.append(.text(outputTool.instruction)) }
        }
        if chat.parallelToolCalls == false, type != "none" { choice["disable_parallel_tool_use"] = true }
        return choice == ["type": "auto"] && chat.toolChoice == nil ? nil : .object(choice)
    }

    private func wantedChoice() -> JSONObject {
        if let outputTool {
            // The answer is a tool call, too: any tool if the client has some, else this one.
            let isAny = !chat.tools.isEmpty && chat.toolChoice != ChatToolChoice.none
            return isAny ? ["type": "any"] : ["type": "tool", "name": .string(outputTool.name)]
        }
        switch chat.toolChoice {
        case .none?: return ["type": "none"]
        case .required?, .allowed(_, required: true)?: return ["type": "any"]
        case .function(let name)?: return ["type": "tool", "name": .string(name)]
        case nil, .auto?, .allowed?: return ["type": "auto"]
        }
    }
}
