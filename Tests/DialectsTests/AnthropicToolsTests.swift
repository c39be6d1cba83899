import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase

@Suite("Anthropic: tools")
struct AnthropicToolsTests {
    private let tools: JSONValue = [Case.tool("look"), Case.tool("listen")]
    private let empty: JSONValue = ["type": "object", "properties": [:]]

    private func choice(_ choice: JSONValue, model: String = Case.Model.budget, _ more: JSONObject = [:]) throws
        -> JSONValue?
    {
        var members = more
        members["tools"] = tools
        members["tool_choice"] = choice
        return try Case.extras(members, model: model)["tool_choice"]
    }

    @Test func definitions() throws {
        let schema: JSONValue = ["type": "object", "properties": ["n": ["type": "integer", "minimum": 1]]]
        var cached = Case.tool("cached", ["parameters": [:]]).objectValue ?? [:]
        cached["cache_control"] = ["type": "ephemeral"]
        let extras = try Case.extras([
            "tools": [
                Case.tool("look", ["description": "Looks.", "parameters": schema, "strict": false]),
                Case.tool("bare"), Case.tool("untyped", ["parameters": ["properties": [:]]]), .object(cached),
            ]
        ])
        #expect(
            extras == [
                "tools": [
                    ["name": "look", "description": "Looks.", "input_schema": schema],
                    ["name": "bare", "input_schema": empty],
                    ["name": "untyped", "input_schema": empty],
                    ["name": "cached", "input_schema": empty, "cache_control": ["type": "ephemeral"]],
                ]
            ])
    }

    @Test func strictToolsHaveCleanSchemas() throws {
        let schema: JSONValue = ["type": "object", "properties": ["n": ["type": "integer", "minimum": 1]]]
        let tool = Case.tool("look", ["parameters": schema, "strict": true])
        #expect(
            try Case.extras(["tools": [tool]])["tools"]?[0] == [
                "name": "look",
                "input_schema": [
                    "type": "object",
                    "properties": ["n": ["type": "integer", "description": "Must satisfy: {\"minimum\":1}"]],
                    "additionalProperties": false,
                ],
                "strict": true,
            ])
        #expect(
            try Case.extras(["tools": [tool]], model: Case.Model.unknown)["tools"]?[0]
                == ["name": "look", "input_schema": schema])
    }

    @Test func choices() throws {
        #expect(try choice(nil) == nil)
        #expect(try choice("auto") == ["type": "auto"])
        #expect(try choice("none") == ["type": "none"])
        #expect(try choice("required") == ["type": "any"])
        #expect(
            try choice(["type": "function", "function": ["name": "listen"]]) == ["type": "tool", "name": "listen"])
        #expect(try Case.extras(["tool_choice": "none"]) == [:])
    }

    @Test func parallelCallsCanBeForbidden() throws {
        let single: JSONObject = ["parallel_tool_calls": false]
        #expect(try choice(nil, single) == ["type": "auto", "disable_parallel_tool_use": true])
        #expect(try choice("required", single) == ["type": "any", "disable_parallel_tool_use": true])
        #expect(try choice("none", single) == ["type": "none"])
        #expect(try choice(nil, ["parallel_tool_calls": true]) == nil)
        #expect(try Case.extras(single) == [:])
    }

    @Test(arguments: [("auto", "auto"), ("required", "any")])
    func allowedToolsAreTheOnlyOnesDeclared(_ mode: String, _ type: String) throws {
        let allowed: JSONValue = [
            "type": "allowed_tools",
            "allowed_tools": [
                "mode": .string(mode), "tools": [["type": "function", "function": ["name": "listen"]]],
            ],
        ]
        let extras = try Case.extras(["tools": tools, "tool_choice": allowed])
        #expect(extras["tools"] == [["name": "listen", "input_schema": empty]])
        #expect(extras["tool_choice"]?["type"]?.stringValue == type)
    }

    @Test func nothingIsForcedWhereTheModelRefuses() throws {
        #expect(try choice("required", model: Case.Model.always) == ["type": "auto"])
        let named: JSONValue = ["type": "function", "function": ["name": "listen"]]
        let extras = try Case.extras(["tools": tools, "tool_choice": named], model: Case.Model.always)
        #expect(extras["tool_choice"] == ["type": "auto"])
        // The choice is kept by what is offered.
        #expect(extras["tools"]?.arrayValue?.map { $0["name"] } == ["listen"])
    }

    @Test(arguments: [Case.Model.budget, Case.Model.adaptive])
    func nothingIsForcedWhileThinking(_ model: String) throws {
        #expect(try choice("required", model: model, ["reasoning_effort": "low"]) == ["type": "auto"])
        #expect(try choice("required", model: model, ["reasoning_effort": "none"]) == ["type": "any"])
        #expect(
            try choice("required", model: model, ["reasoning_effort": "high", "parallel_tool_calls": false])
                == ["type": "auto", "disable_parallel_tool_use": true])
    }
}
