import WireJSON

extension GeminiRequest {
    /// `functionDeclarations`, with the client's JSON schemas as they are; nil without tools.
    func tools() -> JSONValue? {
        var declarations: [JSONValue] = []
        let offered = offeredNames
        for tool in chat.tools where offered?.contains(tool.name) ?? true {
            var declaration: JSONObject = ["name": .string(names.provider(tool.name))]
            if let description = tool.description { declaration["description"] = .string(description) }
            if let parameters = tool.parameters?.objectValue, !parameters.isEmpty {
                declaration["parametersJsonSchema"] = .object(parameters)
            }
            declarations.append(.object(declaration))
        }
        return declarations.isEmpty ? nil : [["functionDeclarations": .array(declarations)]]
    }

    /// `AUTO` knows no list of names: an optional choice among some tools declares only those. nil for all.
    private var offeredNames: Set<String>? {
        if case .allowed(let allowed, required: false) = chat.toolChoice { return Set(allowed) }
        return nil
    }

    /// nil leaves the provider's default, `AUTO`.
    func toolConfig() -> JSONValue? {
        switch chat.toolChoice {
        case .none?: return configuration("NONE")
        case .required?: return forced([])
        case .function(let name)?: return forced([name])
        case .allowed(let names, required: true)?: return forced(names)
        case nil where !wantsValidation: return nil
        case nil, .auto?, .allowed(_, required: false)?: return configuration(wantsValidation ? "VALIDATED" : "AUTO")
        }
    }

    /// A call of one of these functions, or of any if there are none; only asked for where the model cannot be forced.
    private func forced(_ allowed: [String]) -> JSONValue {
        if target.capabilities.forcedToolUse == false { return configuration(wantsValidation ? "VALIDATED" : "AUTO") }
        return configuration("ANY", allowed)
    }

    private func configuration(_ mode: String, _ allowed: [String] = []) -> JSONValue {
        var configuration: JSONObject = ["mode": .string(mode)]
        if !allowed.isEmpty {
            configuration["allowedFunctionNames"] = .array(allowed.map { .string(names.provider($0)) })
        }
        return ["functionCallingConfig": .object(configuration)]
    }

    /// `strict` asks for calls that follow their schema, which is what this mode promises.
    private var wantsValidation: Bool {
        generation.hasValidatedMode && chat.tools.contains { $0.strict == true }
    }
}
