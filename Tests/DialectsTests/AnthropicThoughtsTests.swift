import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase
private typealias Events = AnthropicEvents

/// Thinking blocks out of one answer and into the next request.
@Suite("Anthropic: thinking in tool loops")
struct AnthropicThoughtsTests {
    private let blocks: JSONValue = [
        ["type": "thinking", "thinking": "Hm, \"ä\"\n…", "signature": "c2ln+/="],
        ["type": "redacted_thinking", "data": "b64=="],
    ]

    private func record(_ id: String = "a", _ payload: String? = nil, kind: ProviderKind = .anthropic) -> ThoughtRecord
    {
        ThoughtRecord(toolCallID: id, kind: kind, payload: payload ?? blocks.text)
    }

    private func context(_ records: ThoughtRecord...) -> CallContext {
        CallContext(created: 1, idSeed: "ab", thoughts: { id in records.first { $0.toolCallID == id } })
    }

    private let loop: [JSONValue] = [
        Case.user("?"), Case.calling([Case.toolCall("a"), Case.toolCall("b")], "So."), Case.result("a", "1"),
        Case.result("b", "2"),
    ]

    private func body(
        _ messages: [JSONValue], _ context: CallContext, effort: JSONValue? = "high", model: String = Case.Model.budget
    ) throws -> JSONValue {
        var members: JSONObject = ["messages": .array(messages), "tools": [Case.tool("look")]]
        members["reasoning_effort"] = effort
        return try Case.body(members, model: model, context: context)
    }

    private func kinds(_ body: JSONValue, _ message: Int) -> [String?] {
        body["messages"]?[message]?["content"]?.arrayValue?.map { $0["type"]?.stringValue } ?? []
    }

    // MARK: Into the request

    @Test(arguments: [Case.Model.budget, Case.Model.adaptive, Case.Model.always])
    func theyGoBackUnchangedAndFirst(_ model: String) throws {
        let body = try body(loop, context(record()), model: model)
        #expect(kinds(body, 1) == ["thinking", "redacted_thinking", "text", "tool_use", "tool_use"])
        #expect(body["messages"]?[1]?["content"]?[0] == blocks[0])
        #expect(body["messages"]?[1]?["content"]?[1] == blocks[1])
        #expect(body["thinking"]?["type"] != nil)
        #expect(body["thinking"]?["type"] != "disabled")
    }

    @Test func lostOnesEndThinkingForThisRequest() throws {
        let old = try Case.call(
            ["messages": .array(loop), "tools": [Case.tool("look")], "reasoning_effort": "high", "temperature": 0.5])
        let body = try JSONValue(parsing: old.body)
        #expect(body["thinking"] == nil)
        #expect(body["temperature"] == 0.5)
        #expect(!old.plan.thinking)
        #expect(kinds(body, 1) == ["text", "tool_use", "tool_use"])
        #expect(try self.body(loop, context(), model: Case.Model.adaptive)["thinking"] == ["type": "disabled"])
        // These never stop.
        #expect(try self.body(loop, context(), model: Case.Model.always)["thinking"]?["type"] == "adaptive")
    }

    @Test(arguments: ["", "{}", "[", "null"])
    func damagedRecordsAreLost(_ payload: String) throws {
        #expect(try body(loop, context(record("a", payload)))["thinking"] == nil)
        #expect(try body(loop, context(record("a", "x", kind: .gemini)))["thinking"] == nil)
    }

    @Test func aTurnThatIsKnownToBeWithoutThinkingHasLostNothing() throws {
        let longer =
            loop + [Case.calling([Case.toolCall("c")]), Case.result("c", "3")]
        let whole = try body(longer, context(record(), record("c", "[]")))
        #expect(whole["thinking"]?["type"] == "enabled")
        #expect(kinds(whole, 1).first == "thinking")
        #expect(kinds(whole, 3) == ["tool_use"])
        #expect(try body(longer, context(record()))["thinking"] == nil)
        #expect(try body(longer, context(record("c", "[]")))["thinking"] == nil)
    }

    @Test func onlyTheRunningLoopCounts() throws {
        let over = loop + [Case.assistant("Done."), Case.user("Next?")]
        #expect(try body(over, context())["thinking"]?["type"] == "enabled")
        let interrupted = loop + [Case.user("Stop that."), Case.calling([Case.toolCall("c")]), Case.result("c", "3")]
        #expect(try body(interrupted, context(record("c")))["thinking"]?["type"] == "enabled")
        #expect(try body(interrupted, context(record("a")))["thinking"] == nil)
        // Words beside the last results do not end the loop.
        #expect(try body(loop + [Case.user("Go on.")], context())["thinking"] == nil)
    }

