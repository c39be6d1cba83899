import Dialects
import Testing
import WireJSON

/// The test helpers themselves: a checker that finds nothing wrong with wrong answers is worth nothing.
@Suite struct CoreSupportTests {
    private func problems(_ frames: String..., includeUsage: Bool = false) -> [String] {
        let output = frames.map { "data: \($0)\n\n" }.joined()
        return StreamTranscript(Array(output.utf8), includeUsage: includeUsage).problems
    }

    private func chunk(_ choice: String, _ rest: String = "") -> String {
        #"{"id":"i","object":"chat.completion.chunk","created":1,"model":"m","choices":[\#(choice)]\#(rest)}"#
    }

    private let role = #"{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}"#
    private let text = #"{"index":0,"delta":{"content":"x"},"finish_reason":null}"#
    private let end = #"{"index":0,"delta":{},"finish_reason":"stop"}"#
    private let usage = #"{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}"#

    @Test func acceptsGoodStreams() {
        #expect(problems(chunk(role), chunk(text), chunk(end), "[DONE]") == [])
        let null = #","usage":null"#
        #expect(
            problems(
                chunk(role, null), chunk(text, null), chunk(end, null), chunk("", #","usage":\#(usage)"#), "[DONE]",
                includeUsage: true) == [])
    }

    @Test func findsBadStreams() {
        #expect(problems(chunk(text), chunk(end), "[DONE]") != [])
        #expect(problems(chunk(role), chunk(role), chunk(end), "[DONE]") != [])
        #expect(problems(chunk(role), chunk(end)) != [])
        #expect(problems(chunk(role), "[DONE]") != [])
        #expect(problems(chunk(role), chunk(end), chunk(end), "[DONE]") != [])
        #expect(problems(chunk(role), chunk(end), "[DONE]", chunk(text)) != [])
        #expect(problems(chunk(role, #","usage":null"#), chunk(end), "[DONE]") != [])
        #expect(problems(chunk(role), chunk(end), chunk("", #","usage":\#(usage)"#), "[DONE]") != [])
        #expect(
            problems(chunk(role, #","usage":null"#), chunk(end, #","usage":null"#), "[DONE]", includeUsage: true) != [])
        #expect(problems(chunk(role), chunk(end).replacing("\"m\"", with: "\"n\""), "[DONE]") != [])
        #expect(problems(chunk(role), "not json", chunk(end), "[DONE]") != [])
        #expect(problems("[DONE]") != [])
        #expect(StreamTranscript(Array("data: [DONE]\n".utf8)).problems != [])
        #expect(StreamTranscript(Array("event: x\ndata: [DONE]\n\n".utf8)).problems != [])
    }

    @Test func findsBadToolCalls() {
        func call(_ fragment: String) -> String {
            chunk(#"{"index":0,"delta":{"tool_calls":[\#(fragment)]},"finish_reason":null}"#)
        }
        let start = #"{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}"#
        let rest = #"{"index":0,"function":{"arguments":"{}"}}"#
        let calls = chunk(#"{"index":0,"delta":{},"finish_reason":"tool_calls"}"#)
        #expect(problems(chunk(role), call(start), call(rest), calls, "[DONE]") == [])
        #expect(problems(chunk(role), call(start), calls, "[DONE]") != [])
        #expect(problems(chunk(role), calls, "[DONE]") != [])
        #expect(problems(chunk(role), call(rest), calls, "[DONE]") != [])
        #expect(problems(chunk(role), call(start), call(start), call(rest), calls, "[DONE]") != [])
        let second = start.replacing("\"index\":0", with: "\"index\":1")
        #expect(problems(chunk(role), call(start), call(rest), call(second), calls, "[DONE]") != [], "repeated id")
        let skipped = start.replacing("\"index\":0", with: "\"index\":2").replacing("\"c\"", with: "\"d\"")
        #expect(problems(chunk(role), call(start), call(rest), call(skipped), calls, "[DONE]") != [])
    }

    @Test func findsBadAnswers() {
        func problems(_ text: String) -> [String] { OpenAIAnswerCheck.problems(in: Array(text.utf8)) }
        let good =
            #"{"id":"i","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"usage":\#(usage)}"#
        #expect(problems(good) == [])
        for (part, wrong) in [
            (#""id":"i","#, ""), ("chat.completion", "completion"), (#""created":1,"#, ""),
            (#""index":0"#, #""index":1"#),
            ("assistant", "user"), (#""content":"x""#, #""text":"x""#), (#""stop""#, #""error""#),
            (#""stop""#, #""tool_calls""#),
            (#""prompt_tokens":1,"#, ""), (#""model":"m","#, ""),
        ] {
            #expect(problems(good.replacing(part, with: wrong)) != [], "\(part) → \(wrong)")
        }
        #expect(OpenAIAnswerCheck.envelopeProblems(in: Array(#"{"error":{"message":"m","type":"t"}}"#.utf8)) != [])
        #expect(OpenAIAnswerCheck.envelopeProblems(in: Array(#"{"error":"m"}"#.utf8)) != [])
    }

    @Test func splitsKeepAllBytes() {
        let bytes = (0..<2000).map { UInt8(truncatingIfNeeded: $0) }
        for split in Split.all { #expect(split.cut(bytes).flatMap { $0 } == bytes) }
        #expect(Split.pieces(of: 3).cut([]).isEmpty)
    }

    @Test func theGeneratorIsStable() {
        var generator = SplitMix64(seed: 42)
        #expect(generator.next() == 13_679_457_532_755_275_413)
    }
}
