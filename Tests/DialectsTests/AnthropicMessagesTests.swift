import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase

@Suite("Anthropic: messages")
struct AnthropicMessagesTests {
    @Test func aPlainChatIsTranslatedWhole() throws {
        let body = try Case.body(
            [
                "messages": [Case.system("Be brief."), Case.user("Hi"), Case.assistant("Hello!"), Case.user("Bye")],
                "max_tokens": 100, "temperature": 0.7, "stream": true,
            ])
        #expect(
            body == [
                "model": "claude-sonnet-4-5", "max_tokens": 100,
                "system": [["type": "text", "text": "Be brief."]],
                "messages": [
                    ["role": "user", "content": "Hi"], ["role": "assistant", "content": "Hello!"],
                    ["role": "user", "content": "Bye"],
                ],
                "temperature": 0.7, "stream": true,
            ])
    }

    @Test func leadingInstructionsAreJoinedInOrderAndKeepCacheControl() throws {
        let developer: JSONValue = [
            "role": "developer",
            "content": [["type": "text", "text": "Two", "cache_control": ["type": "ephemeral", "ttl": "1h"]]],
        ]
        let body = try Case.body(["messages": [Case.system("One"), developer, Case.system(""), Case.user("Hi")]])
        #expect(
            body["system"] == [
                ["type": "text", "text": "One"],
                ["type": "text", "text": "Two", "cache_control": ["type": "ephemeral", "ttl": "1h"]],
            ])
    }

    @Test func laterInstructionsJoinTheFirstWhereTheModelTakesNoneInPlace() throws {
        let body = try Case.body(["messages": [Case.system("One"), Case.user("Hi"), Case.system("Two")]])
        #expect(body["system"] == [["type": "text", "text": "One"], ["type": "text", "text": "Two"]])
        #expect(body["messages"] == [["role": "user", "content": "Hi"]])
    }

    @Test func neighboursOfOneRoleAreMerged() throws {
        let messages = try Case.messages([
            Case.user("a"), Case.user([["type": "text", "text": "b"]]), Case.assistant("c"), Case.assistant("d"),
            Case.user("e"),
        ])
        #expect(
            messages == [
                ["role": "user", "content": [["type": "text", "text": "a"], ["type": "text", "text": "b"]]],
                ["role": "assistant", "content": [["type": "text", "text": "c"], ["type": "text", "text": "d"]]],
                ["role": "user", "content": "e"],
            ])
    }

    @Test func blankTextsAreDroppedAndWhatIsEmptyThen() throws {
        let messages = try Case.messages([
            Case.user([["type": "text", "text": ""], ["type": "text", "text": "a"], ["type": "text", "text": " \n"]]),
            Case.assistant(""), Case.user("\t"), Case.user("b"),
        ])
        #expect(
            messages == [
                ["role": "user", "content": [["type": "text", "text": "a"], ["type": "text", "text": "b"]]]
            ])
    }

    @Test func aListWithoutAnyContentIsRefused() {
        let refusal = Case.refusal([Case.user("")])
        #expect(refusal?.status == 400)
        #expect(refusal?.param == "messages")
    }

    @Test func instructionsAloneBecomeTheUsersMessage() throws {
        let body = try Case.body(["messages": [Case.system("Say hi."), Case.user(" ")]])
        #expect(body["system"] == nil)
        #expect(body["messages"] == [["role": "user", "content": "Say hi."]])
    }

    @Test func aConversationThatTheAssistantOpensGetsAnOpening() throws {
        let messages = try Case.messages([Case.assistant("Welcome!"), Case.user("Hi")])
        #expect(
            messages == [
                ["role": "user", "content": "."], ["role": "assistant", "content": "Welcome!"],
                ["role": "user", "content": "Hi"],
            ])
    }

    // MARK: Prefill

    @Test func anAssistantsLastTurnIsContinuedWhereTheModelCan() throws {
        let messages = try Case.messages([Case.user("Count"), Case.assistant("One, \n")])
        #expect(messages == [["role": "user", "content": "Count"], ["role": "assistant", "content": "One,"]])
    }

    @Test func blankEndsOfAPrefillGo() throws {
        let parts: JSONValue = [
            ["type": "text", "text": "Ä ", "cache_control": ["type": "ephemeral"]], ["type": "text", "text": " "],
        ]
        let messages = try Case.messages([Case.user("Count"), Case.assistant(parts)])
        #expect(
            messages?[1]?["content"] == [["type": "text", "text": "Ä", "cache_control": ["type": "ephemeral"]]])
    }

    @Test(arguments: [Case.Model.adaptive, Case.Model.always, Case.Model.unknown])
    func itIsDroppedWhereTheModelCannot(_ model: String) throws {
        let messages = try Case.messages(
            [Case.user("Count"), Case.assistant("One,"), Case.assistant("two")], model: model)
        #expect(messages == [["role": "user", "content": "Count"]])
    }

    @Test func thinkingAndSchemasLeaveNothingToContinue() throws {
        let messages: JSONValue = [Case.user("Count"), Case.assistant("One,")]
        let thinking = try Case.body(["messages": messages, "reasoning_effort": "low"])
        #expect(thinking["messages"] == [["role": "user", "content": "Count"]])
        let format: JSONValue = ["type": "json_schema", "json_schema": ["name": "x", "schema": ["type": "object"]]]
        let structured = try Case.body(["messages": messages, "response_format": format])
        #expect(structured["messages"] == [["role": "user", "content": "Count"]])
    }

    // MARK: Others

    @Test func aRefusalStandsInForMissingContent() throws {
        let refused: JSONValue = ["role": "assistant", "content": nil, "refusal": "No."]
        let messages = try Case.messages([Case.user("a"), refused, Case.user("b")])
        #expect(messages?[1] == ["role": "assistant", "content": "No."])
    }

    @Test func completionsBecomeOneUserMessage() throws {
        let body = try Case.body(["prompt": "Once upon", "max_tokens": 16, "stop": "\n\n"], endpoint: .completions)
        #expect(
            body == [
                "model": "claude-sonnet-4-5", "max_tokens": 16, "messages": [["role": "user", "content": "Once upon"]],
            ])
    }

    @Test func thePlanKnowsThePromptsSize() throws {
        let call = try Case.call(["messages": [Case.system("abc"), Case.user("defgh")]])
        #expect(call.plan.promptBytes == 8)
        #expect(call.plan.kind == .anthropic)
        #expect(call.plan.upstreamModel == "claude-sonnet-4-5")
        #expect(call.plan.clientModel == "client-model")
        #expect(call.plan.structuredOutputTool == nil)
        #expect(!call.plan.thinking)
    }
}
