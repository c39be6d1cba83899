import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase

@Suite("Anthropic: schemas")
struct AnthropicSchemaTests {
    /// The schema as it is sent for structured output.
    private func cleaned(_ schema: JSONValue) throws -> JSONValue? {
        let format: JSONValue = ["type": "json_schema", "json_schema": ["name": "x", "schema": schema]]
        return try Case.extras(["response_format": format])["output_config"]?["format"]?["schema"]
    }

    @Test func everyObjectIsClosed() throws {
        let schema: JSONValue = [
            "type": "object",
            "properties": [
                "a": ["type": ["object", "null"], "properties": [:]],
                "b": ["type": "array", "items": ["type": "object", "additionalProperties": true]],
                "c": ["anyOf": [["type": "object"], ["type": "string"]]],
                "d": ["$ref": "#/$defs/D"],
            ],
            "required": ["a"],
            "$defs": ["D": ["properties": ["e": ["type": "string"]]]],
        ]
        #expect(
            try cleaned(schema) == [
                "type": "object",
                "properties": [
                    "a": ["type": ["object", "null"], "properties": [:], "additionalProperties": false],
                    "b": ["type": "array", "items": ["type": "object", "additionalProperties": false]],
                    "c": ["anyOf": [["type": "object", "additionalProperties": false], ["type": "string"]]],
                    "d": ["$ref": "#/$defs/D"],
                ],
                "required": ["a"],
                "$defs": [
                    "D": ["properties": ["e": ["type": "string"]], "type": "object", "additionalProperties": false]
                ],
                "additionalProperties": false,
            ])
    }

    @Test func constraintsMoveIntoTheDescription() throws {
        let schema: JSONValue = [
            "type": "object",
            "properties": [
                "n": ["type": "integer", "minimum": 1, "maximum": 9.5, "description": "A number."],
                "s": ["type": "string", "pattern": "^a$", "minLength": 2],
            ],
        ]
        #expect(
            try cleaned(schema)?["properties"] == [
                "n": [
                    "type": "integer",
                    "description": "A number.\nMust satisfy: {\"minimum\":1,\"maximum\":9.5}",
                ],
                "s": ["type": "string", "description": "Must satisfy: {\"pattern\":\"^a$\",\"minLength\":2}"],
            ])
    }

    @Test func formatsAndCountsThatAreKnownStay() throws {
        let schema: JSONValue = [
            "type": "object",
            "properties": [
                "d": ["type": "string", "format": "date-time"], "x": ["type": "string", "format": "x-y"],
                "one": ["type": "array", "items": ["type": "string"], "minItems": 1],
                "two": ["type": "array", "items": ["type": "string"], "minItems": 2],
                "e": ["enum": ["a", nil], "default": "a", "title": "E"], "k": ["const": ["minimum": 1]],
            ],
        ]
        #expect(
            try cleaned(schema)?["properties"] == [
                "d": ["type": "string", "format": "date-time"],
                "x": ["type": "string", "description": "Must satisfy: {\"format\":\"x-y\"}"],
                "one": ["type": "array", "items": ["type": "string"], "minItems": 1],
                "two": [
                    "type": "array", "items": ["type": "string"], "description": "Must satisfy: {\"minItems\":2}",
                ],
                "e": ["enum": ["a", nil], "default": "a", "title": "E"], "k": ["const": ["minimum": 1]],
            ])
    }

    @Test func oneOfBecomesAnyOf() throws {
        #expect(
            try cleaned(["oneOf": [["type": "string", "maxLength": 1], true]]) == [
                "anyOf": [["type": "string", "description": "Must satisfy: {\"maxLength\":1}"], true]
            ])
        #expect(
            try cleaned(["oneOf": [["type": "null"]], "anyOf": [["type": "string"]]]) == [
                "anyOf": [["type": "string"]], "description": "Must satisfy: {\"oneOf\":[{\"type\":\"null\"}]}",
            ])
    }

    @Test func propertiesMayBeCalledLikeKeywords() throws {
        let schema: JSONValue = [
            "type": "object", "properties": ["pattern": ["type": "string"], "minimum": ["type": "integer"]],
            "required": ["pattern"],
        ]
        var closed = schema.objectValue ?? [:]
        closed["additionalProperties"] = false
        #expect(try cleaned(schema) == .object(closed))
    }

    @Test func annotationsAreDropped() throws {
        #expect(
            try cleaned([
                "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "x", "$comment": "y",
                "type": "string",
                "examples": ["a"], "deprecated": true, "readOnly": true,
            ]) == ["type": "string"])
    }

    @Test func cleaningTwiceChangesNothing() throws {
        let schema: JSONValue = [
            "type": "object",
            "properties": ["n": ["type": "integer", "minimum": 1], "m": ["oneOf": [["type": "object"]]]],
        ]
        let once = try #require(try cleaned(schema))
        #expect(try cleaned(once) == once)
    }

    @Test func damagedSchemasAreTheProvidersToJudge() throws {
        #expect(
            try cleaned(["type": "object", "properties": [1], "anyOf": "x", "items": [["type": "string"]]]) == [
                "type": "object", "properties": [1], "anyOf": "x", "additionalProperties": false,
                "description": "Must satisfy: {\"items\":[{\"type\":\"string\"}]}",
            ])
    }
}
