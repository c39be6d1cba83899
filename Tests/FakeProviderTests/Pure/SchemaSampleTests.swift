import Testing
import WireJSON

@testable import FakeProvider

@Suite("Schema samples")
struct SchemaSampleTests {
    private func sample(_ schema: JSONValue) -> JSONValue { SchemaSample(root: schema).value() }

    @Test(
        "Simple types",
        arguments: [
            (["type": "string"], "demo"), (["type": "integer"], 1), (["type": "number"], 1),
            (["type": "boolean"], true),
            (["type": "null"], nil), (["type": ["integer", "null"]], 1), (["type": "STRING"], "demo"),
            (["const": "x"], "x"), (["enum": ["b", "a"]], "b"), (["type": "string", "default": "d"], "d"),
            ([:], "demo"),
        ] as [(JSONValue, JSONValue)])
    func simple(schema: JSONValue, value: JSONValue) {
        #expect(sample(schema) == value)
    }

    @Test(
        "Numbers keep their bounds",
        arguments: [
            (["type": "integer", "minimum": 5], 5), (["type": "integer", "exclusiveMinimum": 5], 6),
            (["type": "integer", "maximum": -3], -3), (["type": "integer", "minimum": 5, "multipleOf": 4], 8),
            (["type": "number", "minimum": 2.5], 3), (["type": "integer", "minimum": -7, "maximum": 0], 0),
        ] as [(JSONValue, JSONValue)])
    func numbers(schema: JSONValue, value: JSONValue) {
        #expect(sample(schema) == value)
    }

    @Test(
        "Strings keep their lengths and formats",
        arguments: [
            (["type": "string", "minLength": 7], "demoooo"), (["type": "string", "maxLength": 2], "de"),
            (["type": "string", "format": "email"], "demo@example.com"),
            (["type": "string", "format": "date"], "2026-01-02"),
        ] as [(JSONValue, JSONValue)])
    func strings(schema: JSONValue, value: JSONValue) {
        #expect(sample(schema) == value)
    }

    @Test("Objects hold the required members, or all when none is required")
    func objects() {
        let properties: JSONValue = ["a": ["type": "string"], "b": ["type": "integer"]]
        #expect(sample(["type": "object", "properties": properties, "required": ["b"]]) == ["b": 1])
        #expect(sample(["type": "object", "properties": properties]) == ["a": "demo", "b": 1])
        #expect(sample(["properties": properties, "required": ["a", "z"]]) == ["a": "demo", "z": "demo"])
        #expect(sample(["type": "object"]) == .object([:]))
    }

    @Test("Arrays have one item, or as many as they must")
    func arrays() {
        #expect(sample(["type": "array", "items": ["type": "integer"]]) == [1])
        #expect(sample(["type": "array", "items": ["type": "integer"], "minItems": 3]) == [1, 1, 1])
        #expect(sample(["type": "array", "prefixItems": [["const": 1], ["const": 2]], "minItems": 2]) == [1, 2])
        #expect(sample(["type": "array", "items": ["type": "integer"], "minItems": 1_000_000]).arrayValue?.count == 16)
        #expect(sample(["type": "array", "items": ["type": "integer"], "minItems": -1]) == .array([]))
    }

    @Test("References, unions and intersections")
    func combinators() {
        let reference: JSONValue = [
            "$defs": ["City": ["type": "object", "properties": ["name": ["const": "Recife"]]]], "type": "object",
            "properties": ["city": ["$ref": "#/$defs/City"]],
        ]
        #expect(sample(reference) == ["city": ["name": "Recife"]])
        #expect(sample(["anyOf": [["type": "integer"], ["type": "string"]]]) == 1)
        #expect(sample(["oneOf": [["const": 2]]]) == 2)
        let both: JSONValue = [
            "allOf": [
                ["type": "object", "properties": ["a": ["const": 1]], "required": ["a"]],
                ["properties": ["b": ["const": 2]], "required": ["b"]],
            ]
        ]
        #expect(sample(both) == ["a": 1, "b": 2])
        #expect(sample(["$ref": "#/nowhere"]) == "demo")
    }

    @Test("Recursive schemas end")
    func recursion() {
        let tree: JSONValue = ["type": "object", "properties": ["left": ["$ref": "#"], "right": ["$ref": "#"]]]
        #expect(sample(tree).bytes.count < 100_000)
        #expect(sample(["$ref": "#"]) == .null)
        var wide: JSONObject = [:]
        for index in 0..<50 { wide["p\(index)"] = ["$ref": "#"] }
        #expect(sample(["type": "object", "properties": .object(wide)]).bytes.count < 200_000)
    }

    @Test("Random schemas never trap", arguments: 0..<30 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 { _ = sample(schema(depth: 0, &random)).bytes }
    }

    private func schema(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        var object: JSONObject = [:]
        let keys = [
            "type", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "minItems", "items", "properties",
            "required", "enum", "anyOf", "allOf", "$ref", "exclusiveMinimum", "prefixItems", "format",
        ]
        for _ in 0..<Int.random(in: 0..<4, using: &random) {
            let key = keys.randomElement(using: &random) ?? "type"
            object[key] = value(depth: depth + 1, &random)
        }
        return .object(object)
    }

    private func value(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return .number(JSONNumber(Int.random(in: .min ... .max, using: &random)))
        case 1: return .number(JSONNumber(Int.random(in: -3...3, using: &random)))
        case 2:
            return .string(
                ["object", "array", "integer", "string", "#/items", "#"].randomElement(using: &random) ?? "")
        case 3: return .number(JSONNumber(1e300))
        case 4 where depth < 5: return .array((0..<3).map { _ in schema(depth: depth, &random) })
        case 5 where depth < 5:
            var object: JSONObject = [:]
            for name in ["a", "b"] { object[name] = schema(depth: depth, &random) }
            return .object(object)
        default: return depth < 5 ? schema(depth: depth, &random) : .null
        }
    }
}
