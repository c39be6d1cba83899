import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase

@Suite("Anthropic: tool turns")
struct AnthropicToolTurnsTests {
    @Test func callsAndResultsBecomeBlocks() throws {
        let body = try Case.body([
            "messages": [
                Case.user("Weather?"),
                Case.calling([Case.toolCall("call_1", "look", "{\"city\":\"Oslo\"}")], "I look."),
                Case.result("call_1", "Rain"),
            ],
            "tools": [Case.tool("look")],
        ])
        #expect(
            body["messages"] == [
                ["role": "user", "content": "Weather?"],
                [
                    "role": "assistant",
                    "content": [
                        ["type": "text", "text": "I look."],
                        ["type": "tool_use", "id": "call_1", "name": "look", "input": ["city": "Oslo"]],
                    ],
                ],
                [
                    "role": "user",
                    "content": [["type": "tool_result", "tool_use_id": "call_1", "content": "Rain"]],
                ],
            ])
    }

    @Test func allResultsOfATurnComeFirstInOneMessage() throws {
        let messages = try Case.messages([
            Case.user("?"), Case.calling([Case.toolCall("a"), Case.toolCall("b")]), Case.result("b", "2"),
            Case.user("And?"), Case.result("a", "1"), Case.user("Well?"),
        ])
        #expect(
            messages?[2]?["content"] == [
                ["type": "tool_result", "tool_use_id": "b", "content": "2"],
                ["type": "tool_result", "tool_use_id": "a", "content": "1"],
                ["type": "text", "text": "And?"], ["type": "text", "text": "Well?"],
            ])
        #expect(messages?.arrayValue?.count == 3)
    }

    @Test func callsSplitOverSeveralMessagesAreOneTurn() throws {
        let messages = try Case.messages([
            Case.user("?"), Case.calling([Case.toolCall("a")]), Case.calling([Case.toolCall("b")]),
            Case.result("a", "1"), Case.result("b", "2"),
        ])
        #expect(messages?.arrayValue?.map { $0["role"]?.stringValue } == ["user", "assistant", "user"])
        #expect(messages?[1]?["content"]?.arrayValue?.map { $0["id"] } == ["a", "b"])
    }

    @Test(
        arguments: [
            ("", [:]), (" ", [:]), ("{\"a\":[1.0]}", ["a": [1.0]]), ("{\"a\":", ["_raw": "{\"a\":"]),
            ("[1]", ["_raw": "[1]"]),
        ] as [(String, JSONValue)])
    func argumentsBecomeAnObject(_ arguments: String, _ input: JSONValue) throws {
        let messages = try Case.messages([
            Case.user("?"), Case.calling([Case.toolCall("a", "look", arguments)]), Case.result("a", "1"),
        ])
        #expect(messages?[1]?["content"]?[0]?["input"] == input)
    }

    @Test func resultsMayBeEmptyOrHoldSeveralParts() throws {
        let parts: JSONValue = [
            ["type": "text", "text": "See:", "cache_control": ["type": "ephemeral"]],
            ["type": "image_url", "image_url": ["url": "data:image/png;base64,aGk="]],
        ]
        let messages = try Case.messages([
            Case.user("?"), Case.calling([Case.toolCall("a"), Case.toolCall("b")]), Case.result("a", ""),
            Case.result("b", parts),
        ])
        #expect(
            messages?[2]?["content"] == [
                ["type": "tool_result", "tool_use_id": "a"],
                [
                    "type": "tool_result", "tool_use_id": "b",
                    "content": [
                        ["type": "text", "text": "See:"],
                        [
                            "type": "image",
                            "source": ["type": "base64", "media_type": "image/png", "data": "aGk="],
                        ],
                    ],
                    // Nothing inside of a result is cached on its own.
                    "cache_control": ["type": "ephemeral"],
                ],
            ])
    }

    @Test func aSecondResultForACallJoinsTheFirst() throws {
        let messages = try Case.messages([
            Case.user("?"), Case.calling([Case.toolCall("a")]), Case.result("a", "1"), Case.result("a", "2"),
        ])
        #expect(
            messages?[2]?["content"] == [
                [
                    "type": "tool_result", "tool_use_id": "a",
                    "content": [["type": "text", "text": "1"], ["type": "text", "text": "2"]],
                ]
            ])
    }

    @Test func theOldFunctionRoleWorksToo() throws {
        let call: JSONValue = [
            "role": "assistant", "content": nil, "function_call": ["name": "look", "arguments": "{}"],
        ]
        let messages = try Case.messages([
            Case.user("?"), call, ["role": "function", "name": "look", "content": "1"], call,
            ["role": "function", "name": "look", "content": "2"],
        ])
        #expect(messages?[1]?["content"]?[0]?["id"] == "look")
        #expect(messages?[2]?["content"]?[0]?["tool_use_id"] == "look")
        #expect(messages?[3]?["content"]?[0]?["id"] == "look_2")
        #expect(messages?[4]?["content"]?[0]?["tool_use_id"] == "look_2")
    }

    // MARK: What cannot be paired

    @Test func aCallWithoutAResultIsRefusedInOpenAIsWords() {
        let refusal = Case.refusal([
            Case.user("?"), Case.calling([Case.toolCall("a"), Case.toolCall("b")]), Case.result("a", "1"),
            Case.user("!"),
            Case.assistant("Well"),
        ])
        #expect(refusal?.status == 400)
        #expect(refusal?.param == "messages[1].tool_calls")
        #expect(refusal?.message.hasSuffix("did not have response messages: b") == true)
    }

    @Test func soIsOneAtTheEnd() {
        let refusal = Case.refusal([Case.user("?"), Case.calling([Case.toolCall("a")])])
        #expect(refusal?.param == "messages[1].tool_calls")
    }

    @Test(arguments: [false, true])
    func aResultWithoutACallIsRefused(_ belongsToAnEarlierTurn: Bool) {
        let earlier: [JSONValue] = [Case.calling([Case.toolCall("a")]), Case.result("a", "1"), Case.assistant("So")]
        let messages: [JSONValue] =
            [Case.user("?")] + (belongsToAnEarlierTurn ? earlier : []) + [Case.result("a", "2")]
        let refusal = Case.refusal(messages)
        #expect(refusal?.status == 400)
        #expect(refusal?.param == "messages[\(messages.count - 1)].tool_call_id")
    }

    // MARK: Ids and names

    @Test func idsAreRewrittenTheSameWayInBothPlaces() throws {
        let id = "call:1/ä"
        let messages = try Case.messages([
            Case.user("?"), Case.calling([Case.toolCall(id), Case.toolCall("call:1/b")]), Case.result("call:1/b", "2"),
            Case.result(id, "1"),
        ])
        let first = try #require(messages?[1]?["content"]?[0]?["id"]?.stringValue)
        let second = try #require(messages?[1]?["content"]?[1]?["id"]?.stringValue)
        #expect(first != second)
        for id in [first, second] {
            #expect(id.utf8.allSatisfy { $0 == 0x5F || $0 == 0x2D || 0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 | 0x20 })
        }
        #expect(messages?[2]?["content"]?[0]?["tool_use_id"]?.stringValue == second)
        #expect(messages?[2]?["content"]?[1]?["tool_use_id"]?.stringValue == first)
    }

    @Test func idsThatRepeatAreToldApart() throws {
        let messages = try Case.messages([
            Case.user("?"), Case.calling([Case.toolCall("0")]), Case.result("0", "x"),
            Case.calling([Case.toolCall("0"), Case.toolCall("0")]), Case.result("0", "y"), Case.result("0", "z"),
        ])
        #expect(messages?[1]?["content"]?[0]?["id"] == "0")
        #expect(messages?[3]?["content"]?.arrayValue?.map { $0["id"] } == ["0_2", "0_3"])
        #expect(
            messages?[4]?["content"] == [
                ["type": "tool_result", "tool_use_id": "0_2", "content": "y"],
                ["type": "tool_result", "tool_use_id": "0_3", "content": "z"],
            ])
    }

    @Test func thousandsOfCallsTakeNoMoreThanTheirTurn() throws {
        let count = 3000
        let calls = (0..<count).map { Case.toolCall($0.isMultiple(of: 2) ? "0" : "0_\($0)") }
        let results = (0..<count).map { Case.result($0.isMultiple(of: 2) ? "0" : "0_\($0)", "\($0)") }
        let messages = try Case.messages([Case.user("?"), Case.calling(calls)] + results)
        let ids = messages?[1]?["content"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
        #expect(Set(ids).count == count)
        let answered = messages?[2]?["content"]?.arrayValue?.compactMap { $0["tool_use_id"]?.stringValue } ?? []
        #expect(answered == ids)
        let contents = messages?[2]?["content"]?.arrayValue?.compactMap { $0["content"]?.stringValue } ?? []
        #expect(contents == (0..<count).map(String.init))
    }

    @Test func namesOfTheHistoryAreRewrittenAndFindBack() throws {
        let call = try Case.call([
            "messages": [
                Case.user("?"), Case.calling([Case.toolCall("a", "files.read")]), Case.result("a", "1"),
            ],
            "tools": [Case.tool("look")],
        ])
        let body = try JSONValue(parsing: call.body)
        let name = try #require(body["messages"]?[1]?["content"]?[0]?["name"]?.stringValue)
        #expect(name.hasPrefix("files_read_"))
        #expect(call.plan.toolNames == [name: "files.read"])
        #expect(call.plan.declaredTools == ["look"])

        let outcome = Case.translate(Case.message([Case.toolUse("toolu_1", name)], stop: "tool_use"), call.plan)
        let answer = Case.parsed(try #require(outcome.answer))
        #expect(answer["choices"]?[0]?["message"]?["tool_calls"]?[0]?["function"]?["name"] == "files.read")
    }

    @Test func theHistorysToolsAreDeclaredWhereTheClientDeclaresNone() throws {
        let body = try Case.body([
            "messages": [
                Case.user("?"), Case.calling([Case.toolCall("a"), Case.toolCall("b")]), Case.result("a", "1"),
                Case.result("b", "2"),
            ]
        ])
        #expect(body["tools"] == [["name": "look", "input_schema": ["type": "object", "properties": [:]]]])
        #expect(body["tool_choice"] == ["type": "none"])
    }
}
