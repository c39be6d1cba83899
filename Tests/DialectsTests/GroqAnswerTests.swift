import Dialects
import Testing
import WireJSON

/// Groq's answers and streams (contracts, section 2.3).
@Suite struct GroqAnswerTests {
    static let usage =
        #"{"queue_time":0.01,"prompt_tokens":5,"prompt_time":0.02,"completion_tokens":7,"completion_time":0.03,"#
        + #""total_tokens":12,"total_time":0.05}"#

    @Test func dropsItsExtras() throws {
        let body = OpenAIAnswerTests.answer(#"{"role":"assistant","reasoning":"hm","content":"Hi"}"#)
            .replacing(
                OpenAIAnswerTests.usage, with: #""usage":\#(Self.usage),"usage_breakdown":null,"x_groq":{"id":"r"}"#)
        let value = try OpenAIAnswerTests.value(body, kind: .groq)
        #expect(value["x_groq"] == nil)
        #expect(value["usage_breakdown"] == nil)
        #expect(value["usage"]?["queue_time"] == nil)
        #expect(value["usage"]?["completion_tokens"] == 7)
        #expect(value["choices"]?[0]?["message"]?["reasoning_content"] == "hm")
    }

    @Test func dropsExtrasWhereverTheyStand() throws {
        let fields = OpenAIAnswerTests.answer(#"{"role":"assistant","content":"Hi"}"#).dropFirst()
        for body in [
            #"{"x_groq":{"id":"r"},\#(fields)"#, #"{"x_groq":{"id":"r"},"usage_breakdown":{},\#(fields)"#,
            String(fields.dropLast()).replacing(#""choices""#, with: #""x_groq":null,"choices""#, maxReplacements: 1)
                .withBraces,
        ] {
            let value = try OpenAIAnswerTests.value(body, kind: .groq)
            #expect(value["x_groq"] == nil)
            #expect(value["choices"]?[0]?["message"]?["content"] == "Hi")
        }
    }

    @Test(arguments: [("on_demand", "default"), ("performance", "priority"), ("flex", "flex"), ("auto", "auto")])
    func namesServiceTiers(_ tier: String, _ expected: JSONValue) throws {
        let member = #""service_tier":"\#(tier)""#
        let body = OpenAIAnswerTests.answer(#"{"role":"assistant","content":"Hi"}"#)
            .replacing(OpenAIAnswerTests.usage, with: "\(OpenAIAnswerTests.usage),\(member)")
        #expect(try OpenAIAnswerTests.value(body, kind: .groq)["service_tier"] == expected)
        let transcript = OpenAIChunks.transcript(
            [
                OpenAIChunks.text("a", tail: ",\(member)"), OpenAIChunks.text("b", tail: ",\(member)"),
                OpenAIChunks.done,
            ],
            kind: .groq, includeUsage: true)
        #expect(transcript.chunks.allSatisfy { $0["service_tier"] == expected })
    }

    @Test func readsUsageFromItsOwnPlace() throws {
        let body = OpenAIAnswerTests.answer(#"{"role":"assistant","content":"Hi"}"#)
            .replacing(OpenAIAnswerTests.usage, with: #""x_groq":{"id":"r","usage":\#(Self.usage)}"#)
        let answer = try #require(OpenAIAnswerTests.translate(body, kind: .groq).answer)
        #expect(answer.usage == TokenUsage(prompt: 5, completion: 7))
        #expect(try JSONValue(parsing: answer.body)["usage"]?["total_tokens"] == 12)
    }

    @Test func addsTheContentOfToolCalls() throws {
        let body = OpenAIAnswerTests.answer(
            #"{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","#
                + #""arguments":"{}"}}]}"#,
            finish: #""tool_calls""#)
        #expect(try OpenAIAnswerTests.value(body, kind: .groq)["choices"]?[0]?["message"]?["content"] == .null)
    }

    @Test(
        arguments: [false, true],
        [#","x_groq":{"id":"r","usage":\#(usage)}"#, #","usage":\#(usage),"x_groq":{"id":"r"}"#])
    func readsUsageInTheLastChunk(_ includeUsage: Bool, _ tail: String) {
        let payloads = [
            OpenAIChunks.chunk(#"{"role":"assistant","content":""}"#, tail: #","x_groq":{"id":"r"}"#),
            OpenAIChunks.chunk(#"{"reasoning":"hm","channel":"analysis"}"#),
            OpenAIChunks.chunk(#"{"reasoning":"m","channel":"analysis"}"#),
            OpenAIChunks.chunk(#"{"channel":"final"}"#), OpenAIChunks.text("Hi"),
            OpenAIChunks.chunk("{}", finish: #""stop""#, tail: tail), OpenAIChunks.done,
        ]
        let transcript = OpenAIChunks.transcript(payloads, kind: .groq, includeUsage: includeUsage)
        #expect(transcript.choice(0).reasoning == "hmm")
        #expect(transcript.content == "Hi")
        let stream = OpenAIChunks.run(payloads, kind: .groq, includeUsage: includeUsage)
        #expect(stream.usage == TokenUsage(prompt: 5, completion: 7))
        for member in ["x_groq", "queue_time", "channel", #""reasoning""#] { #expect(!stream.text.contains(member)) }
    }
}

extension String {
    fileprivate var withBraces: String { "{\(self)}" }
}
