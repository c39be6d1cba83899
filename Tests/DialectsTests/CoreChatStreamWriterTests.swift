import Dialects
import Testing
import WireJSON

@Suite struct CoreChatStreamWriterTests {
    private func written(
        _ plan: AnswerPlan = .sample(stream: true), _ write: (inout ChatStreamWriter, inout [UInt8]) -> Void
    ) -> String {
        var writer = ChatStreamWriter(plan: plan)
        var output: [UInt8] = []
        write(&writer, &output)
        return String(decoding: output, as: UTF8.self)
    }

    private static let head =
        #"data: {"id":"chatcmpl-0123456789abcdef0123456789abcdef","object":"chat.completion.chunk","created":1795000000,"model":"served-model","system_fingerprint":null,"#

    @Test func writesExactlyOpenAIsBytes() {
        let text = written { writer, output in
            writer.text("Hé\"", into: &output)
            writer.finish(.stop, usage: TokenUsage(prompt: 1, completion: 1), into: &output)
        }
        #expect(
            text == """
                \(Self.head)"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]}

                \(Self.head)"choices":[{"index":0,"delta":{"content":"Hé\\""},"logprobs":null,"finish_reason":null}]}

                \(Self.head)"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}

                data: [DONE]


                """)
    }

    @Test func writesUsageOnlyWhenAsked() {
        var plan = AnswerPlan.sample(stream: true, includeUsage: true)
        let text = written(plan) { writer, output in
            writer.text("a", into: &output)
            writer.finish(.length, usage: TokenUsage(prompt: 1, completion: 2), into: &output)
        }
        let transcript = StreamTranscript(Array(text.utf8), includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.finish == "length")
        #expect(transcript.usage?["total_tokens"]?.intValue == 3)
        plan.promptBytes = 40
        let estimated = written(plan) { writer, output in
            writer.text("12345678", into: &output)
            writer.finish(.stop, usage: nil, into: &output)
        }
        let usage = StreamTranscript(Array(estimated.utf8), includeUsage: true).usage
        #expect(usage?["prompt_tokens"]?.intValue == 10)
        #expect(usage?["completion_tokens"]?.intValue == 2)
    }

    @Test func writesToolCalls() {
        var indices: [Int] = []
        let text = written { writer, output in
            indices.append(writer.toolCall(id: "call_a", name: "f", into: &output))
            writer.toolArguments("{\"a\":", index: 0, into: &output)
            writer.toolArguments("", index: 0, into: &output)
            writer.toolArguments(escaped: Array(#"\"x\"}"#.utf8)[...], index: 0, into: &output)
            indices.append(writer.toolCall(id: "", name: "g", thoughtSignature: "s\"", into: &output))
            writer.toolArguments("{}", index: 1, into: &output)
            writer.toolArguments("lost", index: 2, into: &output)
            writer.toolArguments("lost", index: -1, into: &output)
            writer.finish(.toolCalls, usage: nil, into: &output)
        }
        let transcript = StreamTranscript(Array(text.utf8))
        #expect(transcript.problems == [])
        #expect(indices == [0, 1])
        #expect(
            transcript.toolCalls == [
                StreamTranscript.ToolCall(id: "call_a", name: "f", arguments: #"{"a":"x"}"#),
                StreamTranscript.ToolCall(
                    id: "call_0123456789abcdef01234567_1", name: "g", arguments: "{}", thoughtSignature: "s\""),
            ])
        #expect(text.contains(#""delta":{"role":"assistant","content":null}"#))
        #expect(!text.contains("lost"))
    }

    @Test func writesReasoningAndRefusal() {
        let text = written { writer, output in
            writer.reasoning("hm", into: &output)
            writer.text("so", into: &output)
            writer.refusal("no", into: &output)
            writer.finish(.contentFilter, usage: nil, into: &output)
        }
        let transcript = StreamTranscript(Array(text.utf8))
        #expect(transcript.problems == [])
        #expect(transcript.choice(0).reasoning == "hm")
        #expect(transcript.choice(0).refusal == "no")
        #expect(transcript.content == "so")
        #expect(transcript.finish == "content_filter")
    }

    @Test func holdsTheRoleBack() {
        var writer = ChatStreamWriter(plan: .sample(stream: true))
        var output: [UInt8] = []
        writer.text("", into: &output)
        writer.text(escaped: [], into: &output)
        writer.reasoning("", into: &output)
        writer.refusal("", into: &output)
        writer.toolArguments("x", index: 0, into: &output)
        #expect(output.isEmpty)
        #expect(!writer.hasOutput)
        writer.text("x", into: &output)
        #expect(writer.hasOutput)
    }

    @Test func countsWhatItDelivered() {
        var writer = ChatStreamWriter(plan: .sample(stream: true))
        var output: [UInt8] = []
        writer.text("é", into: &output)
        writer.text(escaped: Array("abc".utf8)[...], into: &output)
        writer.reasoning("hm", into: &output)
        let index = writer.toolCall(id: "c", name: "f", into: &output)
        writer.toolArguments("{}", index: index, into: &output)
        #expect(writer.deliveredBytes == 9)
    }

    @Test func anEmptyAnswerIsStillAnAnswer() {
        let text = written { writer, output in writer.finish(.contentFilter, usage: nil, into: &output) }
        let transcript = StreamTranscript(Array(text.utf8))
        #expect(transcript.problems == [])
        #expect(transcript.content == "")
    }

    @Test func endsOnce() {
        let once = written { writer, output in writer.finish(.stop, usage: nil, into: &output) }
        let often = written { writer, output in
            writer.finish(.stop, usage: nil, into: &output)
            writer.finish(.length, usage: nil, into: &output)
            writer.finishChoice(.length, choice: 0, into: &output)
            writer.text("late", into: &output)
            writer.toolCall(id: "c", name: "f", into: &output)
        }
        #expect(once == often)
    }

    @Test func keepsIDAndModelOnceStarted() {
        let text = written { writer, output in
            writer.id = "chatcmpl-x"
            writer.model = "other"
            writer.text("a", into: &output)
            writer.id = "chatcmpl-y"
            writer.model = "another"
            writer.finish(.stop, usage: nil, into: &output)
        }
        let transcript = StreamTranscript(Array(text.utf8))
        #expect(transcript.problems == [])
        #expect(transcript.chunks.first?["id"]?.stringValue == "chatcmpl-x")
        #expect(transcript.chunks.last?["model"]?.stringValue == "other")
    }

    @Test func writesSeveralChoices() {
        let text = written(.sample(stream: true, includeUsage: true)) { writer, output in
            writer.text("b", choice: 1, into: &output)
            writer.text("a", choice: 0, into: &output)
            writer.text("B", choice: 1, into: &output)
            _ = writer.toolCall(id: "c", name: "f", choice: 2, into: &output)
            writer.toolArguments("{}", index: 0, choice: 2, into: &output)
            writer.finishChoice(.toolCalls, choice: 2, into: &output)
            writer.text("late", choice: 2, into: &output)
            writer.finish(.stop, usage: TokenUsage(prompt: 1, completion: 1), into: &output)
        }
        let transcript = StreamTranscript(Array(text.utf8), includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.choice(0).content == "a")
        #expect(transcript.choice(1).content == "bB")
        #expect(transcript.choice(2).finish == "tool_calls")
        #expect(transcript.choice(2).content == "")
    }

    @Test func boundsChoices() {
        let text = written { writer, output in
            writer.text("x", choice: 1_000_000, into: &output)
            writer.text("y", choice: -5, into: &output)
            writer.finish(.stop, usage: nil, into: &output)
        }
        let transcript = StreamTranscript(Array(text.utf8))
        #expect(transcript.problems == [])
        #expect(transcript.choices.keys.sorted() == [0, 127])
    }

    @Test(arguments: [false, true])
    func writesTheOldShape(_ includeUsage: Bool) {
        let text = written(.sample(.completions, stream: true, includeUsage: includeUsage)) { writer, output in
            writer.reasoning("not shown", into: &output)
            _ = writer.toolCall(id: "c", name: "f", into: &output)
            writer.toolArguments("{}", index: 0, into: &output)
            writer.text("Hi", into: &output)
            writer.text(escaped: Array(#" \"x\""#.utf8)[...], into: &output)
            #expect(writer.deliveredBytes == 8)
            writer.finish(.length, usage: TokenUsage(prompt: 1, completion: 1), into: &output)
        }
        let transcript = StreamTranscript(Array(text.utf8), endpoint: .completions, includeUsage: includeUsage)
        #expect(transcript.problems == [])
        #expect(transcript.content == #"Hi "x""#)
        #expect(transcript.finish == "length")
        #expect(transcript.chunks.first?["id"]?.stringValue?.hasPrefix("cmpl-") == true)
    }

    @Test(arguments: 0..<60)
    func keepsTheRulesWhateverIsWritten(_ seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let includeUsage = generator.chance(1, in: 2)
        let texts = ["", "a", "\"\\\n\u{1}", "é🙂", "data: [DONE]\n\n", String(repeating: "x", count: 300)]
        let text = written(.sample(stream: true, includeUsage: includeUsage)) { writer, output in
            for _ in 0..<generator.below(40) {
                let piece = generator.pick(texts) ?? ""
                let choice = generator.below(3)
                switch generator.below(5) {
                case 0: writer.reasoning(piece, choice: choice, into: &output)
                case 1: writer.refusal(piece, choice: choice, into: &output)
                case 2:
                    let index = writer.toolCall(id: "", name: "f", choice: choice, into: &output)
                    writer.toolArguments(piece, index: index, choice: choice, into: &output)
                default: writer.text(piece, choice: choice, into: &output)
                }
            }
            writer.finish(generator.pick([.stop, .length]) ?? .stop, usage: nil, into: &output)
        }
        #expect(StreamTranscript(Array(text.utf8), includeUsage: includeUsage).problems == [])
    }
}
