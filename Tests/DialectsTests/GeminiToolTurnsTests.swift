import Dialects
import Testing
import WireJSON

/// Function calls and their results in the history.
@Suite struct GeminiToolTurnsTests {
    private static func call(_ id: String, _ name: String, _ arguments: String) -> JSONValue {
        [
            "id": .string(id), "type": "function",
            "function": ["name": .string(name), "arguments": .string(arguments)],
        ]
    }

    private static func result(_ id: String, _ content: JSONValue) -> JSONValue {
        ["role": "tool", "tool_call_id": .string(id), "content": content]
    }

    @Test func resultsOfOneTurnComeTogetherInTheOrderOfTheCalls() throws {
        let contents = try GeminiCase.contents([
            ["role": "user", "content": "Weather?"],
            [
                "role": "assistant", "content": "Let me see.",
                "tool_calls": [
                    Self.call("a", "weather", #"{"city":"Paris"}"#), Self.call("b", "weather", #"{"city":"Rome"}"#),
                    Self.call("c", "time", ""),
                ],
            ],
            Self.result("c", "12:00"), Self.result("b", #"{"sky":"blue"}"#), Self.result("a", "[1,2]"),
            ["role": "user", "content": "And?"],
        ])
        #expect(
            contents == [
                ["role": "user", "parts": [["text": "Weather?"]]],
                [
                    "role": "model",
                    "parts": [
                        ["text": "Let me see."],
                        ["functionCall": ["name": "weather", "args": ["city": "Paris"]]],
                        ["functionCall": ["name": "weather", "args": ["city": "Rome"]]],
                        ["functionCall": ["name": "time", "args": [:]]],
                    ],
                ],
                [
                    "role": "user",
                    "parts": [
                        ["functionResponse": ["name": "weather", "response": ["result": [1, 2]]]],
                        ["functionResponse": ["name": "weather", "response": ["sky": "blue"]]],
                        ["functionResponse": ["name": "time", "response": ["result": "12:00"]]],
                        ["text": "And?"],
                    ],
                ],
            ])
    }

    @Test func newerModelsGetTheIDs() throws {
        let contents = try GeminiCase.contents(
            [
                ["role": "user", "content": "x"],
                ["role": "assistant", "content": nil, "tool_calls": [Self.call("call_1", "f", "{}")]],
                Self.result("call_1", "true"),
            ], model: "gemini-3.5-flash")
        #expect(contents?[1]?["parts"]?[0]?["functionCall"] == ["id": "call_1", "name": "f", "args": [:]])
        #expect(
            contents?[2]?["parts"]?[0]?["functionResponse"]
                == ["id": "call_1", "name": "f", "response": ["result": true]])
    }

    @Test(arguments: [
        (" \n", "{}"), ("{", #"{"_raw":"{"}"#), ("[1]", #"{"_raw":"[1]"}"#), (#"{"a":{}}"#, #"{"a":{}}"#),
        ("null", #"{"_raw":"null"}"#),
    ])
    func argumentsAreAlwaysAnObject(arguments: String, expected: String) throws {
        let contents = try GeminiCase.contents([
            ["role": "user", "content": "x"],
            ["role": "assistant", "tool_calls": [Self.call("1", "f", arguments)]], Self.result("1", "ok"),
        ])
        #expect(contents?[1]?["parts"]?[0]?["functionCall"]?["args"] == (try JSONValue(parsing: expected)))
    }

    @Test(arguments: [
        ("text", #"{"result":"text"}"#), ("", #"{"result":""}"#), ("4.50", #"{"result":4.50}"#),
        (#""quoted""#, #"{"result":"quoted"}"#), ("null", #"{"result":null}"#), (#"{"a":1}"#, #"{"a":1}"#),
        (#"{"a":1"#, #"{"result":"{\"a\":1"}"#),
    ])
    func resultsAreAlwaysAnObject(content: String, expected: String) throws {
        let contents = try GeminiCase.contents([
            ["role": "user", "content": "x"], ["role": "assistant", "tool_calls": [Self.call("1", "f", "{}")]],
            Self.result("1", .string(content)),
        ])
        #expect(contents?[2]?["parts"]?[0]?["functionResponse"]?["response"] == (try JSONValue(parsing: expected)))
    }

    @Test func imagesInResultsFollowAllResults() throws {
        let contents = try GeminiCase.contents([
            ["role": "user", "content": "x"],
            ["role": "assistant", "tool_calls": [Self.call("1", "f", "{}"), Self.call("2", "g", "{}")]],
            Self.result(
                "1",
                [
                    ["type": "text", "text": "shot"],
                    ["type": "image_url", "image_url": ["url": "data:image/png;base64,aGk="]],
                ]),
            Self.result("2", "done"),
        ])
        #expect(
            contents?[2]?["parts"] == [
                ["functionResponse": ["name": "f", "response": ["result": "shot"]]],
                ["functionResponse": ["name": "g", "response": ["result": "done"]]],
                ["inlineData": ["mimeType": "image/png", "data": "aGk="]],
            ])
    }

    @Test func oldFunctionMessages() throws {
        let contents = try GeminiCase.contents([
            ["role": "user", "content": "x"],
            ["role": "assistant", "content": nil, "function_call": ["name": "f", "arguments": "{}"]],
            ["role": "function", "name": "f", "content": "1"],
        ])
        #expect(contents?[1]?["parts"] == [["functionCall": ["name": "f", "args": [:]]]])
        #expect(contents?[2]?["parts"] == [["functionResponse": ["name": "f", "response": ["result": 1]]]])
    }

    @Test func aResultWithoutItsCallNeedsAName() throws {
        let messages: JSONValue = [
            ["role": "user", "content": "x"], ["role": "tool", "tool_call_id": "zzz", "content": "1"],
        ]
        let error = GeminiCase.refusal(["messages": messages])
        #expect(error?.status == 400)
        #expect(error?.param == "messages[1].tool_call_id")
        let named = try GeminiCase.contents([
            ["role": "user", "content": "x"],
            ["role": "tool", "tool_call_id": "zzz", "name": "f", "content": "1"],
        ])
        #expect(
            named?[0]?["parts"]?[1] == ["functionResponse": ["name": "f", "response": ["result": 1]]])
    }

    @Test func reusedIDsNameTheLatestCall() throws {
        let contents = try GeminiCase.contents([
            ["role": "user", "content": "x"], ["role": "assistant", "tool_calls": [Self.call("call_0", "f", "{}")]],
            Self.result("call_0", "1"), ["role": "assistant", "tool_calls": [Self.call("call_0", "g", "{}")]],
            Self.result("call_0", "2"),
        ])
        #expect(contents?[2]?["parts"]?[0]?["functionResponse"]?["name"] == "f")
        #expect(contents?[4]?["parts"]?[0]?["functionResponse"]?["name"] == "g")
    }

    @Test func aHistoryThatBeginsWithACallGetsAnOpening() throws {
        let contents = try GeminiCase.contents([
            ["role": "assistant", "tool_calls": [Self.call("1", "f", "{}")]], Self.result("1", "ok"),
        ])
        #expect(contents?[0] == ["role": "user", "parts": [["text": ""]]])
        #expect(contents?[1]?["role"] == "model")
    }
}
