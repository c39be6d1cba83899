import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase
private typealias Events = AnthropicEvents

@Suite("Anthropic: structured output")
struct AnthropicStructuredOutputTests {
    private let schema: JSONValue = ["type": "object", "properties": ["age": ["type": "integer"]]]
    private var format: JSONValue {
        ["type": "json_schema", "json_schema": ["name": "person", "strict": true, "schema": schema]]
    }

    private func emulated(_ more: JSONObject = [:], capabilities: ModelCapabilities = ModelCapabilities()) throws
        -> JSONValue
    {
        var members = more
        members["response_format"] = format
        return try Case.extras(members, model: Case.Model.unknown, capabilities: capabilities)
    }

    private func plan(stream: Bool = false) throws -> AnswerPlan {
        let members: JSONObject = [
            "messages": [Case.user("Hi")], "response_format": format, "stream": .bool(stream),
            "tools": [Case.tool("look")],
        ]
        return try Case.call(members, model: Case.Model.unknown).plan
    }

    // MARK: The request

    @Test func modelsThatCanAreGivenTheSchema() throws {
        let expected: JSONValue = [
            "output_config": [
                "format": [
                    "type": "json_schema",
                    "schema": [
                        "type": "object", "properties": ["age": ["type": "integer"]], "additionalProperties": false,
                    ],
                ]
            ]
        ]
        #expect(try Case.extras(["response_format": format]) == expected)
        let call = try Case.call(["messages": [Case.user("Hi")], "response_format": format])
        #expect(call.plan.structuredOutputTool == nil)
    }

    @Test func withEffortAndTools() throws {
        let extras = try Case.extras(
            ["response_format": format, "reasoning_effort": "low", "tools": [Case.tool("look")]],
            model: Case.Model.adaptive)
        #expect(extras["output_config"]?["effort"] == "low")
        #expect(extras["output_config"]?["format"]?["type"] == "json_schema")
        #expect(extras["tools"]?.arrayValue?.count == 1)
        #expect(extras["tool_choice"] == nil)
    }

    @Test func othersAnswerThroughATool() throws {
        let extras = try emulated()
        let tool = extras["tools"]?[0]
        #expect(extras["tools"]?.arrayValue?.count == 1)
        #expect(tool?["name"] == "person")
        #expect(tool?["input_schema"] == schema)
        #expect(extras["tool_choice"] == ["type": "tool", "name": "person"])
        #expect(extras["output_config"] == nil)
        #expect(try plan().structuredOutputTool == "person")
    }

    @Test func withToolsOfTheClientAnyOfThemIsForced() throws {
        let tools: JSONValue = [Case.tool("look"), Case.tool("person")]
        let extras = try emulated(["tools": tools, "parallel_tool_calls": false])
        #expect(extras["tools"]?.arrayValue?.map { $0["name"] } == ["look", "person", "person_output"])
        #expect(extras["tool_choice"] == ["type": "any", "disable_parallel_tool_use": true])
        #expect(try emulated(["tools": tools, "tool_choice": "none"])["tool_choice"]?["name"] == "person_output")
    }

    @Test func aClientThatRequiresACallGetsOne() throws {
        let extras = try emulated(["tools": [Case.tool("look")], "tool_choice": "required"])
        #expect(extras["tools"]?.arrayValue?.count == 1)
        #expect(extras["tool_choice"] == ["type": "any"])
    }

    @Test func whereNothingCanBeForcedItIsAskedFor() throws {
        var capabilities = ModelCapabilities()
        capabilities.forcedToolUse = false
        let extras = try emulated(capabilities: capabilities)
        #expect(extras["tool_choice"] == nil)
        #expect(extras["system"]?[0]?["text"]?.stringValue?.contains("person") == true)
    }

    @Test func jsonObjectsAreAskedForInWords() throws {
        let body = try Case.body([
            "messages": [Case.system("Be kind."), Case.user("JSON please")], "response_format": ["type": "json_object"],
        ])
        #expect(
            body["system"] == [
                ["type": "text", "text": "Be kind."], ["type": "text", "text": "Answer with one JSON object only."],
            ])
    }

    @Test func plainTextNeedsNothing() throws {
        #expect(try Case.extras(["response_format": ["type": "text"]]) == [:])
    }

    // MARK: The answer

    @Test func theToolsInputIsTheContent() throws {
        let message = Case.message(
            [Case.text("Here you are:"), Case.toolUse("t", "person", ["age": 4]), Case.toolUse("u", "person", [:])],
            stop: "tool_use")
        let choice = Case.parsed(try #require(Case.translate(message, try plan()).answer))["choices"]?[0]
        #expect(choice?["message"]?["content"] == "{\"age\":4}")
        #expect(choice?["message"]?["tool_calls"] == nil)
        #expect(choice?["finish_reason"] == "stop")
    }

    @Test func otherToolsAreStillCalls() throws {
        let message = Case.message([Case.text("I look."), Case.toolUse("t", "look")], stop: "tool_use")
        let choice = Case.parsed(try #require(Case.translate(message, try plan()).answer))["choices"]?[0]
        #expect(choice?["message"]?["content"] == "I look.")
        #expect(choice?["message"]?["tool_calls"]?[0]?["function"]?["name"] == "look")
        #expect(choice?["finish_reason"] == "tool_calls")
    }

    @Test func streamedAsWell() throws {
        let events =
            [Events.start()] + Events.text(0, "Here ", "you are:")
            + Events.call(1, "t", "person", "", "{\"age\"", ":4", "}") + Events.call(2, "u", "person", "{}")
            + Events.end("tool_use")
        let transcript = Events.transcript(events, try plan(stream: true))
        #expect(transcript.content == "{\"age\":4}")
        #expect(transcript.toolCalls.isEmpty)
        #expect(transcript.finish == "stop")
        // It flows: three pieces, not one.
        #expect(
            transcript.chunks.filter { $0["choices"]?[0]?["delta"]?["content"]?.stringValue?.isEmpty == false }.count
                == 3)
    }

    @Test func streamedTextIsShownIfNoOutputCame() throws {
        let events = [Events.start()] + Events.text(0, "I would ", "rather not.") + Events.end()
        #expect(Events.transcript(events, try plan(stream: true)).content == "I would rather not.")
        let calling =
            [Events.start()] + Events.text(0, "I look.") + Events.call(1, "t", "look", "") + Events.end("tool_use")
        let transcript = Events.transcript(calling, try plan(stream: true))
        #expect(transcript.content == "I look.")
        #expect(transcript.toolCalls == [.init(id: "t", name: "look", arguments: "{}")])
        #expect(transcript.finish == "tool_calls")
    }

    @Test func anEmptyOutputIsAnEmptyObject() throws {
        let events = [Events.start()] + Events.call(0, "t", "person", "") + Events.end("tool_use")
        #expect(Events.transcript(events, try plan(stream: true)).content == "{}")
    }

    @Test func aCutOutputSaysSo() throws {
        let events = [Events.start()] + Events.call(0, "t", "person", "{\"a") + Events.end("max_tokens")
        let transcript = Events.transcript(events, try plan(stream: true))
        #expect(transcript.content == "{\"a")
        #expect(transcript.finish == "length")
    }
}
