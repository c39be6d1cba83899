import Dialects
import Testing
import WireJSON

/// The rules of OpenAI's stream format, one by one.
@Suite struct OpenAIStreamTests {
    @Test func relaysAConformingStreamByteForByte() {
        let payloads = [
            OpenAIChunks.role, OpenAIChunks.text("Hel"), OpenAIChunks.text("lo \\n\\u00e9"), OpenAIChunks.text("é"),
            OpenAIChunks.stop, OpenAIChunks.done,
        ]
        #expect(OpenAIChunks.run(payloads).output == OpenAIChunks.bytes(payloads))
    }

    @Test func keepsUnknownMembersAndPadding() {
        let payloads = [
            OpenAIChunks.role, OpenAIChunks.text("a", tail: #","system_fingerprint":"fp","obfuscation":"xx""#),
            OpenAIChunks.text("b", tail: #","system_fingerprint":"fp","obfuscation":"yyy""#),
            OpenAIChunks.text("c", tail: #","system_fingerprint":"fp","obfuscation":"""#), OpenAIChunks.stop,
            OpenAIChunks.done,
        ]
        #expect(OpenAIChunks.run(payloads).output == OpenAIChunks.bytes(payloads))
    }

    @Test func handlesPaddingBeforeTheText() {
        let payloads = ["a", "b", "c"].map { #"{"obfuscation":"pad-\#($0)",\#(OpenAIChunks.text($0).dropFirst())"# }
        let all = [OpenAIChunks.role] + payloads + [OpenAIChunks.stop, OpenAIChunks.done]
        let stream = OpenAIChunks.run(all)
        #expect(stream.output == OpenAIChunks.bytes(all))
        #expect(stream.deliveredBytes == 3)
    }

    // MARK: Roles

    @Test func holdsTheRoleBackUntilThereIsSomethingToShow() {
        let plan = AnswerPlan.sample(stream: true)
        var stream = OpenAIDialect(kind: .openai).makeStream(head: OpenAIChunks.eventStream, plan: plan)
        var output: [UInt8] = []
        #expect(
            stream.feed(OpenAIChunks.bytes([OpenAIChunks.role, OpenAIChunks.chunk("{}")]), into: &output).isWaiting)
        #expect(stream.feed(Array(": comment\n\n".utf8), into: &output).isWaiting)
        #expect(output.isEmpty)
        guard case .flowing = stream.feed(OpenAIChunks.bytes([OpenAIChunks.text("x")]), into: &output) else {
            Issue.record("not flowing")
            return
        }
        #expect(output == OpenAIChunks.bytes([OpenAIChunks.role, OpenAIChunks.text("x")]))
    }

    @Test(arguments: [
        [OpenAIChunks.text("a"), OpenAIChunks.text("b")],
        [OpenAIChunks.role, OpenAIChunks.role, OpenAIChunks.text("a"), OpenAIChunks.text("b")],
        [#"{"role":"assistant","content":"a"}"#, #"{"role":"assistant","content":"b"}"#].map { OpenAIChunks.chunk($0) },
        [#"{"role":"assistant","content":null}"#, #"{"role":"assistant","content":"a"}"#, #"{"content":"b"}"#]
            .map { OpenAIChunks.chunk($0) },
        [#"{"role":"","content":"a"}"#, #"{"role":null,"content":"b"}"#].map { OpenAIChunks.chunk($0) },
        [#"{"role":"model","content":"a"}"#, #"{"content":"b","role":"model"}"#].map { OpenAIChunks.chunk($0) },
    ])
    func writesOneRole(_ payloads: [String]) {
        let transcript = OpenAIChunks.transcript(payloads + [OpenAIChunks.stop, OpenAIChunks.done])
        #expect(transcript.content == "ab")
    }

    @Test func showsAnEmptyAnswer() {
        let transcript = OpenAIChunks.transcript([OpenAIChunks.role, OpenAIChunks.stop, OpenAIChunks.done])
        #expect(transcript.content == "")
        #expect(transcript.chunks.count == 2)
    }

    @Test func dropsEmptyDeltas() {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.role, OpenAIChunks.text("a"), OpenAIChunks.chunk("{}"), OpenAIChunks.text(""),
            OpenAIChunks.chunk(#"{"content":null}"#),
            OpenAIChunks.chunk(#"{"tool_calls":[]}"#), OpenAIChunks.chunk(#"{"tool_calls":null,"reasoning":null}"#),
            OpenAIChunks.chunk("null"), OpenAIChunks.stop, OpenAIChunks.done,
        ])
        #expect(transcript.chunks.count == 3)
    }

    // MARK: Identity

    @Test func keepsOneIdentity() {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.role, OpenAIChunks.text("a"),
            OpenAIChunks.text("b").replacing("1700000000", with: "1700000001"),
            OpenAIChunks.text("c").replacing("chatcmpl-1", with: "chatcmpl-2"),
            OpenAIChunks.text("d").replacing("m-1", with: ""),
            OpenAIChunks.text("e").replacing("chat.completion.chunk", with: "chat.completion"),
            OpenAIChunks.text("f").replacing(#""id":"chatcmpl-1","#, with: ""), OpenAIChunks.stop, OpenAIChunks.done,
        ])
        #expect(transcript.content == "abcdef")
        #expect(transcript.chunks.first?["id"] == "chatcmpl-1")
    }

    @Test func repeatsFingerprintAndTierInOurOwnChunks() {
        let tail = #","service_tier":"default","system_fingerprint":"fp_1""#
        let payloads = [
            OpenAIChunks.chunk(#"{"role":"assistant","content":""}"#, tail: tail), OpenAIChunks.text("a", tail: tail),
            OpenAIChunks.done,
        ]
        let transcript = OpenAIChunks.transcript(payloads, includeUsage: true)
        #expect(transcript.chunks.count == 4)
        #expect(transcript.chunks.allSatisfy { $0["system_fingerprint"] == "fp_1" && $0["service_tier"] == "default" })
    }

    @Test func inventsWhatTheProviderDoesNotSay() {
        let transcript = OpenAIChunks.transcript([
            #"{"choices":[{"delta":{"role":"assistant"}}]}"#, #"{"choices":[{"delta":{"content":"Hi"}}]}"#,
            #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, OpenAIChunks.done,
        ])
        #expect(transcript.content == "Hi")
        #expect(transcript.chunks.first?["model"] == "served-model")
        #expect(transcript.chunks.first?["created"] == 1_795_000_000)
        #expect(transcript.chunks.first?["id"]?.stringValue?.hasPrefix("chatcmpl-0123") == true)
    }

    // MARK: Finish reasons

    @Test(arguments: [
        ("stop", "stop"), ("length", "length"), ("content_filter", "content_filter"), ("end_turn", "stop"),
        ("eos", "stop"), ("max_tokens", "length"), ("MAX_TOKENS", "length"), ("SAFETY", "content_filter"),
        ("tool_calls", "stop"), ("function_call", "function_call"), ("insufficient_system_resource", "stop"),
    ])
    func readsFinishReasons(_ stated: String, _ expected: String) {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.text("a"), OpenAIChunks.chunk("{}", finish: "\"\(stated)\""), OpenAIChunks.done,
        ])
        #expect(transcript.finish == expected)
    }

    @Test func finishesOnce() {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.text("a"), OpenAIChunks.chunk(#"{"content":""}"#, finish: #""""#), OpenAIChunks.stop,
            OpenAIChunks.stop,
            OpenAIChunks.chunk(#"{"role":"assistant","content":"late"}"#, finish: #""length""#),
            OpenAIChunks.text("later"),
            OpenAIChunks.done,
        ])
        #expect(transcript.content == "a")
        #expect(transcript.finish == "stop")
    }

    @Test func showsNoTextBehindItsEnd() {
        let texts = ["a", "b", "c"].map { OpenAIChunks.text($0) }
        let payloads = [OpenAIChunks.role] + texts + [OpenAIChunks.stop]
        let stream = OpenAIChunks.run(payloads + texts + [OpenAIChunks.done])
        #expect(stream.output == OpenAIChunks.bytes(payloads + [OpenAIChunks.done]))
        #expect(stream.deliveredBytes == 3)
    }

    @Test func acceptsTextInTheLastChunk() {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.text("a"), OpenAIChunks.chunk(#"{"content":"b"}"#, finish: #""length""#), OpenAIChunks.done,
        ])
        #expect(transcript.content == "ab")
        #expect(transcript.finish == "length")
    }

    // MARK: Several choices

    @Test func keepsChoicesApart() {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.role, OpenAIChunks.text("a"),
            OpenAIChunks.chunk(#"{"role":"assistant","content":""}"#, index: 1),
            OpenAIChunks.text("x", index: 1), OpenAIChunks.text("y", index: 1), OpenAIChunks.text("b"),
            OpenAIChunks.stop,
            OpenAIChunks.text("z", index: 1), OpenAIChunks.chunk("{}", finish: #""length""#, index: 1),
            OpenAIChunks.done,
        ])
        #expect(transcript.choice(0).content == "ab")
        #expect(transcript.choice(1).content == "xyz")
        #expect(transcript.choice(1).finish == "length")
    }

    @Test func splitsChunksWithSeveralChoices() {
        func both(_ first: String, _ second: String, _ finish: String = "null") -> String {
            #"{\#(OpenAIChunks.head),"choices":[{"index":0,"delta":\#(first),"finish_reason":\#(finish)},"#
                + #"{"index":1,"delta":\#(second),"finish_reason":\#(finish)}]}"#
        }
        let transcript = OpenAIChunks.transcript([
            both(#"{"role":"assistant"}"#, #"{"role":"assistant"}"#), both(#"{"content":"a"}"#, #"{"content":"x"}"#),
            both("{}", #"{"content":"y"}"#), both("{}", "{}", #""stop""#), OpenAIChunks.done,
        ])
        #expect(transcript.choice(0).content == "a")
        #expect(transcript.choice(1).content == "xy")
        let repeated = ["x", "y", "z"].map { both(#"{"content":"a"}"#, #"{"content":"\#($0)"}"#) }
        let alike = OpenAIChunks.transcript(repeated + [both("{}", "{}", #""stop""#), OpenAIChunks.done])
        #expect(alike.choice(0).content == "aaa")
        #expect(alike.choice(1).content == "xyz")
    }

    @Test func refusesAbsurdIndices() {
        let stream = OpenAIChunks.run([OpenAIChunks.text("a", index: 999_999)])
        #expect(stream.failure?.failureClass == .streamBroken)
    }

    // MARK: Framing

    @Test func joinsDataLines() {
        let chunk = OpenAIChunks.text("a").replacing(#","choices""#, with: "\ndata: ,\"choices\"")
        let bytes = OpenAIChunks.bytes([OpenAIChunks.role, chunk, OpenAIChunks.stop, OpenAIChunks.done])
        let stream = Driver.everySplit(bytes) {
            OpenAIDialect(kind: .openaiCompatible).makeStream(
                head: OpenAIChunks.eventStream, plan: .sample(stream: true))
        }
        #expect(StreamTranscript(stream.output).problems == [])
        #expect(StreamTranscript(stream.output).content == "a")
    }

    @Test func readsCarriageReturnsCommentsAndEventNames() {
        let text =
            [OpenAIChunks.role, OpenAIChunks.text("a"), OpenAIChunks.stop, OpenAIChunks.done]
            .map { ": ping\r\nevent: message\r\nid: 7\r\ndata:\($0)\r\n\r\n" }.joined()
        let stream = Driver.everySplit(Array(text.utf8)) {
            OpenAIDialect(kind: .openaiCompatible).makeStream(
                head: OpenAIChunks.eventStream, plan: .sample(stream: true))
        }
        #expect(stream.isComplete)
        #expect(StreamTranscript(stream.output).problems == [])
    }

    @Test func ignoresObjectsThatAreNoChunks() {
        let transcript = OpenAIChunks.transcript([
            #"{"type":"ping"}"#, "{}", OpenAIChunks.role, #"{"choices":null}"#, #"{"choices":[null,7]}"#,
            OpenAIChunks.text("a"),
            OpenAIChunks.stop, OpenAIChunks.done,
        ])
        #expect(transcript.content == "a")
    }
}
