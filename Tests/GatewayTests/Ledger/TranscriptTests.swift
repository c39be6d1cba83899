import Ledger
import Testing

@testable import Gateway

@Suite("What is kept of an answer")
struct TranscriptTests {
    private func text(_ transcript: Transcript) -> String { String(decoding: transcript.bytes, as: UTF8.self) }

    @Test func aWholeAnswerIsKeptAsItIs() {
        var transcript = Transcript()
        transcript.take(Array(#"{"id":"x"}"#.utf8), isStream: false)
        #expect(text(transcript) == #"{"id":"x"}"#)
    }

    @Test("of a stream the text, in any split", arguments: 1...40)
    func streams(size: Int) {
        let stream = """
            : keep-alive

            data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

            data: {"choices":[{"index":0,"delta":{"content":"ana@exa"}}]}

            data: {"choices":[{"index":0,"delta":{"content":"mple.com"}}]}

            data: {"choices":[{"index":0,"text":"!"}]}

            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"function":{"arguments":"{}"}}]}}]}

            data: {"choices":[],"usage":{}}

            data: [DONE]


            """
        let bytes = Array(stream.utf8)
        var transcript = Transcript()
        for start in stride(from: 0, to: bytes.count, by: size) {
            transcript.take(Array(bytes[start..<min(start + size, bytes.count)]), isStream: true)
        }
        #expect(text(transcript) == "ana@example.com!{}")
        // What two deltas share is masked, too.
        #expect(!String(decoding: Redactor().redact(transcript.bytes), as: UTF8.self).contains("ana@"))
    }

    @Test func isBounded() {
        var transcript = Transcript()
        for _ in 0..<3 { transcript.take(Array(repeating: 65, count: 1 << 20), isStream: false) }
        #expect(transcript.bytes.count <= PromptLog.maximumBytes + 4096)
        #expect(Transcript.cut(transcript.bytes).count == PromptLog.maximumBytes)
    }
}
