import Dialects
import Testing
import WireJSON

/// Usage in OpenAI's stream: exactly one chunk where the client asked for it, none elsewhere.
@Suite struct OpenAIStreamUsageTests {
    @Test func dropsUsageNobodyAskedFor() {
        let payloads = [
            OpenAIChunks.role, OpenAIChunks.text("a", tail: #","usage":null"#),
            OpenAIChunks.text("b", tail: #","usage":null"#),
            OpenAIChunks.chunk("{}", finish: #""stop""#, tail: #","usage":{"prompt_tokens":1,"completion_tokens":1}"#),
            OpenAIChunks.usage, OpenAIChunks.done,
        ]
        let stream = OpenAIChunks.run(payloads)
        #expect(!stream.text.contains("usage"))
        #expect(stream.usage == TokenUsage(prompt: 5, completion: 7))
    }

    @Test func keepsTheProvidersUsageChunk() {
        let payloads = [
            OpenAIChunks.chunk(#"{"role":"assistant","content":""}"#, tail: #","usage":null"#),
            OpenAIChunks.text("a", tail: #","usage":null"#),
            OpenAIChunks.chunk("{}", finish: #""stop""#, tail: #","usage":null"#),
            OpenAIChunks.usage, OpenAIChunks.done,
        ]
        #expect(OpenAIChunks.run(payloads, includeUsage: true).output == OpenAIChunks.bytes(payloads))
    }

    @Test(arguments: [
        // With the finish reason, before it, in every chunk, behind it in several, with a choice.
        [
            OpenAIChunks.text("a"),
            OpenAIChunks.chunk(
                "{}", finish: #""stop""#, tail: #","usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}"#
            ),
        ],
        [OpenAIChunks.usage, OpenAIChunks.text("a"), OpenAIChunks.stop],
        [
            OpenAIChunks.text("a", tail: #","usage":{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6}"#),
            OpenAIChunks.text("", tail: #","usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}"#),
            OpenAIChunks.stop,
        ],
        [
            OpenAIChunks.text("a"), OpenAIChunks.stop, OpenAIChunks.usage.replacing("12", with: "99"),
            OpenAIChunks.usage, OpenAIChunks.usage,
        ],
        [
            OpenAIChunks.text("a"), OpenAIChunks.stop,
            OpenAIChunks.chunk("{}", tail: #","usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}"#),
        ],
        [
            OpenAIChunks.text("a"), OpenAIChunks.stop,
            OpenAIChunks.usage.replacing("chatcmpl-1", with: "other").replacing("m-1", with: "x"),
        ],
    ])
    func writesExactlyOneUsageChunk(_ payloads: [String]) {
        let transcript = OpenAIChunks.transcript(payloads + [OpenAIChunks.done], includeUsage: true)
        #expect(transcript.usage?["total_tokens"] == 12)
        #expect(transcript.usage?["prompt_tokens"] == 5)
    }

    @Test func estimatesUsageThatNeverCame() {
        let payloads = [
            OpenAIChunks.role, OpenAIChunks.text("four-by-two"), OpenAIChunks.stop, OpenAIChunks.usage,
            OpenAIChunks.done,
        ]
        let without = OpenAIChunks.transcript(payloads.filter { $0 != OpenAIChunks.usage }, includeUsage: true)
        #expect(without.usage?["completion_tokens"] == 3)
        #expect(OpenAIChunks.run(payloads.filter { $0 != OpenAIChunks.usage }, includeUsage: true).usage == nil)
    }

    @Test func putsContradictoryUsageRight() {
        let usage = OpenAIChunks.usage.replacing(
            #""total_tokens":12"#, with: #""total_tokens":12,"prompt_tokens_details":{"cached_tokens":163}"#)
        let transcript = OpenAIChunks.transcript(
            [OpenAIChunks.text("a"), OpenAIChunks.stop, usage, OpenAIChunks.done], includeUsage: true)
        #expect(transcript.usage?["prompt_tokens_details"]?["cached_tokens"] == 5)
    }
}
