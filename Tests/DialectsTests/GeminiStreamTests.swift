import Dialects
import Testing
import WireJSON

@Suite struct GeminiStreamTests {
    @Test func cumulativeUsageLastWins() throws {
        let stream = GeminiCase.stream(
            [
                GeminiCase.chunk([["text": "think", "thought": true]], usage: ["promptTokenCount": 8]),
                GeminiCase.chunk(
                    [["text": "Hel"]],
                    usage: [
                        "promptTokenCount": 8, "candidatesTokenCount": 1, "thoughtsTokenCount": 4,
                        "totalTokenCount": 13,
                    ]
                ),
                GeminiCase.chunk(
                    [["text": "lo"]], finish: "STOP",
                    usage: [
                        "promptTokenCount": 90, "candidatesTokenCount": 2, "thoughtsTokenCount": 4,
                        "totalTokenCount": 96,
                    ]
                ),
                // After the finish reason, and without a candidate.
                ["usageMetadata": ["candidatesTokenCount": 3, "totalTokenCount": 97, "trafficType": "ON_DEMAND"]],
            ], GeminiCase.plan(stream: true, includeUsage: true))
        let transcript = StreamTranscript(stream.output, includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.content == "Hello")
        #expect(transcript.choice(0).reasoning == "think")
        #expect(transcript.finish == "stop")
        #expect(transcript.chunks.first?["id"] == "chatcmpl-resp1")
        #expect(transcript.chunks.first?["model"] == "gemini-2.5-flash-001")
        var usage = TokenUsage(prompt: 90, completion: 7)
        usage.reasoning = 4
        #expect(stream.usage == usage)
        #expect(transcript.usage == .object(usage.openAI))
        #expect(stream.deliveredBytes == 10)
    }

    @Test func theEndOfTheBodyIsTheEnd() {
        var translator = GeminiCase.dialect.makeStream(head: .of(200), plan: GeminiCase.plan(stream: true))
        var output: [UInt8] = []
        let chunk = GeminiCase.events([GeminiCase.chunk([["text": "x"]], finish: "STOP")])
        #expect(!translator.feed(chunk, into: &output).isComplete)
        #expect(!StreamTranscript(output, whole: false).isDone)
        #expect(translator.end(into: &output).isComplete)
        #expect(StreamTranscript(output).problems == [])
        let size = output.count
        #expect(translator.feed(chunk, into: &output).isComplete)
        #expect(translator.end(into: &output).isComplete)
        #expect(output.count == size)
    }

    @Test func cutStreams() {
        let cut = GeminiCase.stream([GeminiCase.chunk([["text": "x"]])])
        #expect(cut.failure?.failureClass == .streamBroken)
        #expect(StreamTranscript(cut.output, whole: false).content == "x")
        #expect(GeminiCase.stream([]).failure?.failureClass == .streamBroken)
        #expect(GeminiCase.stream([["usageMetadata": ["promptTokenCount": 1]]]).failure?.failureClass == .streamBroken)
    }

