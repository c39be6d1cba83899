import Dialects
import Testing
import WireJSON

/// Ollama's answers and streams (contracts, section 2.6).
@Suite struct OllamaAnswerTests {
    @Test(arguments: [false, true])
    func readsAStreamWithoutARoleChunk(_ includeUsage: Bool) {
        let transcript = OpenAIChunks.transcript(
            [
                OpenAIChunks.chunk(#"{"role":"assistant","content":"","reasoning":"The"}"#),
                OpenAIChunks.chunk(#"{"content":"","reasoning":" task"}"#),
                OpenAIChunks.chunk(#"{"content":"","reasoning":"!"}"#),
                OpenAIChunks.text("1"), OpenAIChunks.text("2"), OpenAIChunks.text(""), OpenAIChunks.stop,
                OpenAIChunks.usage.replacing("1700000000", with: "1700000001"), OpenAIChunks.done,
            ], includeUsage: includeUsage)
        #expect(transcript.choice(0).reasoning == "The task!")
        #expect(transcript.content == "12")
        #expect(transcript.chunks.count == (includeUsage ? 7 : 6))
    }

    @Test func namesCallsWithoutTheirIndex() throws {
        let body = OpenAIAnswerTests.answer(
            #"{"role":"assistant","content":"","tool_calls":[{"id":"call_x","index":0,"type":"function","#
                + #""function":{"name":"f","arguments":"{\"a\":1}"}}]}"#, finish: #""tool_calls""#)
        let call = try OpenAIAnswerTests.value(body)["choices"]?[0]?["message"]?["tool_calls"]?[0]
        #expect(call?["index"] == nil)
        #expect(call?["id"] == "call_x")
        #expect(call?["function"]?["arguments"] == #"{"a":1}"#)
    }
}
