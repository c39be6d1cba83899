import Dialects
import WireJSON

/// Streams as providers send them, split as the network splits them: one event at a time.
enum SampleStreams {
    static let head = AnswerHead(
        status: 200, rawHeaders: Array("content-type: text/event-stream; charset=utf-8\r\n".utf8))

    /// Text chunks in each of them.
    static let chunks = 256

    static let openAI: [[UInt8]] = {
        func chunk(_ delta: JSONValue, finish: JSONValue = nil) -> [UInt8] {
            event([
                "id": "chatcmpl-BqT5yXzQ0000000000000000000", "object": "chat.completion.chunk",
                "created": 1_764_000_001, "model": "gpt-4o-mini-2024-07-18", "service_tier": "default",
                "system_fingerprint": "fp_0123456789",
                "choices": [["index": 0, "delta": delta, "logprobs": nil, "finish_reason": finish]], "usage": nil,
                "obfuscation": "a1B2c3D4",
            ])
        }
        let usage: JSONValue = [
            "id": "chatcmpl-BqT5yXzQ0000000000000000000", "object": "chat.completion.chunk",
            "created": 1_764_000_001, "model": "gpt-4o-mini-2024-07-18", "choices": [],
            "usage": ["prompt_tokens": 84, "completion_tokens": 256, "total_tokens": 340],
        ]
        return [chunk(["role": "assistant", "content": "", "refusal": nil])]
            + (0..<chunks).map { chunk(["content": .string(SampleText.token($0))]) }
            + [chunk([:], finish: "stop"), event(usage), Array("data: [DONE]\n\n".utf8)]
    }()

    static let anthropic: [[UInt8]] = {
        let start: JSONValue = [
            "type": "message_start",
            "message": [
                "id": "msg_01ABCDEFGHIJKLMNOPQRSTUV", "type": "message", "role": "assistant",
                "model": "claude-sonnet-4-5-20250929", "content": [], "stop_reason": nil, "stop_sequence": nil,
                "usage": ["input_tokens": 84, "output_tokens": 1],
            ],
        ]
        let open: JSONValue = [
            "type": "content_block_start", "index": 0, "content_block": ["type": "text", "text": ""],
        ]
        let deltas: [JSONValue] = (0..<chunks).map { index in
            let delta: JSONValue = ["type": "text_delta", "text": .string(SampleText.token(index))]
            return ["type": "content_block_delta", "index": 0, "delta": delta]
        }
        let stop: JSONValue = [
            "type": "message_delta", "delta": ["stop_reason": "end_turn", "stop_sequence": nil],
            "usage": ["output_tokens": 256],
        ]
        let close: JSONValue = ["type": "content_block_stop", "index": 0]
        let events = [start, open] + deltas + [close, stop, ["type": "message_stop"]]
        return events.map { event($0, name: $0["type"]?.stringValue) }
    }()

    static let gemini: [[UInt8]] = (0..<chunks).map { index in
        let isLast = index == chunks - 1
        var candidate: JSONObject = [
            "content": ["parts": [["text": .string(SampleText.token(index))]], "role": "model"], "index": 0,
        ]
        if isLast { candidate["finishReason"] = "STOP" }
        return event([
            "candidates": [.object(candidate)],
            "usageMetadata": [
                "promptTokenCount": 84, "candidatesTokenCount": .number(JSONNumber(index + 1)),
                "totalTokenCount": .number(JSONNumber(index + 85)),
            ],
            "modelVersion": "gemini-2.5-flash", "responseId": "abcdefghijklmnopqrstuv",
        ])
    }

    /// The same stream in larger reads, as it comes when the gateway is busy or the provider fast.
    static func bursts(_ events: [[UInt8]], of size: Int) -> [[UInt8]] {
        stride(from: 0, to: events.count, by: size).map { start in
            Array(events[start..<min(start + size, events.count)].joined())
        }
    }

    private static func event(_ json: JSONValue, name: String? = nil) -> [UInt8] {
        Array((name.map { "event: \($0)\n" } ?? "").utf8) + Array("data: ".utf8) + json.bytes + Array("\n\n".utf8)
    }
}
