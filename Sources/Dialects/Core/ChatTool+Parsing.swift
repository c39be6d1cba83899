import WireJSON

extension WireError {
    /// Custom (free text) tools exist at OpenAI only; this request goes to somebody else.
    static func customTool(at path: ParamPath) -> WireError {
        .invalidRequest(
            "Custom tools are not supported by the provider behind this model. Declare a function tool instead.",
            param: path.member("type").text, code: "unsupported_value")
    }
}

extension ChatTool {
    /// `tools`, else the old `functions`.
    static func list(parsing root: ParamReader) throws(WireError) -> [ChatTool] {
        guard let elements = try root.array("tools") else { return try functions(parsing: root) }
        var tools: [ChatTool] = []
        tools.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            let reader = try ParamReader(element, at: .element(.top("tools"), index))
            switch try reader.string("type") {
            case "function"?: break
            case "custom"?: throw .customTool(at: reader.path)
            case let type?: throw reader.invalid("type", type, supported: ["function", "custom"])
            case nil: throw reader.missing("type")
            }
            tools.append(try ChatTool(function: reader.requiredObject("function"), outer: reader))
        }
        return tools
    }

    private static func functions(parsing root: ParamReader) throws(WireError) -> [ChatTool] {
        guard let elements = try root.array("functions") else { return [] }
        guard !elements.isEmpty else { throw .emptyArray("functions") }
        var tools: [ChatTool] = []
        for (index, element) in elements.enumerated() {
            let reader = try ParamReader(element, at: .element(.top("functions"), index))
            tools.append(try ChatTool(function: reader, outer: reader))
        }
        return tools
    }

    private init(function: ParamReader, outer: ParamReader) throws(WireError) {
        self.init(name: try function.requiredName("name"))
        description = try function.string("description")
        strict = try function.boolean("strict")
        if let parameters = function["parameters"] {
            guard parameters.objectValue != nil else { throw function.wrongType("parameters", "an object", parameters) }
            self.parameters = parameters
        }
        cacheControl = (outer["cache_control"] ?? function["cache_control"]).flatMap {
            $0.objectValue == nil ? nil : $0
        }
    }
}

extension ChatToolChoice {
    private static let words = ["none", "auto", "required"]

    /// `tool_choice`, else the old `function_call`; nil if neither is there.
    static func parsing(_ root: ParamReader, tools: [ChatTool]) throws(WireError) -> ChatToolChoice? {
        let isOld = root["tool_choice"] == nil
        guard let choice = isOld ? try readOld(root) : try read(root) else { return nil }
        let names: [String]
        switch choice {
        case .none, .auto: return choice
        case .required: names = []
        case .function(let name): names = [name]
        case .allowed(let allowed, _): names = allowed
        }
        let param = isOld ? "function_call" : "tool_choice"
        guard !tools.isEmpty else {
            throw .invalidRequest(
                "Invalid value for '\(param)': '\(param)' is only allowed when 'tools' are specified.", param: param)
        }
        let declared = Set(tools.lazy.map(\.name))
        for name in names where !declared.contains(name) {
            throw .invalidRequest(
                "Tool choice '\(WireError.shortened(name))' not found in 'tools' parameter.", param: param,
                code: "invalid_value")
        }
        return choice
    }

    private static func read(_ root: ParamReader) throws(WireError) -> ChatToolChoice? {
        guard let value = root["tool_choice"] else { return nil }
        if case .string(let word) = value { return try named(word, at: .top("tool_choice"), words: words) }
        guard value.objectValue != nil else {
            throw root.wrongType("tool_choice", "one of a string or object", value)
        }
        let reader = try root.requiredObject("tool_choice")
        guard let type = try reader.string("type") else { throw reader.missing("type") }
        switch type {
        case "function": return .function(name: try reader.requiredObject("function").requiredString("name"))
        case "allowed_tools": return try allowed(reader.requiredObject("allowed_tools"))
        case "custom": throw .customTool(at: reader.path)
        default: throw reader.invalid("type", type, supported: ["function", "allowed_tools", "custom"])
        }
    }

    private static func readOld(_ root: ParamReader) throws(WireError) -> ChatToolChoice? {
        guard let value = root["function_call"] else { return nil }
        if case .string(let word) = value {
            return try named(word, at: .top("function_call"), words: ["none", "auto"])
        }
        guard value.objectValue != nil else {
            throw root.wrongType("function_call", "one of a string or object", value)
        }
        return .function(name: try root.requiredObject("function_call").requiredString("name"))
    }

    private static func named(_ word: String, at path: ParamPath, words: [String]) throws(WireError) -> ChatToolChoice {
        guard words.contains(word) else { throw .invalidValue(path.text, word, supported: words) }
        switch word {
        case "none": return .none
        case "auto": return .auto
        default: return .required
        }
    }

    private static func allowed(_ reader: ParamReader) throws(WireError) -> ChatToolChoice {
        let mode = try reader.requiredString("mode")
        guard mode == "auto" || mode == "required" else {
            throw reader.invalid("mode", mode, supported: ["auto", "required"])
        }
        guard let tools = try reader.array("tools") else { throw reader.missing("tools") }
        guard !tools.isEmpty else { throw .emptyArray(reader.path.member("tools").text) }
        var names: [String] = []
        for (index, element) in tools.enumerated() {
            let tool = try ParamReader(element, at: reader.path.member("tools").element(index))
            if try tool.string("type") == "custom" { throw .customTool(at: tool.path) }
            names.append(try tool.requiredObject("function").requiredString("name"))
        }
        return .allowed(names: names, required: mode == "required")
    }
}

extension ChatResponseFormat {
    /// `response_format`; nil if absent.
    static func parsing(_ root: ParamReader) throws(WireError) -> ChatResponseFormat? {
        guard root["response_format"] != nil else { return nil }
        let reader = try root.requiredObject("response_format")
        guard let type = try reader.string("type") else { throw reader.missing("type") }
        switch type {
        case "text": return .text
        case "json_object": return .jsonObject
        case "json_schema":
            let format = try reader.requiredObject("json_schema")
            let schema = try format.requiredObject("schema")
            return .jsonSchema(
                name: try format.requiredName("name"), schema: .object(schema.object),
                strict: try format.boolean("strict"))
        default: throw reader.invalid("type", type, supported: ["json_object", "json_schema", "text"])
        }
    }
}
