import Dialects
import Testing
import WireJSON

/// OpenRouter's answers and streams (contracts, section 2.4).
@Suite struct OpenRouterAnswerTests {
    private func delta(_ members: String, finish: String = "null", tail: String = "") -> String {
        OpenAIChunks.chunk(#"{"role":"assistant","content":"",\#(members)}"#, finish: finish, tail: tail)
    }

    @Test func repeatsNothing() {
        let transcript = OpenAIChunks.transcript(
            [
                OpenAIChunks.chunk(#"{"role":"assistant","content":"a"}"#),
                OpenAIChunks.chunk(#"{"content":"b","role":"assistant"}"#),
                OpenAIChunks.chunk(#"{"content":"","role":"assistant"}"#, finish: #""stop""#),
                OpenAIChunks.chunk(
                    #"{"role":"assistant","content":""}"#, finish: #""stop""#,
                    tail: #","usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12,"cost":0.001}"#),
                OpenAIChunks.done,
            ], kind: .openrouter, includeUsage: true)
        #expect(transcript.content == "ab")
        #expect(transcript.usage?["cost"] == 0.001)
        #expect(transcript.chunks.count == 4)
    }

    @Test func readsThePrice() {
        let payloads = [
            OpenAIChunks.text("a"), OpenAIChunks.stop,
            OpenAIChunks.usage.replacing(#""total_tokens":12"#, with: #""total_tokens":12,"cost":0.00000465"#),
            OpenAIChunks.done,
        ]
        #expect(OpenAIChunks.run(payloads, kind: .openrouter).usage?.costNanodollars == 4650)
    }

    // MARK: Reasoning to give back

    private var call: String {
        #""tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]"#
    }

    @Test func remembersReasoningOfAStream() throws {
        let details = [
            #"{"type":"reasoning.text","text":"We ","index":0,"format":"anthropic-claude-v1"}"#,
            #"{"type":"reasoning.text","text":"need","index":0}"#,
            #"{"type":"reasoning.text","signature":"sig","text":"","index":0}"#,
            #"{"type":"reasoning.encrypted","data":"xyz","index":1}"#,
        ]
        let chunks = zip(["We ", "need", "", ""], details).map { text, detail in
            delta(#""reasoning":"\#(text)","reasoning_details":[\#(detail)]"#)
        }
        let payloads = chunks + [delta(call), OpenAIChunks.chunk("{}", finish: #""tool_calls""#), OpenAIChunks.done]
        let stream = OpenAIChunks.run(payloads, kind: .openrouter)
        #expect(StreamTranscript(stream.output).problems == [])
        #expect(StreamTranscript(stream.output).choice(0).reasoning == "We need")
        let record = try #require(stream.thoughts.first)
        #expect(stream.thoughts.count == 1)
        #expect(record.toolCallID == "c1")
        #expect(record.kind == .openrouter)
        let expected: JSONValue = [
            [
                "type": "reasoning.text", "text": "We need", "index": 0, "format": "anthropic-claude-v1",
                "signature": "sig",
            ],
            ["type": "reasoning.encrypted", "data": "xyz", "index": 1],
        ]
        #expect(try JSONValue(parsing: record.payload) == expected)
    }

    @Test func keepsSummariesOfDifferentBlocksApart() throws {
        let details = (0..<4).map { #"{"type":"reasoning.summary","summary":"s\#($0)","index":\#($0 / 2)}"# }
        let payloads = details.map { delta(#""reasoning_details":[\#($0)]"#) }
        let stream = OpenAIChunks.run(
            payloads + [delta(call, finish: #""tool_calls""#), OpenAIChunks.done], kind: .openrouter)
        let payload = try #require(stream.thoughts.first?.payload)
        #expect(
            try JSONValue(parsing: payload).arrayValue?.compactMap { $0["summary"]?.stringValue } == ["s0s1", "s2s3"])
    }

    @Test func remembersNothingWithoutACall() {
        let payloads = [
            delta(#""reasoning_details":[{"type":"reasoning.text","text":"x"}]"#), OpenAIChunks.stop, OpenAIChunks.done,
        ]
        #expect(OpenAIChunks.run(payloads, kind: .openrouter).thoughts == [])
        let other = [
            delta(#""reasoning_details":[{"type":"reasoning.text","text":"x"}],\#(call)"#), OpenAIChunks.stop,
            OpenAIChunks.done,
        ]
        #expect(OpenAIChunks.run(other, kind: .openaiCompatible).thoughts == [])
    }

    @Test func remembersReasoningOfAWholeAnswer() throws {
        let call = #""tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]"#
        let details =
            #"[{"type":"reasoning.text","text":"hm","signature":"s"},{"type":"reasoning.encrypted","data":"x"}]"#
        let body = OpenAIAnswerTests.answer(
            #"{"role":"assistant","content":null,"reasoning":"hm","reasoning_details":\#(details),\#(call)}"#,
            finish: #""tool_calls""#)
        let answer = try #require(OpenAIAnswerTests.translate(body, kind: .openrouter).answer)
        let record = try #require(answer.thoughts.first)
        #expect(record.toolCallID == "c1")
        #expect(record.payload == details)
        #expect(try JSONValue(parsing: answer.body)["choices"]?[0]?["message"]?["reasoning_details"]?.text == details)
        let plain = OpenAIAnswerTests.answer(#"{"role":"assistant","content":"","reasoning_details":\#(details)}"#)
        #expect(OpenAIAnswerTests.translate(plain, kind: .openrouter).answer?.thoughts == [])
    }
}
