import WireJSON

/// JSON schemas as Anthropic takes them.
enum AnthropicSchema {
    /// For functions without parameters.
    static let empty: JSONValue = ["type": "object", "properties": [:]]

    /// A tool's `input_schema` must say that it describes an object.
    static func object(_ schema: JSONValue) -> JSONValue {
        guard case .object(var members) = schema else { return empty }
        if members.isEmpty { return empty }
        if members["type"] == nil, members["$ref"] == nil { members["type"] = "object" }
        return .object(members)
    }

    /// A schema for structured outputs and strict tools (contracts, section 2.1): every object closed, keywords that
    /// are refused taken out. What those said is kept in the description, where the model can still read it.
    static func cleaned(_ schema: JSONValue) -> JSONValue {
        guard case .object(let members) = schema else { return schema }
        var clean: JSONObject = [:]
        var constraints: JSONObject = [:]
        for (name, value) in members {
            switch name {
            case "properties", "$defs", "definitions": clean.append(name, eachMember(of: value))
            case "items" where value.objectValue != nil: clean.append(name, cleaned(value))
            case "anyOf", "allOf": clean.append(name, eachElement(of: value))
            case "oneOf" where members["anyOf"] == nil: clean.append("anyOf", eachElement(of: value))
            case "format" where formats.contains(value.stringValue ?? ""): clean.append(name, value)
            case "minItems" where value == 0 || value == 1: clean.append(name, value)
            case _ where kept.contains(name): clean.append(name, value)
            case _ where dropped.contains(name): continue
            default: constraints.append(name, value)
            }
        }
        if clean["type"] == nil, clean["properties"] != nil { clean.append("type", "object") }
        if describesObject(clean) { clean.append("additionalProperties", false) }
        if !constraints.isEmpty { note(constraints, in: &clean) }
        return .object(clean)
    }

    private static let kept: Set<String> = [
        "type", "required", "enum", "const", "$ref", "default", "description", "title",
    ]
    /// Says nothing that the answer could break, or is set anew.
    private static let dropped: Set<String> = [
        "additionalProperties", "$schema", "$id", "$anchor", "$comment", "examples", "deprecated", "readOnly",
        "writeOnly", "strict",
    ]
    private static let formats: Set<String> = [
        "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid",
    ]

    private static func describesObject(_ schema: JSONObject) -> Bool {
        switch schema["type"] {
        case .string(let type)?: type == "object"
        case .array(let types)?: types.contains("object")
        default: false
        }
    }

    private static func note(_ constraints: JSONObject, in schema: inout JSONObject) {
        let note = "Must satisfy: " + JSONValue.object(constraints).text
        let description = schema["description"]?.stringValue ?? ""
        schema["description"] = .string(description.isEmpty ? note : description + "\n" + note)
    }

    private static func eachMember(of value: JSONValue) -> JSONValue {
        guard case .object(let schemas) = value else { return value }
        var clean: JSONObject = [:]
        for (name, schema) in schemas { clean.append(name, cleaned(schema)) }
        return .object(clean)
    }

    private static func eachElement(of value: JSONValue) -> JSONValue {
        guard case .array(let schemas) = value else { return value }
        return .array(schemas.map(cleaned))
    }
}
