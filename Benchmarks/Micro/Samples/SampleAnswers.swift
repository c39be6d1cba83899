import Dialects
import WireJSON

/// Whole answers as providers send them, about 1 KB each.
enum SampleAnswers {
    static let head = AnswerHead(
        status: 200,
        rawHeaders: Array(
            """
            date: Mon, 24 Nov 2025 16:00:00 GMT\r
            content-type: application/json\r
            x-request-id: req_0123456789abcdef\r
            x-ratelimit-remaining-requests: 9999\r
            server: cloudflare\r\n
            """.utf8))

    private static let text = SampleText.prose(bytes: 500)

    static let openAI = bytes([
        "id": "chatcmpl-BqT5yXzQ0000000000000000000", "object": "chat.completion", "created": 1_764_000_001,
        "model": "gpt-4o-mini-2024-07-18",
        "choices": [
            [
                "index": 0,
                "message": ["role": "assistant", "content": .string(text), "refusal": nil, "annotations": []],
                "logprobs": nil, "finish_reason": "stop",
            ]
        ],
        "usage": [
            "prompt_tokens": 84, "completion_tokens": 120, "total_tokens": 204,
            "prompt_tokens_details": ["cached_tokens": 0, "audio_tokens": 0],
            "completion_tokens_details": [
                "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            ],
        ],
        "service_tier": "default", "system_fingerprint": "fp_0123456789",
    ])

    static let anthropic = bytes([
        "id": "msg_01ABCDEFGHIJKLMNOPQRSTUV", "type": "message", "role": "assistant",
        "model": "claude-sonnet-4-5-20250929", "content": [["type": "text", "text": .string(text)]],
        "stop_reason": "end_turn", "stop_sequence": nil,
        "usage": [
            "input_tokens": 84, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 120,
            "service_tier": "standard",
        ],
    ])

    static let gemini = bytes([
        "candidates": [
            [
                "content": ["parts": [["text": .string(text)]], "role": "model"], "finishReason": "STOP", "index": 0,
                "avgLogprobs": -0.125,
            ]
        ],
        "usageMetadata": [
            "promptTokenCount": 84, "candidatesTokenCount": 120, "totalTokenCount": 204,
            "promptTokensDetails": [["modality": "TEXT", "tokenCount": 84]],
        ],
        "modelVersion": "gemini-2.5-flash", "responseId": "abcdefghijklmnopqrstuv",
    ])

    static func bytes(_ value: JSONValue) -> [UInt8] { value.bytes }
}