    @Test func aCutBehindTheFinishReasonLosesNothing() {
        let bytes =
            GeminiCase.events([GeminiCase.chunk([["text": "x"]], finish: "STOP")])
            + Array(#"data: {"usageMetadata":{"promptTok"#.utf8)
        let stream = Driver.everySplit(bytes) {
            GeminiCase.dialect.makeStream(head: .of(200), plan: GeminiCase.plan(stream: true))
        }
        #expect(stream.isComplete)
        #expect(StreamTranscript(stream.output).problems == [])
    }

    @Test func lastEventWithoutItsBlankLine() {
        let bytes = Array(("data: " + GeminiCase.chunk([["text": "x"]], finish: "STOP").text).utf8)
        let stream = Driver.everySplit(bytes) {
            GeminiCase.dialect.makeStream(head: .of(200), plan: GeminiCase.plan(stream: true))
        }
        #expect(stream.isComplete)
    }

    @Test func commentsNamesAndEndMarkersAreTolerated() {
        let chunk = GeminiCase.chunk([["text": "x"]], finish: "STOP").text
        let bytes = Array("\u{FEFF}: hi\n\nevent: message\ndata: \(chunk)\n\ndata: [DONE]\n\n".utf8)
        let stream = Driver.everySplit(bytes) {
            GeminiCase.dialect.makeStream(head: .of(200), plan: GeminiCase.plan(stream: true))
        }
        #expect(StreamTranscript(stream.output).problems == [])
    }

    @Test(arguments: [
        #"{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"#,
        #"[{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]"#,
    ])
    func errorsInsideTheStream(error: String) throws {
        let error = try JSONValue(parsing: error)
        let before = GeminiCase.stream([error])
        #expect(before.failure?.failureClass == .overloaded)
        #expect(before.failure?.upstreamStatus == 200)
        #expect(before.failure?.message == "The model is overloaded.")
        #expect(before.output.isEmpty)
        let after = GeminiCase.stream([
            GeminiCase.chunk([["text": "x"]], usage: ["promptTokenCount": 3, "candidatesTokenCount": 1]), error,
        ])
        #expect(after.failure?.failureClass == .overloaded)
        #expect(StreamTranscript(after.output, whole: false).content == "x")
        #expect(after.usage?.prompt == 3)
    }

    @Test func streamAsOneArray() {
        let chunks = [
            GeminiCase.chunk([["text": "quote \" ] } , [ \\"]]), GeminiCase.chunk([["text": "é"]], finish: "STOP"),
        ]
        let text = "[" + chunks.map { $0.text }.joined(separator: "\n,\r\n") + "]\n"
        let stream = Driver.everySplit(Array(text.utf8)) {
            GeminiCase.dialect.makeStream(
                head: .of(200, [("content-type", "application/json")]), plan: GeminiCase.plan(stream: true))
        }
        #expect(stream.isComplete)
        let transcript = StreamTranscript(stream.output)
        #expect(transcript.problems == [])
        #expect(transcript.content == "quote \" ] } , [ \\é")
    }

    @Test func wholeAnswerToAStreamRequest() {
        let stream = Driver.everySplit(GeminiCase.chunk([["text": "x"]], finish: "STOP").bytes) {
            GeminiCase.dialect.makeStream(head: .of(200), plan: GeminiCase.plan(stream: true))
        }
        #expect(stream.isComplete)
        #expect(StreamTranscript(stream.output).content == "x")
    }

    @Test(arguments: [
        "[", "[{", #"[{"candidates":[]}"#, "[]", "{}", "nonsense", "{} x", "[1]", "]", "data: {\n\n", "data: 1\n\n",
    ])
    func bodiesThatAreNoStream(body: String) {
        let stream = Driver.everySplit(Array(body.utf8)) {
            GeminiCase.dialect.makeStream(head: .of(200), plan: GeminiCase.plan(stream: true))
        }
        #expect(stream.failure?.failureClass == .streamBroken)
        #expect(stream.output.isEmpty)
    }

    @Test func severalCandidates() {
        let stream = GeminiCase.stream([
            GeminiCase.chunk([["text": "a"]], index: 0), GeminiCase.chunk([["text": "b"]], index: 1),
            GeminiCase.chunk([["text": "a"]], finish: "STOP", index: 0),
            GeminiCase.chunk([["text": "b"]], finish: "MAX_TOKENS", index: 1),
        ])
        let transcript = StreamTranscript(stream.output)
        #expect(transcript.problems == [])
        #expect(transcript.choice(0).content == "aa")
        #expect(transcript.choice(1).content == "bb")
        #expect(transcript.choice(1).finish == "length")
        let cut = GeminiCase.stream([
            GeminiCase.chunk([["text": "a"]], finish: "STOP", index: 0), GeminiCase.chunk([["text": "b"]], index: 1),
        ])
        #expect(cut.failure?.failureClass == .streamBroken)
    }

    @Test func undeclaredCallsWaitForTheReason() {
        let chunks = [
            GeminiCase.chunk([["functionCall": ["name": "ghost"]], ["functionCall": ["name": "f"]]]),
            GeminiCase.chunk([["text": "done"]], finish: "STOP"),
        ]
        let transcript = StreamTranscript(GeminiCase.stream(chunks, GeminiCase.plan(stream: true, tools: ["f"])).output)
        #expect(transcript.problems == [])
        #expect(transcript.toolCalls.map(\.name) == ["ghost", "f"])
        #expect(transcript.finish == "tool_calls")
    }

    @Test func completionsStream() {
        let stream = GeminiCase.stream(
            [GeminiCase.chunk([["text": "x"]], finish: "STOP")],
            GeminiCase.plan(.completions, stream: true, includeUsage: true))
        let transcript = StreamTranscript(stream.output, endpoint: .completions, includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.chunks.first?["id"] == "cmpl-resp1")
        // Nothing was reported, so both the chunk and the meter get the same estimate.
        #expect(stream.usage?.estimated == true)
        #expect(transcript.usage?["completion_tokens"]?.intValue == stream.usage?.completion)
    }
}
