import Dialects
import Testing
import WireJSON

/// Azure's streams (contracts, section 1.3, rule 7).
@Suite struct AzureAnswerTests {
    static let filter =
        #"{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0}]}"#

    @Test(arguments: [false, true])
    func dropsTheFilterChunk(_ includeUsage: Bool) {
        let tail = includeUsage ? #","usage":null"# : ""
        let rest = [
            OpenAIChunks.chunk(#"{"role":"assistant","content":"","refusal":null}"#, tail: tail),
            OpenAIChunks.text("a", tail: tail),
            OpenAIChunks.chunk("{}", finish: #""stop""#, tail: tail),
        ]
        let stream = OpenAIChunks.run(
            [Self.filter] + rest + [OpenAIChunks.usage, OpenAIChunks.done], includeUsage: includeUsage)
        #expect(
            stream.output == OpenAIChunks.bytes(rest + (includeUsage ? [OpenAIChunks.usage] : []) + [OpenAIChunks.done])
        )
    }

    @Test func takesTheNameFromTheFirstChunkThatHasOne() {
        let nameless = OpenAIChunks.role.replacing("chatcmpl-1", with: "").replacing("m-1", with: "")
        let transcript = OpenAIChunks.transcript([
            nameless, OpenAIChunks.text("a"), OpenAIChunks.stop, OpenAIChunks.done,
        ])
        #expect(transcript.chunks.first?["id"] == "chatcmpl-1")
        #expect(transcript.content == "a")
    }

    @Test func keepsFilterResultsOfText() {
        let chunk =
            #"{\#(OpenAIChunks.head),"choices":[{"content_filter_results":{"hate":{"filtered":false}},"index":0,"#
            + #""delta":{"content":"a"},"finish_reason":null}]}"#
        let payloads = [OpenAIChunks.role, chunk, chunk, OpenAIChunks.stop, OpenAIChunks.done]
        #expect(OpenAIChunks.run(payloads).output == OpenAIChunks.bytes(payloads))
    }

    @Test func blamesTheFilter() {
        let body =
            #"{"error":{"message":"The response was filtered","code":"content_filter","status":400,"#
            + #""innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#
        #expect(OpenAIAnswerTests.translate(body, status: 400).failure?.failureClass == .moderation)
    }
}
