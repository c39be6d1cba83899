import WireJSON

/// Makes a small instance of a JSON Schema: enough for a client's validation, not a general solver.
///
/// Knows `const enum default type properties required items prefixItems minItems minimum exclusiveMinimum maximum
/// multipleOf minLength maxLength format anyOf oneOf allOf $ref`; `pattern` and conditionals are ignored. Without
/// `required` every property is filled, since an empty object would be a dull answer.
struct SchemaSample {
    let root: JSONValue

    /// Recursive schemas end here, and so do hostile ones.
    private static let maxDepth = 12
    private static let maxItems = 16
    /// A few properties that refer back to their parent would otherwise multiply at each level.
    private static let maxNodes = 2000

    func value() -> JSONValue {
        var budget = Self.maxNodes
        return value(root, depth: 0, &budget)
    }

    private func value(_ schema: JSONValue, depth: Int, _ budget: inout Int) -> JSONValue {
        budget -= 1
        guard depth < Self.maxDepth, budget > 0, let object = schema.objectValue else { return .null }
        if let target = object["$ref"]?.stringValue { return value(resolve(target), depth: depth + 1, &budget) }
        if let constant = object["const"] { return constant }
        if let first = object["enum"]?[0] { return first }
        if let value = object["default"] { return value }
        if let all = object["allOf"]?.arrayValue { return value(merged(object, all), depth: depth + 1, &budget) }
        for name in ["anyOf", "oneOf"] {
            if let first = object[name]?[0] { return value(first, depth: depth + 1, &budget) }
        }
        switch typeName(of: object) {
        case "object": return members(of: object, depth: depth, &budget)
        case "array": return elements(of: object, depth: depth, &budget)
        case "integer": return .number(JSONNumber(integer(object)))
        case "number": return .number(JSONNumber(integer(object)))
        case "boolean": return true
        case "null": return .null
        case "string": return .string(string(object))
        default: return .string("demo")
        }
    }

    /// Gemini spells types in capitals; a list of types stands for its first one.
    private func typeName(of object: JSONObject) -> String? {
        if let name = object["type"]?.stringValue ?? object["type"]?[0]?.stringValue { return name.lowercased() }
        if object["properties"] != nil { return "object" }
        return object["items"] == nil ? nil : "array"
    }

    private func members(of object: JSONObject, depth: Int, _ budget: inout Int) -> JSONValue {
        let properties = object["properties"]?.objectValue ?? [:]
        let required = object["required"]?.arrayValue?.compactMap(\.stringValue)
        var result = JSONObject()
        for (name, schema) in properties where required?.contains(name) ?? true {
            result[name] = value(schema, depth: depth + 1, &budget)
        }
        for name in required ?? [] where result[name] == nil { result[name] = "demo" }
        return .object(result)
    }

    private func elements(of object: JSONObject, depth: Int, _ budget: inout Int) -> JSONValue {
        var result: [JSONValue] = []
        for schema in (object["prefixItems"]?.arrayValue ?? []).prefix(Self.maxItems) {
            result.append(value(schema, depth: depth + 1, &budget))
        }
        let wanted = min(object["minItems"]?.intValue ?? 1, Self.maxItems)
        while result.count < wanted {
            result.append(value(object["items"] ?? .object([:]), depth: depth + 1, &budget))
        }
        return .array(result)
    }

    private func integer(_ object: JSONObject) -> Int {
        var result = 1
        if let least = object["minimum"]?.numberValue.flatMap(ceiling), result < least { result = least }
        if let below = object["exclusiveMinimum"]?.numberValue.flatMap(ceiling), result <= below { result = below &+ 1 }
        if let most = object["maximum"]?.numberValue.flatMap(floor), result > most { result = most }
        if let step = object["multipleOf"]?.intValue, step > 0, result % step != 0 {
            result = result &+ (step - (result % step + step) % step)
        }
        return result
    }

    private func ceiling(_ number: JSONNumber) -> Int? {
        number.int ?? number.double.flatMap { Int(exactly: $0.rounded(.up)) }
    }

    private func floor(_ number: JSONNumber) -> Int? {
        number.int ?? number.double.flatMap { Int(exactly: $0.rounded(.down)) }
    }

    private func string(_ object: JSONObject) -> String {
        switch object["format"]?.stringValue {
        case "date-time": return "2026-01-02T03:04:05Z"
        case "date": return "2026-01-02"
        case "time": return "03:04:05Z"
        case "email": return "demo@example.com"
        case "uri", "url": return "https://example.com/"
        case "uuid": return "00000000-0000-4000-8000-000000000000"
        default: break
        }
        var result = "demo"
        let least = min(object["minLength"]?.intValue ?? 0, 4096)
        if result.count < least { result += String(repeating: "o", count: least - result.count) }
        if let most = object["maxLength"]?.intValue, most >= 0, result.count > most {
            result = String(result.prefix(most))
        }
        return result
    }

    /// Follows `#/$defs/Name` and other pointers into the root.
    private func resolve(_ pointer: String) -> JSONValue {
        var place = root
        for part in pointer.split(separator: "/").dropFirst(pointer.hasPrefix("#") ? 1 : 0) {
            let index = Int(part)
            guard let next = place[PercentCoding.decode(part)] ?? index.flatMap({ place[$0] }) else {
                return .object([:])
            }
            place = next
        }
        return place
    }

    private func merged(_ object: JSONObject, _ all: [JSONValue]) -> JSONValue {
        var result = object
        result["allOf"] = nil
        for part in all {
            let resolved = part["$ref"]?.stringValue.map(resolve) ?? part
            for (name, value) in resolved.objectValue ?? [:] {
                result[name] = combined(name, result[name], value)
            }
        }
        return .object(result)
    }

    private func combined(_ name: String, _ old: JSONValue?, _ new: JSONValue) -> JSONValue {
        switch (name, old, new) {
        case ("properties", .object(var properties), .object(let more)):
            for (name, value) in more { properties[name] = value }
            return .object(properties)
        case ("required", .array(let names), .array(let more)): return .array(names + more)
        default: return new
        }
    }
}
