import Dialects
import Testing
import WireJSON

/// Damaged input: nothing traps, nothing is called complete that has no end, and valid input cut in any
/// way means the same.
@Suite struct OpenAIFuzzTests {
    static let kinds: [ProviderKind] = [.openai, .groq, .openrouter, .openaiCompatible]

    static let call =
        #"{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"},"extra_content":{}}"#

    /// One stream with a little of everything.
    static let stream = OpenAIChunks.bytes([
        AzureAnswerTests.filter, OpenAIChunks.role,
        OpenAIChunks.chunk(#"{"role":"assistant","content":"","reasoning":"hm"}"#),
        OpenAIChunks.text("a\\n", tail: #","usage":null,"obfuscation":"x""#),
        OpenAIChunks.text("b", tail: #","usage":null,"obfuscation":"y""#),
        OpenAIChunks.chunk(#"{"reasoning_details":[{"type":"reasoning.text","text":"x"}]}"#), OpenAIChunks.tools(call),
        OpenAIChunks.tools(OpenAIStreamToolsTests.more(0, "")), OpenAIChunks.text("z", index: 1),
        OpenAIChunks.chunk("{}", finish: #""stop""#, index: 1), OpenAIChunks.chunk("{}", finish: #""tool_calls""#),
        OpenAIChunks.usage,
        OpenAIChunks.done,
    ])

    @Test(arguments: kinds, 0..<4)
    func survivesDamagedStreams(_ kind: ProviderKind, _ seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed) &* 977 &+ 5)
        let dialect = OpenAIDialect(kind: kind)
        for round in 0..<200 {
            let bytes = Mutation.of(Self.stream, using: &generator)
            let includeUsage = generator.chance(1, in: 2)
            let plan = AnswerPlan.sample(
                round % 5 == 0 ? .completions : .chatCompletions, kind: kind, stream: true, includeUsage: includeUsage)
            let whole = Driver.run(dialect.makeStream(head: OpenAIChunks.eventStream, plan: plan), bytes)
            let cut = Driver.run(
                dialect.makeStream(head: OpenAIChunks.eventStream, plan: plan), bytes,
                split: .random(seed: generator.next(), most: 200))
            #expect(whole.text == cut.text)
            #expect(whole.failure == cut.failure)
            #expect(whole.usage == cut.usage)
            guard whole.isComplete else { continue }
            #expect(whole.text.hasSuffix("data: [DONE]\n\n"))
            let transcript = StreamTranscript(whole.output, endpoint: plan.endpoint, includeUsage: includeUsage)
            #expect(!transcript.choices.isEmpty)
            #expect(transcript.choices.values.allSatisfy { $0.finish != nil }, "complete without a finish reason")
        }
    }

    @Test(arguments: kinds)
    func survivesDamagedAnswers(_ kind: ProviderKind) {
        var generator = SplitMix64(seed: 42)
        let message =
            #"{"role":"assistant","content":"Hi","reasoning":"hm","reasoning_details":[{"type":"x"}],"#
            + #""tool_calls":[\#(Self.call)]}"#
        let answer = Array(OpenAIAnswerTests.answer(message, finish: #""tool_calls""#).utf8)
        let vectors = Array(
            #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,1]}],"model":"m"}"#.utf8)
        for round in 0..<1500 {
            let endpoint: Endpoint = round % 3 == 0 ? .embeddings : .chatCompletions
            let bytes = Mutation.of(endpoint == .embeddings ? vectors : answer, using: &generator)
            var plan = AnswerPlan.sample(endpoint, kind: kind)
            plan.base64Embeddings = generator.chance(1, in: 2)
            let outcome = OpenAIDialect(kind: kind).translate(bytes, head: .of(200), plan: plan)
            guard let body = outcome.answer?.body, (try? JSONMembers(scanning: bytes)) != nil else { continue }
            #expect((try? JSONValue(parsing: body)) != nil, "not JSON: \(String(decoding: body, as: UTF8.self))")
        }
    }

    @Test(arguments: kinds)
    func survivesDamagedRequests(_ kind: ProviderKind) {
        var generator = SplitMix64(seed: 99)
        let json =
            #"{"model":"gpt-5","stream":true,"stream_options":{"include_usage":false},"max_tokens":3,"n":2,"top_k":1,"#
            + #""reasoning_effort":"low","messages":[{"role":"system","content":"x"},{"role":"assistant","name":"n","#
            + #""reasoning_content":"r","tool_calls":[\#(Self.call)]}]}"#
        let target = OpenAIRequestTests.target(kind, model: kind == .groq ? "qwen3" : "o3")
        let context = CallContext(created: 1, idSeed: "s") { id in
            ThoughtRecord(toolCallID: id, kind: .openrouter, payload: "[]")
        }
        for _ in 0..<1500 {
            let bytes = Mutation.of(Array(json.utf8), using: &generator)
            guard let request = try? ClientRequest(checking: bytes, endpoint: .chatCompletions) else { continue }
            let call = try? OpenAIDialect(kind: kind).prepare(request, target: target, context: context)
            let body = call?.body ?? []
            let value = try? JSONValue(parsing: body)
            #expect(value?["model"]?.stringValue == target.model, "\(String(decoding: body, as: UTF8.self))")
        }
    }

    /// Chunks of one shape take a shortcut; with white space that varies they cannot. Both must give the same.
    @Test(arguments: 0..<6)
    func treatsRepeatedShapesAlike(_ seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed) + 1000)
        for _ in 0..<20 {
            let payloads = Self.story(using: &generator)
            let varied = payloads.enumerated().map { index, payload in
                payload.hasPrefix("{") ? "{" + String(repeating: " ", count: index % 3) + payload.dropFirst() : payload
            }
            for kind in Self.kinds {
                let plan = AnswerPlan.sample(kind: kind, stream: true, includeUsage: generator.chance(1, in: 2))
                let streams = [payloads, varied].map { payloads in
                    Driver.run(
                        OpenAIDialect(kind: kind).makeStream(head: OpenAIChunks.eventStream, plan: plan),
                        OpenAIChunks.bytes(payloads))
                }
                let transcripts = streams.map {
                    StreamTranscript($0.output, includeUsage: plan.includeUsage, whole: $0.isComplete)
                }
                #expect(transcripts[0].chunks == transcripts[1].chunks)
                #expect(transcripts[0].problems == [])
                #expect(streams[0].deliveredBytes == streams[1].deliveredBytes)
                #expect(streams[0].isComplete == streams[1].isComplete)
            }
        }
    }

    /// A plausible stream: runs of text, reasoning and arguments of random length, with odd chunks between.
    private static func story(using generator: inout SplitMix64) -> [String] {
        let texts = ["a", " b", "\\n", "\\\"", "é", "😀", "\\u00e9", "", "a\\\\"]
        let tails = ["", #","usage":null"#, #","obfuscation":"p""#, #","usage":null,"obfuscation":"qq""#]
        var payloads = generator.chance(2, in: 3) ? [OpenAIChunks.role] : []
        var calls = 0
        for _ in 0..<generator.below(6) {
            let tail = generator.pick(tails) ?? ""
            let kind = generator.below(calls > 0 ? 4 : 3)
            if kind == 2 {
                payloads.append(
                    OpenAIChunks.tools(
                        #"{"index":\#(calls),"id":"c\#(calls)","type":"function","function":{"name":"f","#
                            + #""arguments":"{"}}"#
                    ))
                calls += 1
            }
            for _ in 0..<generator.below(7) {
                let text = generator.pick(texts) ?? ""
                switch kind {
                case 0: payloads.append(OpenAIChunks.text(text, tail: tail))
                case 1: payloads.append(OpenAIChunks.chunk(#"{"content":"","reasoning":"\#(text)"}"#, tail: tail))
                default: payloads.append(OpenAIChunks.tools(OpenAIStreamToolsTests.more(calls - 1, text)))
                }
            }
        }
        // Calls end as JSON: "{" + anything is made of them above, so close with a length.
        return payloads + [OpenAIChunks.chunk("{}", finish: #""length""#), OpenAIChunks.usage, OpenAIChunks.done]
    }
}
