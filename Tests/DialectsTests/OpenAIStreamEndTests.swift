import Dialects
import Testing
import WireJSON

/// How streams end, well or badly.
@Suite struct OpenAIStreamEndTests {
    @Test func isWholeWithoutMarkerOnceItHasAFinishReason() {
        let payloads = [OpenAIChunks.role, OpenAIChunks.text("a"), OpenAIChunks.stop]
        #expect(OpenAIChunks.transcript(payloads).content == "a")
        #expect(OpenAIChunks.run(payloads).output == OpenAIChunks.bytes(payloads + [OpenAIChunks.done]))
        #expect(OpenAIChunks.transcript(payloads, includeUsage: true).usage != nil)
    }

    @Test func writesTheFinishReasonThatIsMissingBeforeTheMarker() {
        #expect(
            OpenAIChunks.transcript([OpenAIChunks.role, OpenAIChunks.text("a"), OpenAIChunks.done]).finish == "stop")
        let call = #"{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}"#
        let transcript = OpenAIChunks.transcript([OpenAIChunks.tools(call), OpenAIChunks.done])
        #expect(transcript.finish == "tool_calls")
        #expect(transcript.toolCalls.first?.arguments == "{}")
    }

    @Test func writesRoleAndReasonForAChoiceThatSaidNothing() {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.text("a"), OpenAIChunks.chunk(#"{"role":"assistant","content":""}"#, index: 1),
            OpenAIChunks.stop, OpenAIChunks.done,
        ])
        #expect(transcript.choice(1) == StreamTranscript.Choice(finish: "stop"))
    }

    @Test(arguments: [
        [], [OpenAIChunks.done], [OpenAIChunks.role], [OpenAIChunks.role, OpenAIChunks.done],
        [OpenAIChunks.role, OpenAIChunks.text("a")],
        [OpenAIChunks.usage, OpenAIChunks.done], ["{}"],
        [OpenAIChunks.role, OpenAIChunks.text("a"), OpenAIChunks.stop, OpenAIChunks.text("b", index: 1)],
    ])
    func failsWithoutAnEnd(_ payloads: [String]) {
        let stream = OpenAIChunks.run(payloads)
        #expect(stream.failure?.failureClass == .streamBroken)
        #expect(stream.failure?.message.contains("ended") == true)
        #expect(!stream.text.contains("DONE"))
    }

    @Test func ignoresWhatComesAfterTheMarker() {
        let stream = OpenAIChunks.run([
            OpenAIChunks.role, OpenAIChunks.text("a"), OpenAIChunks.stop, OpenAIChunks.done, OpenAIChunks.text("b"),
            #"{"error":{"message":"x"}}"#,
        ])
        #expect(stream.isComplete)
        #expect(stream.text.hasSuffix("data: [DONE]\n\n"))
    }

    // MARK: Malformed chunks

    @Test(arguments: [
        "{", #"{"choices":[{"delta":{"content":"a"#, "nonsense", "[]", #"{"a":1,}"#, "{\"a\":\"\u{01}\"}",
        #"{"choices":[],"choices":[]}"#, #"{"choices":[{"delta":{},"delta":{}}]}"#, "{}{}", #"{"a":01}"#,
    ])
    func failsOnAMalformedChunk(_ payload: String) {
        for payloads in [
            [payload], [OpenAIChunks.role, payload],
            [OpenAIChunks.role, OpenAIChunks.text("a"), payload, OpenAIChunks.stop],
        ] {
            let stream = OpenAIChunks.run(payloads + [OpenAIChunks.done])
            #expect(stream.failure?.failureClass == .streamBroken)
        }
        let late = OpenAIChunks.run([OpenAIChunks.text("a"), OpenAIChunks.stop, payload, OpenAIChunks.done])
        #expect(late.isComplete, "a malformed chunk behind the finish reason is ignored")
    }

    @Test func failsOnBadUTF8() {
        let bytes = OpenAIChunks.bytes([OpenAIChunks.text("a?")]).map { $0 == UInt8(ascii: "?") ? 0xFF : $0 }
        let stream = Driver.everySplit(bytes) {
            OpenAIDialect(kind: .openai).makeStream(head: OpenAIChunks.eventStream, plan: .sample(stream: true))
        }
        #expect(stream.failure?.failureClass == .streamBroken)
    }

    @Test func survivesDeepNesting() {
        let deep = String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000)
        let stream = OpenAIChunks.run([OpenAIChunks.text("a", tail: ",\"x\":\(deep)")])
        #expect(stream.failure?.failureClass == .streamBroken)
    }

    // MARK: Errors in the stream

    static let overloaded =
        #"{"error":{"message":"busy","type":"service_unavailable_error","code":"server_is_overloaded"}}"#

    @Test(arguments: [
        (overloaded, FailureClass.overloaded),
        (#"{"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}"#, .server),
        (#"{"error":{"message":"Slow down","code":429}}"#, .rateLimit),
        (#"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#, .billing),
        (#"{"error":"out of memory"}"#, .server),
        (#"{"object":"error","message":"CUDA out of memory","code":500}"#, .server),
        (OpenAIChunks.chunk(#"{"content":""}"#, finish: #""error""#), .server),
        (
            #"{"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"error","#
                + #""error":{"code":502,"message":"Provider disconnected"}}]}"#, .server
        ),
        (
            #"{"id":"x","error":{"code":503,"message":"no provider"},"choices":[{"index":0,"delta":{"content":""}}]}"#,
            .overloaded
        ),
    ])
    func failsWithTheProvidersError(_ payload: String, _ expected: FailureClass) {
        let early = OpenAIChunks.run([OpenAIChunks.role, payload, OpenAIChunks.done])
        #expect(early.failure?.failureClass == expected)
        #expect(early.failure?.upstreamStatus == 200)
        #expect(early.output.isEmpty)
        let late = OpenAIChunks.run([OpenAIChunks.role, OpenAIChunks.text("a"), payload, OpenAIChunks.done])
        #expect(late.failure?.failureClass == expected)
        #expect(late.output == OpenAIChunks.bytes([OpenAIChunks.role, OpenAIChunks.text("a")]))
    }

    @Test(arguments: ["null", "false", "\"\"", "{}"])
    func takesAnEmptyErrorForNone(_ error: String) {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.text("a", tail: ",\"error\":\(error)"), OpenAIChunks.stop, OpenAIChunks.done,
        ])
        #expect(transcript.content == "a")
    }

    @Test(arguments: [#"{"error":{"message":"bad call","code":"tool_use_failed"}}"#, "boom"])
    func failsOnAnErrorEvent(_ data: String) {
        let bytes =
            OpenAIChunks.bytes([OpenAIChunks.role, OpenAIChunks.text("a")])
            + Array("event: error\ndata: \(data)\n\n".utf8)
        let stream = Driver.everySplit(bytes) {
            OpenAIDialect(kind: .groq).makeStream(
                head: OpenAIChunks.eventStream, plan: .sample(kind: .groq, stream: true))
        }
        #expect(stream.failure?.failureClass == (data == "boom" ? .server : .modelFailure))
    }

    // MARK: A whole body instead of a stream

    static let whole =
        #"{"id":"chatcmpl-9","object":"chat.completion","created":1700000000,"model":"m","choices":[{"index":0,"#
        + #""message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}],"#
        + #""usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#

    @Test func replaysAWholeAnswer() {
        let json = AnswerHead.of(200, [("content-type", "application/json")])
        let stream = Driver.everySplit(Array(Self.whole.utf8)) {
            OpenAIDialect(kind: .openaiCompatible).makeStream(head: json, plan: .sample(stream: true))
        }
        #expect(stream.isComplete)
        #expect(StreamTranscript(stream.output).content == "whole")
        #expect(stream.usage == TokenUsage(prompt: 1, completion: 2))
    }

    @Test func failsOnAWholeError() {
        let json = AnswerHead.of(200, [("content-type", "application/json")])
        let stream = Driver.everySplit(Array(Self.overloaded.utf8)) {
            OpenAIDialect(kind: .openrouter).makeStream(head: json, plan: .sample(kind: .openrouter, stream: true))
        }
        #expect(stream.failure?.failureClass == .overloaded)
    }

    @Test(arguments: ["<html>maintenance</html>", "", "{"])
    func failsOnAPage(_ body: String) {
        let page = AnswerHead.of(200, [("content-type", "text/html")])
        let stream = Driver.everySplit(Array(body.utf8)) {
            OpenAIDialect(kind: .openai).makeStream(head: page, plan: .sample(stream: true))
        }
        #expect(stream.failure != nil)
        #expect(stream.output.isEmpty)
    }
}
