import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase
private typealias Events = AnthropicEvents

/// Damaged input never crashes, and never passes for a whole answer.
@Suite("Anthropic: damaged input")
struct AnthropicFuzzTests {
    private static let seeds: [JSONValue] =
        [Events.start(), ["type": "ping"]] + Events.thinking(0, "Hm, ", "\"ä\\u00e4\"") + Events.text(1, "Hel", "lo")
        + [Events.block(2, ["type": "redacted_thinking", "data": "b64"]), Events.stop(2)]
        + Events.call(3, "t1", "look", "{\"a\"", ":[1,2]}") + Events.call(4, "t2", "person", "")
        + Events.end(
            "tool_use",
            usage: ["input_tokens": 5, "output_tokens": 7, "output_tokens_details": ["thinking_tokens": 3]])

    private func plan(_ generator: inout SplitMix64) -> AnswerPlan {
        var plan = Case.plan(
            generator.chance(1, in: 4) ? .completions : .chatCompletions, stream: true,
            includeUsage: generator.chance(1, in: 2))
        if generator.chance(1, in: 3) { plan.structuredOutputTool = "person" }
        plan.thinking = generator.chance(1, in: 2)
        return plan
    }

    /// An end in the text: without one of these, a stream cannot be whole.
    private func hasEnd(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.contains("message_stop") || text.contains("stop_reason") || text.contains("\\u")
    }

    private func check(_ bytes: [UInt8], _ plan: AnswerPlan, _ generator: inout SplitMix64) {
        let split = Split.random(seed: generator.next(), most: 1 + generator.below(300))
        let stream = Driver.run(Events.translator(plan), bytes, split: split)
        if stream.isComplete {
            #expect(hasEnd(bytes))
            let transcript = StreamTranscript(stream.output, endpoint: plan.endpoint, includeUsage: plan.includeUsage)
            // Ids that damage made equal are the provider's own fault; so are arguments that are no JSON any more.
            let problems = transcript.problems.filter { !$0.hasPrefix("tool call id") && !$0.hasPrefix("arguments") }
            #expect(problems == [])
            #expect(stream.usage != nil)
        } else {
            #expect(stream.failure != nil)
            #expect(!stream.text.contains("[DONE]"))
            #expect(stream.thoughts.isEmpty)
        }
        for record in stream.thoughts { #expect((try? JSONValue(parsing: record.payload))?.arrayValue != nil) }
    }

    @Test(arguments: 1...8)
    func streamsWithRandomDamage(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let whole = Events.bytes(Self.seeds)
        for _ in 0..<250 {
            check(Mutation.of(whole, using: &generator), plan(&generator), &generator)
        }
    }

    @Test(arguments: 1...4)
    func streamsWithEventsInAnyOrder(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<250 {
            var events: [JSONValue] = []
            for _ in 0..<generator.below(20) { events += [generator.pick(Self.seeds) ?? .null] }
            if generator.chance(1, in: 3) { events.shuffle(using: &generator) }
            check(Events.bytes(events), plan(&generator), &generator)
        }
    }

    @Test func streamsCutAnywhere() {
        var generator = SplitMix64(seed: 7)
        let whole = Events.bytes(Self.seeds)
        for count in stride(from: 0, to: whole.count, by: 3) {
            check(Array(whole.prefix(count)), Case.plan(stream: true), &generator)
        }
    }

    @Test(arguments: 1...4)
    func wholeAnswers(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let body = Case.message(
            [
                ["type": "thinking", "thinking": "Hm", "signature": "s"], Case.text("So"), Case.toolUse("t1"),
                Case.toolUse("t2", "person", ["a": 1]),
            ], stop: "tool_use",
            ["usage": ["input_tokens": 5, "output_tokens": 7, "cache_read_input_tokens": 2]]
        ).bytes
        for _ in 0..<500 {
            let damaged = Mutation.of(body, using: &generator)
            let plan = plan(&generator)
            let status = generator.pick([200, 200, 200, 400, 429, 529]) ?? 200
            switch Case.dialect.translate(damaged, head: .of(status), plan: plan) {
            case .failure(let failure): #expect(!failure.message.isEmpty)
            case .answer(let answer):
                #expect(status == 200)
                let problems = OpenAIAnswerCheck.problems(in: answer.body, endpoint: plan.endpoint)
                #expect(problems.filter { !$0.hasPrefix("tool call id") } == [])
            }
        }
    }

    @Test(arguments: 1...4)
    func requests(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let request: JSONValue = [
            "model": "m", "max_tokens": 5000, "reasoning_effort": "high", "temperature": 0.5,
            "messages": [
                Case.system("Be brief."), Case.user("?"), Case.calling([Case.toolCall("a"), Case.toolCall("b")], "So"),
                Case.result("a", "1"), Case.result("b", [["type": "text", "text": "2"]]), Case.system("x"),
                Case.user([["type": "image_url", "image_url": ["url": "data:image/png;base64,aGk="]]]),
            ],
            "tools": [Case.tool("look", ["parameters": ["type": "object", "properties": ["n": ["minimum": 1]]]])],
            "response_format": ["type": "json_schema", "json_schema": ["name": "x", "schema": ["oneOf": []]]],
        ]
        let models = [Case.Model.budget, Case.Model.adaptive, Case.Model.always, Case.Model.modern, Case.Model.unknown]
        for _ in 0..<400 {
            let damaged = Mutation.of(request.bytes, most: 2, using: &generator)
            guard let checked = try? ClientRequest(checking: damaged, endpoint: .chatCompletions) else { continue }
            let target = Case.target(generator.pick(models) ?? "")
            guard let call = try? Case.dialect.prepare(checked, target: target, context: .sample) else { continue }
            let body = try? JSONValue(parsing: call.body)
            #expect(body?["messages"]?.arrayValue?.isEmpty == false)
            #expect(body?["messages"]?[0]?["role"] == "user")
            #expect((body?["max_tokens"]?.intValue ?? -1) >= 0)
        }
    }
}
