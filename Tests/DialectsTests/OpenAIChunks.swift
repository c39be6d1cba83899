import Dialects
import Testing

/// Builders for hand-written streams of OpenAI's family.
enum OpenAIChunks {
    static let head = #""id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m-1""#

    /// A chunk with one choice; `tail` holds more members, with their leading comma.
    static func chunk(_ delta: String, finish: String = "null", index: Int = 0, tail: String = "") -> String {
        #"{\#(head),"choices":[{"index":\#(index),"delta":\#(delta),"finish_reason":\#(finish)}]\#(tail)}"#
    }

    static func text(_ text: String, index: Int = 0, tail: String = "") -> String {
        chunk(#"{"content":"\#(text)"}"#, index: index, tail: tail)
    }

    static func tools(_ fragments: String, finish: String = "null") -> String {
        chunk(#"{"tool_calls":[\#(fragments)]}"#, finish: finish)
    }

    static let role = chunk(#"{"role":"assistant","content":"","refusal":null}"#)
    static let stop = chunk("{}", finish: #""stop""#)
    static let usage = #"{\#(head),"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}"#
    static let done = "[DONE]"

    static func bytes(_ payloads: [String]) -> [UInt8] {
        payloads.flatMap { Array("data: \($0)\n\n".utf8) }
    }

    static let eventStream = AnswerHead.of(200, [("Content-Type", "text/event-stream; charset=utf-8")])

    /// The stream as the client gets it, the same for every split.
    static func run(
        _ payloads: [String], kind: ProviderKind = .openai, includeUsage: Bool = false,
        endpoint: Endpoint = .chatCompletions, sourceLocation: SourceLocation = #_sourceLocation
    ) -> DrivenStream {
        let plan = AnswerPlan.sample(endpoint, kind: kind, stream: true, includeUsage: includeUsage)
        return Driver.everySplit(bytes(payloads), sourceLocation: sourceLocation) {
            OpenAIDialect(kind: kind).makeStream(head: eventStream, plan: plan)
        }
    }

    /// What a client assembles; records an issue for every broken rule.
    static func transcript(
        _ payloads: [String], kind: ProviderKind = .openai, includeUsage: Bool = false,
        endpoint: Endpoint = .chatCompletions, sourceLocation: SourceLocation = #_sourceLocation
    ) -> StreamTranscript {
        let stream = run(
            payloads, kind: kind, includeUsage: includeUsage, endpoint: endpoint, sourceLocation: sourceLocation)
        #expect(stream.isComplete, "\(String(describing: stream.failure))", sourceLocation: sourceLocation)
        let transcript = StreamTranscript(stream.output, endpoint: endpoint, includeUsage: includeUsage)
        #expect(transcript.problems == [], sourceLocation: sourceLocation)
        return transcript
    }
}
