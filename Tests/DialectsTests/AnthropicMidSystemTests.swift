import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase

/// Instructions in the middle of a conversation, for models that take them in place: only behind a user's turn, only in
/// front of an assistant's or at the end, never two in a row.
@Suite("Anthropic: instructions in place")
struct AnthropicMidSystemTests {
    private func roles(_ messages: [JSONValue]) throws -> [String?] {
        try Case.messages(messages, model: Case.Model.modern)?.arrayValue?.map { $0["role"]?.stringValue } ?? []
    }

    @Test func theyStayWhereTheyAre() throws {
        let body = try Case.body(
            [
                "messages": [
                    Case.system("One"), Case.user("Hi"), Case.system("Two"), Case.assistant("Ho"), Case.user("Hm"),
                ]
            ],
            model: Case.Model.modern)
        #expect(body["system"] == [["type": "text", "text": "One"]])
        #expect(
            body["messages"] == [
                ["role": "user", "content": "Hi"], ["role": "system", "content": "Two"],
                ["role": "assistant", "content": "Ho"], ["role": "user", "content": "Hm"],
            ])
    }

    @Test func atTheEndAndInARow() throws {
        let messages = try Case.messages(
            [Case.user("Hi"), Case.system("One"), Case.system("Two")], model: Case.Model.modern)
        #expect(
            messages == [
                ["role": "user", "content": "Hi"],
                ["role": "system", "content": [["type": "text", "text": "One"], ["type": "text", "text": "Two"]]],
            ])
    }

    @Test func theyMoveBehindTheUsersTurn() throws {
        #expect(
            try roles([Case.user("a"), Case.assistant("b"), Case.system("x"), Case.user("c")])
                == ["user", "assistant", "user", "system"])
        #expect(try roles([Case.user("a"), Case.system("x"), Case.user("b")]) == ["user", "system"])
    }

    @Test func theyDoNotComeBetweenACallAndItsResult() throws {
        let messages = try Case.messages(
            [
                Case.user("a"), Case.calling([Case.toolCall("1"), Case.toolCall("2")]), Case.system("x"),
                Case.result("1", "r"), Case.system("y"), Case.result("2", "s"), Case.assistant("b"), Case.user("c"),
            ], model: Case.Model.modern)
        #expect(
            messages?.arrayValue?.map { $0["role"]?.stringValue }
                == ["user", "assistant", "user", "system", "assistant", "user"])
        #expect(messages?[2]?["content"]?.arrayValue?.map { $0["tool_use_id"] } == ["1", "2"])
        #expect(messages?[3]?["content"]?[1]?["text"] == "y")
    }

    @Test func withoutAUsersTurnTheyGoToTheTop() throws {
        let body = try Case.body(
            ["messages": [Case.user("a"), Case.assistant("b"), Case.system("x"), Case.assistant("c"), Case.user("d")]],
            model: Case.Model.modern)
        #expect(body["system"] == [["type": "text", "text": "x"]])
        #expect(
            body["messages"] == [
                ["role": "user", "content": "a"],
                ["role": "assistant", "content": [["type": "text", "text": "b"], ["type": "text", "text": "c"]]],
                ["role": "user", "content": "d"],
            ])
    }

    @Test func behindADroppedPrefillTheyGoToTheTop() throws {
        let body = try Case.body(
            ["messages": [Case.user("a"), Case.assistant("b"), Case.system("x")]], model: Case.Model.modern)
        #expect(body["system"] == [["type": "text", "text": "x"]])
        #expect(body["messages"] == [["role": "user", "content": "a"]])
    }
}
