import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase
private typealias Events = AnthropicEvents

/// The same message, whole and as a stream, says the same.
@Suite("Anthropic: whole and streamed")
struct AnthropicAgreementTests {
    private static let pieces = ["", "a", "word ", "\"quoted\"", "\n", "\\", "ä", "\u{1F600}", "{\"x\":1}", "\u{0001}"]
    private static let stops = ["end_turn", "tool_use", "max_tokens", "refusal", "pause_turn", "new"]

    private func text(_ generator: inout SplitMix64) -> [String] {
        (0..<generator.below(6)).map { _ in generator.pick(Self.pieces) ?? "" }
    }

    /// A block, and the events that bring it.
    private func block(_ index: Int, _ generator: inout SplitMix64) -> (JSONValue, [JSONValue]) {
        let pieces = text(&generator)
        let whole = JSONValue.string(pieces.joined())
        func events(_ start: JSONValue, _ type: String, _ member: String, _ pieces: [String]) -> [JSONValue] {
            [Events.block(index, start)] + pieces.map { Events.delta(index, type, member, $0) }
        }
        switch generator.below(6) {
        case 0:
            let signature = Events.delta(index, "signature_delta", "signature", "s\(index)")
            return (
                ["type": "thinking", "thinking": whole, "signature": .string("s\(index)")],
                events(["type": "thinking", "thinking": "", "signature": ""], "thinking_delta", "thinking", pieces)
                    + [signature, Events.stop(index)]
            )
        case 1:
            let block: JSONValue = ["type": "redacted_thinking", "data": whole]
            return (block, [Events.block(index, block), Events.stop(index)])
        case 2, 3:
            let input: JSONValue = generator.chance(1, in: 3) ? [:] : ["t": whole]
            let name = generator.chance(1, in: 3) ? "person" : "look"
            let json = input == [:] ? [""] : ["", String(input.text.prefix(3)), String(input.text.dropFirst(3))]
            return (
                Case.toolUse("t\(index)", name, input),
                events(Case.toolUse("t\(index)", name), "input_json_delta", "partial_json", json)
                    + [Events.stop(index)]
            )
        case 4:
            let block: JSONValue = ["type": "web_search_tool_result", "content": []]
            return (block, [Events.block(index, block), Events.stop(index)])
        default:
            return (
                ["type": "text", "text": whole],
                events(["type": "text", "text": ""], "text_delta", "text", pieces) + [Events.stop(index)]
            )
        }
    }

    private func compare(_ answer: TranslatedAnswer, _ stream: DrivenStream, _ plan: AnswerPlan) {
        let transcript = StreamTranscript(stream.output, includeUsage: true)
        #expect(transcript.problems == [])
        let choice = Case.parsed(answer)["choices"]?[0]
        let message = choice?["message"]
        #expect(transcript.content == message?["content"]?.stringValue ?? "")
        #expect(transcript.choice(0).reasoning == message?["reasoning_content"]?.stringValue ?? "")
        #expect(transcript.choice(0).refusal == message?["refusal"]?.stringValue ?? "")
        #expect(transcript.finish == choice?["finish_reason"]?.stringValue)
        let calls = message?["tool_calls"]?.arrayValue ?? []
        #expect(transcript.toolCalls.map(\.id) == calls.map { $0["id"]?.stringValue })
        #expect(transcript.toolCalls.map(\.name) == calls.map { $0["function"]?["name"]?.stringValue })
        #expect(transcript.toolCalls.map(\.arguments) == calls.map { $0["function"]?["arguments"]?.stringValue })
        #expect(stream.usage == answer.usage)
        #expect(transcript.usage == Case.parsed(answer)["usage"])
        #expect(stream.thoughts.map(\.toolCallID) == answer.thoughts.map(\.toolCallID))
        let payloads = stream.thoughts.map { try? JSONValue(parsing: $0.payload) }
        #expect(payloads == answer.thoughts.map { try? JSONValue(parsing: $0.payload) })
    }

    @Test(arguments: 1...6)
    func agree(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<60 {
            var plan = Case.plan(stream: true, includeUsage: true)
            if generator.chance(1, in: 2) { plan.structuredOutputTool = "person" }
            plan.thinking = generator.chance(1, in: 2)
            let blocks = (0..<generator.below(6)).map { block($0, &generator) }
            let stop = generator.pick(Self.stops) ?? "end_turn"
            let answer = try #require(Case.translate(Case.message(blocks.map(\.0), stop: .string(stop)), plan).answer)
            let events =
                [Events.start()] + blocks.flatMap(\.1)
                + Events.end(stop, usage: ["input_tokens": 10, "output_tokens": 5])
            let split = Split.random(seed: generator.next(), most: 200)
            let stream = Driver.run(Events.translator(plan), Events.bytes(events), split: split)
            #expect(stream.isComplete)
            compare(answer, stream, plan)
        }
    }
}
