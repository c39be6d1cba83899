import Dialects
import Testing
import WireJSON

/// Declared functions and the choice among them.
@Suite struct GeminiToolsTests {
    private static func tool(_ name: String, strict: Bool? = nil) -> JSONValue {
        var function: JSONObject = ["name": .string(name)]
        if let strict { function["strict"] = .bool(strict) }
        return ["type": "function", "function": .object(function)]
    }

    private static func body(
        tools: JSONValue, choice: JSONValue? = nil, model: String = "gemini-2.5-flash",
        capabilities: ModelCapabilities = ModelCapabilities()
    ) throws -> JSONValue {
        var members: JSONObject = ["messages": [["role": "user", "content": "Hi"]], "tools": tools]
        if let choice { members["tool_choice"] = choice }
        return try GeminiCase.body(members, model: model, capabilities: capabilities)
    }

    @Test func schemasTravelAsTheyAre() throws {
        let schema: JSONValue = [
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
            "properties": ["city": ["type": ["string", "null"], "$ref": "#/$defs/City"]],
            "additionalProperties": false, "$defs": ["City": ["type": "string"]],
        ]
        let body = try Self.body(tools: [
            ["type": "function", "function": ["name": "weather", "description": "Weather", "parameters": schema]],
            ["type": "function", "function": ["name": "time", "parameters": [:]]],
            ["type": "function", "function": ["name": "date", "parameters": nil]],
        ])
        #expect(
            body["tools"] == [
                [
                    "functionDeclarations": [
                        ["name": "weather", "description": "Weather", "parametersJsonSchema": schema],
                        ["name": "time"], ["name": "date"],
                    ]
                ]
            ])
        #expect(body["toolConfig"] == nil)
    }

    @Test(arguments: [
        (#""auto""#, #"{"mode":"AUTO"}"#), (#""none""#, #"{"mode":"NONE"}"#), (#""required""#, #"{"mode":"ANY"}"#),
        (
            #"{"type":"function","function":{"name":"g"}}"#,
            #"{"mode":"ANY","allowedFunctionNames":["g"]}"#
        ),
        (
            #"{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":["#
                + #"{"type":"function","function":{"name":"g"}},{"type":"function","function":{"name":"f"}}]}}"#,
            #"{"mode":"ANY","allowedFunctionNames":["g","f"]}"#
        ),
    ])
    func choices(choice: String, configuration: String) throws {
        let body = try Self.body(tools: [Self.tool("f"), Self.tool("g")], choice: JSONValue(parsing: choice))
        #expect(
            body["toolConfig"] == ["functionCallingConfig": try JSONValue(parsing: configuration)])
        #expect(body["tools"]?[0]?["functionDeclarations"]?.arrayValue?.count == 2)
    }

    @Test func optionalChoiceAmongSomeDeclaresOnlyThose() throws {
        let body = try Self.body(
            tools: [Self.tool("f"), Self.tool("g")],
            choice: [
                "type": "allowed_tools",
                "allowed_tools": ["mode": "auto", "tools": [["type": "function", "function": ["name": "g"]]]],
            ])
        #expect(body["tools"] == [["functionDeclarations": [["name": "g"]]]])
        #expect(body["toolConfig"] == ["functionCallingConfig": ["mode": "AUTO"]])
    }

    @Test(
        arguments: [
            ("gemini-2.5-flash", "VALIDATED"), ("gemini-3.5-flash", "VALIDATED"), ("gemini-flash-latest", "VALIDATED"),
            ("gemini-2.0-flash", nil),
        ] as [(String, String?)])
    func strictAsksForValidation(model: String, mode: String?) throws {
        let body = try Self.body(tools: [Self.tool("f"), Self.tool("g", strict: true)], model: model)
        #expect(body["toolConfig"]?["functionCallingConfig"]?["mode"]?.stringValue == mode)
        let forced = try Self.body(tools: [Self.tool("g", strict: true)], choice: "required", model: model)
        #expect(forced["toolConfig"]?["functionCallingConfig"]?["mode"] == "ANY")
    }

    @Test func modelsThatCannotBeForcedAreAsked() throws {
        var capabilities = ModelCapabilities()
        capabilities.forcedToolUse = false
        let body = try Self.body(tools: [Self.tool("f")], choice: "required", capabilities: capabilities)
        #expect(body["toolConfig"] == ["functionCallingConfig": ["mode": "AUTO"]])
    }

    @Test func namesGoogleRefusesAreRewrittenAndTurnedBack() throws {
        let call = try GeminiCase.call([
            "messages": [
                ["role": "user", "content": "x"],
                [
                    "role": "assistant",
                    "tool_calls": [["id": "1", "type": "function", "function": ["name": "3d", "arguments": "{}"]]],
                ],
                ["role": "tool", "tool_call_id": "1", "content": "ok"],
            ],
            "tools": [Self.tool("3d"), Self.tool("_3d"), Self.tool("-x"), Self.tool("ok")],
            "tool_choice": ["type": "function", "function": ["name": "3d"]],
        ])
        let body = try JSONValue(parsing: call.body)
        let names = body["tools"]?[0]?["functionDeclarations"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
        #expect(names == ["_3d_2", "_3d", "_-x", "ok"])
        #expect(body["toolConfig"]?["functionCallingConfig"]?["allowedFunctionNames"] == ["_3d_2"])
        #expect(body["contents"]?[1]?["parts"]?[0]?["functionCall"]?["name"] == "_3d_2")
        #expect(body["contents"]?[2]?["parts"]?[0]?["functionResponse"]?["name"] == "_3d_2")
        #expect(call.plan.declaredTools == ["3d", "_3d", "-x", "ok"])
        #expect(call.plan.toolNames == ["_3d_2": "3d", "_-x": "-x"])

        let answer = GeminiCase.translate(
            GeminiCase.chunk([["functionCall": ["name": "_3d_2"]]], finish: "STOP"), call.plan)
        #expect(answer.answer?.firstMessage["tool_calls"]?[0]?["function"] == ["name": "3d", "arguments": "{}"])
    }

    @Test func longNamesStayWithinTheBound() throws {
        let long = "9" + String(repeating: "a", count: 63)
        let body = try Self.body(tools: [Self.tool(long), Self.tool("_" + long.dropLast())])
        let names = body["tools"]?[0]?["functionDeclarations"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(Set(names).count == 2)
        #expect(names.allSatisfy { $0.utf8.count <= 64 })
    }

    @Test func oneCallAtATimeIsNotedInThePlan() throws {
        let call = try GeminiCase.call([
            "messages": [["role": "user", "content": "x"]], "tools": [Self.tool("f")], "parallel_tool_calls": false,
        ])
        #expect(call.plan.firstToolCallOnly)
        let two = GeminiCase.chunk(
            [["functionCall": ["name": "f", "args": ["n": 1]]], ["functionCall": ["name": "f", "args": ["n": 2]]]],
            finish: "STOP")
        let answer = GeminiCase.translate(two, call.plan).answer
        #expect(answer?.firstMessage["tool_calls"]?.arrayValue?.count == 1)
        #expect(answer?.firstMessage["tool_calls"]?[0]?["function"]?["arguments"] == #"{"n":1}"#)
        let stream = GeminiCase.stream([two], call.plan)
        #expect(StreamTranscript(stream.output).toolCalls.map(\.arguments) == [#"{"n":1}"#])
    }
}
