import Dialects
import Testing
import WireJSON

/// Streams of Anthropic's events, put together by hand.
enum AnthropicEvents {
    static func start(id: String = "msg_01abc", usage: JSONValue = ["input_tokens": 10, "output_tokens": 1])
        -> JSONValue
    {
        [
            "type": "message_start",
            "message": [
                "id": .string(id), "type": "message", "role": "assistant", "model": "claude-sonnet-4-5-20250929",
                "content": [], "stop_reason": nil, "usage": usage,
            ],
        ]
    }

    static func block(_ index: Int, _ block: JSONValue) -> JSONValue {
        ["type": "content_block_start", "index": .number(JSONNumber(index)), "content_block": block]
    }

    static func delta(_ index: Int, _ type: String, _ member: String, _ text: String) -> JSONValue {
        [
            "type": "content_block_delta", "index": .number(JSONNumber(index)),
            "delta": .object(["type": .string(type), member: .string(text)]),
        ]
    }

    static func stop(_ index: Int) -> JSONValue {
        ["type": "content_block_stop", "index": .number(JSONNumber(index))]
    }

    /// A block of text in these pieces.
    static func text(_ index: Int, _ pieces: String...) -> [JSONValue] {
        [block(index, ["type": "text", "text": ""])]
            + pieces.map { delta(index, "text_delta", "text", $0) } + [stop(index)]
    }

    /// A call whose input comes in these pieces.
    static func call(_ index: Int, _ id: String, _ name: String = "look", _ pieces: String...) -> [JSONValue] {
        [block(index, ["type": "tool_use", "id": .string(id), "name": .string(name), "input": [:]])]
            + pieces.map { delta(index, "input_json_delta", "partial_json", $0) } + [stop(index)]
    }

    static func thinking(_ index: Int, _ pieces: String..., signature: String = "sig") -> [JSONValue] {
        [block(index, ["type": "thinking", "thinking": "", "signature": ""])]
            + pieces.map { delta(index, "thinking_delta", "thinking", $0) }
            + [delta(index, "signature_delta", "signature", signature), stop(index)]
    }

    static func end(_ reason: String = "end_turn", usage: JSONValue = ["output_tokens": 7]) -> [JSONValue] {
        [
            [
                "type": "message_delta", "delta": ["stop_reason": .string(reason), "stop_sequence": nil],
                "usage": usage,
            ],
            ["type": "message_stop"],
        ]
    }

    /// The events as bytes, each under its name.
    static func bytes(_ events: [JSONValue]) -> [UInt8] {
        events.flatMap { event in
            Array("event: \(event["type"]?.stringValue ?? "x")\ndata: ".utf8) + event.bytes + Array("\n\n".utf8)
        }
    }

    static func translator(_ plan: AnswerPlan) -> any StreamTranslator {
        AnthropicCase.dialect.makeStream(
            head: .of(200, [("content-type", "text/event-stream; charset=utf-8")]), plan: plan)
    }

    /// The stream made of these events, checked over every split.
    static func run(
        _ events: [JSONValue], _ plan: AnswerPlan = AnthropicCase.plan(stream: true),
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> DrivenStream {
        run(bytes(events), plan, sourceLocation: sourceLocation)
    }

    static func run(
        _ bytes: [UInt8], _ plan: AnswerPlan = AnthropicCase.plan(stream: true),
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> DrivenStream {
        Driver.everySplit(bytes, sourceLocation: sourceLocation) { translator(plan) }
    }

    /// What a client reads from such a stream.
    static func transcript(
        _ events: [JSONValue], _ plan: AnswerPlan = AnthropicCase.plan(stream: true),
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> StreamTranscript {
        let stream = run(events, plan, sourceLocation: sourceLocation)
        #expect(stream.isComplete, sourceLocation: sourceLocation)
        let transcript = StreamTranscript(stream.output, endpoint: plan.endpoint, includeUsage: plan.includeUsage)
        #expect(transcript.problems == [], sourceLocation: sourceLocation)
        return transcript
    }
}