    @Test func instructionsInPlaceDoNotHideTheLoop() throws {
        var capabilities = CapabilityTable.shared.capabilities(kind: .anthropic, model: Case.Model.modern)
        capabilities.thinkingAlwaysOn = false
        let members: JSONObject = [
            "messages": .array(loop + [Case.system("Hurry.")]), "tools": [Case.tool("look")], "reasoning_effort": "low",
        ]
        let body = try Case.body(members, model: Case.Model.modern, capabilities: capabilities)
        #expect(body["thinking"] == ["type": "disabled"])
    }

    @Test func earlierTurnsKeepTheirs() throws {
        let over = loop + [Case.assistant("Done."), Case.user("Next?")]
        #expect(kinds(try body(over, context(record())), 1).first == "thinking")
    }

    @Test func withoutThinkingNoneAreSent() throws {
        #expect(kinds(try body(loop, context(record()), effort: nil), 1).first == "text")
        #expect(kinds(try body(loop, context(record()), effort: "none", model: Case.Model.adaptive), 1).first == "text")
        // The model decides: it may think.
        #expect(
            kinds(try body(loop, context(record()), effort: nil, model: Case.Model.adaptive), 1).first == "thinking")
    }

    // MARK: Out of the answer

    private func thinkingPlan(stream: Bool = false) -> AnswerPlan {
        var plan = Case.plan(stream: stream)
        plan.thinking = true
        return plan
    }

    @Test func aWholeAnswersBlocksAreRemembered() throws {
        let content = (blocks.arrayValue ?? []) + [Case.text("So."), Case.toolUse("toolu_1"), Case.toolUse("toolu_2")]
        let answer = try #require(Case.translate(Case.message(content, stop: "tool_use")).answer)
        #expect(answer.thoughts.map(\.toolCallID) == ["toolu_1"])
        #expect(answer.thoughts.map(\.kind) == [.anthropic])
        #expect(try JSONValue(parsing: answer.thoughts[0].payload) == blocks)
        #expect(Case.parsed(answer)["choices"]?[0]?["message"]?["reasoning_content"] == "Hm, \"ä\"\n…")
    }

    @Test func aStreamsBlocksAreRemembered() throws {
        let events =
            [Events.start()] + Events.thinking(0, "Hm, ", "", "\"ä\"", "\n…", signature: "c2ln+/=")
            + [Events.block(1, ["type": "redacted_thinking", "data": "b64=="]), Events.stop(1)]
            + Events.text(2, "So.") + Events.call(3, "toolu_1", "look", "{}") + Events.end("tool_use")
        let stream = Events.run(events, thinkingPlan(stream: true))
        #expect(stream.thoughts.map(\.toolCallID) == ["toolu_1"])
        let payload = try #require(stream.thoughts.first).payload
        #expect(try JSONValue(parsing: payload) == blocks)
        #expect(StreamTranscript(stream.output).choice(0).reasoning == "Hm, \"ä\"\n…")
    }

    @Test func withoutACallNothingIsRemembered() throws {
        let answer = try #require(
            Case.translate(Case.message((blocks.arrayValue ?? []) + [Case.text("4")]), thinkingPlan()).answer)
        #expect(answer.thoughts.isEmpty)
    }

    @Test func aCallWithoutThinkingIsRememberedIfThinkingWasAskedFor() throws {
        let message = Case.message([Case.toolUse("toolu_1")], stop: "tool_use")
        #expect(Case.translate(message, thinkingPlan()).answer?.thoughts == [record("toolu_1", "[]")])
        #expect(Case.translate(message).answer?.thoughts == [])
        let events = [Events.start()] + Events.call(0, "toolu_1", "look", "") + Events.end("tool_use")
        #expect(Events.run(events, thinkingPlan(stream: true)).thoughts == [record("toolu_1", "[]")])
        #expect(Events.run(events).thoughts == [])
    }

    @Test func unsignedThinkingCannotGoBack() {
        let unsigned: JSONValue = ["type": "thinking", "thinking": "Hm"]
        let outcome = Case.translate(Case.message([unsigned, Case.toolUse("t")], stop: "tool_use"), thinkingPlan())
        #expect(outcome.answer?.thoughts == [])
    }

    @Test func aCutStreamRemembersNothing() {
        let events = [Events.start()] + Events.thinking(0, "Hm") + Events.call(1, "t", "look", "{")
        #expect(Events.run(events, thinkingPlan(stream: true)).thoughts == [])
    }

    @Test func omittedThinkingIsStillSigned() throws {
        let events =
            [Events.start()] + Events.thinking(0, signature: "s") + Events.call(1, "t", "look", "{}")
            + Events.end("tool_use")
        let stream = Events.run(events, thinkingPlan(stream: true))
        let payload = try #require(stream.thoughts.first).payload
        #expect(try JSONValue(parsing: payload) == [["type": "thinking", "thinking": "", "signature": "s"]])
    }
}
