/// The objects and arrays of an answer that the scan descends into.
enum AnswerLevel {
    case root, choices, choice, message, toolCalls, toolCall, function, data, datum, xGroq
    case usage, promptDetails, completionDetails

    var isArray: Bool {
        switch self {
        case .choices, .toolCalls, .data: true
        default: false
        }
    }

    /// What lies below the member `key`; nil where nothing matters any more.
    func below(_ key: AnswerKey) -> AnswerLevel? {
        switch (self, key) {
        case (.root, .choices): .choices
        case (.root, .data): .data
        case (.root, .xGroq): .xGroq
        case (.root, .usage): .usage
        case (.usage, .promptDetails): .promptDetails
        case (.usage, .completionDetails): .completionDetails
        case (.choices, .element): .choice
        case (.choice, .delta), (.choice, .message): .message
        case (.message, .toolCalls): .toolCalls
        case (.toolCalls, .element): .toolCall
        case (.toolCall, .function): .function
        case (.data, .element): .datum
        default: nil
        }
    }

    /// The key that a member's name (its bytes without quotes) spells on this level. A name with escapes
    /// is never one.
    @inline(__always) func key(_ bytes: Span<UInt8>, _ name: Range<Int>) -> AnswerKey {
        switch self {
        case .root: Self.rootKey(bytes, name)
        case .choice: Self.choiceKey(bytes, name)
        case .message: Self.messageKey(bytes, name)
        case .toolCall: Self.toolCallKey(bytes, name)
        case .function: Self.functionKey(bytes, name)
        case .datum: Self.datumKey(bytes, name)
        case .xGroq: name.count == 5 && Self.spells(bytes, name, "usage") ? .usage : .other
        case .usage: Self.usageKey(bytes, name)
        case .promptDetails: Self.promptDetailKey(bytes, name)
        case .completionDetails:
            name.count == 16 && Self.spells(bytes, name, "reasoning_tokens") ? .reasoningTokens : .other
        case .choices, .toolCalls, .data: .other
        }
    }

    private static func rootKey(_ bytes: Span<UInt8>, _ name: Range<Int>) -> AnswerKey {
        switch name.count {
        case 2 where spells(bytes, name, "id"): .id
        case 4 where spells(bytes, name, "data"): .data
        case 5 where spells(bytes, name, "model"): .model
        case 5 where spells(bytes, name, "usage"): .usage
        case 5 where spells(bytes, name, "error"): .error
        case 6 where spells(bytes, name, "object"): .object
        case 6 where spells(bytes, name, "x_groq"): .xGroq
        case 7 where spells(bytes, name, "choices"): .choices
        case 7 where spells(bytes, name, "created"): .created
        case 11 where spells(bytes, name, "obfuscation"): .obfuscation
        case 12 where spells(bytes, name, "service_tier"): .serviceTier
        case 15 where spells(bytes, name, "usage_breakdown"): .usageBreakdown
        case 18 where spells(bytes, name, "system_fingerprint"): .systemFingerprint
        default: .other
        }
    }

    private static func choiceKey(_ bytes: Span<UInt8>, _ name: Range<Int>) -> AnswerKey {
        switch name.count {
        case 4 where spells(bytes, name, "text"): .text
        case 5 where spells(bytes, name, "index"): .index
        case 5 where spells(bytes, name, "delta"): .delta
        case 5 where spells(bytes, name, "error"): .error
        case 7 where spells(bytes, name, "message"): .message
        case 8 where spells(bytes, name, "logprobs"): .logprobs
        case 13 where spells(bytes, name, "finish_reason"): .finishReason
        default: .other
        }
    }

    private static func messageKey(_ bytes: Span<UInt8>, _ name: Range<Int>) -> AnswerKey {
        switch name.count {
        case 4 where spells(bytes, name, "role"): .role
        case 7 where spells(bytes, name, "content"): .content
        case 7 where spells(bytes, name, "refusal"): .refusal
        case 7 where spells(bytes, name, "channel"): .channel
        case 9 where spells(bytes, name, "reasoning"): .reasoning
        case 10 where spells(bytes, name, "tool_calls"): .toolCalls
        case 17 where spells(bytes, name, "reasoning_content"): .reasoningContent
        case 17 where spells(bytes, name, "reasoning_details"): .reasoningDetails
        default: .other
        }
    }

    private static func toolCallKey(_ bytes: Span<UInt8>, _ name: Range<Int>) -> AnswerKey {
        switch name.count {
        case 2 where spells(bytes, name, "id"): .id
        case 4 where spells(bytes, name, "type"): .type
        case 5 where spells(bytes, name, "index"): .index
        case 6 where spells(bytes, name, "custom"): .custom
        case 8 where spells(bytes, name, "function"): .function
        default: .other
        }
    }

    private static func functionKey(_ bytes: Span<UInt8>, _ name: Range<Int>) -> AnswerKey {
        switch name.count {
        case 4 where spells(bytes, name, "name"): .name
        case 9 where spells(bytes, name, "arguments"): .arguments
        default: .other
        }
    }

    private static func datumKey(_ bytes: Span<UInt8>, _ name: Range<Int>) -> AnswerKey {
        switch name.count {
        case 5 where spells(bytes, name, "index"): .index
        case 6 where spells(bytes, name, "object"): .object
        case 9 where spells(bytes, name, "embedding"): .embedding
        default: .other
        }
    }

    private static func usageKey(_ bytes: Span<UInt8>, _ name: Range<Int>) -> AnswerKey {
        switch name.count {
        case 4 where spells(bytes, name, "cost"): .special
        case 10 where spells(bytes, name, "queue_time"): .special
        case 10 where spells(bytes, name, "total_time"): .special
        case 11 where spells(bytes, name, "prompt_time"): .special
        case 12 where spells(bytes, name, "total_tokens"): .totalTokens
        case 13 where spells(bytes, name, "prompt_tokens"): .promptTokens
        case 15 where spells(bytes, name, "completion_time"): .special
        case 17 where spells(bytes, name, "completion_tokens"): .completionTokens
        case 21 where spells(bytes, name, "prompt_tokens_details"): .promptDetails
        case 25 where spells(bytes, name, "completion_tokens_details"): .completionDetails
        default: .other
        }
    }

    private static func promptDetailKey(_ bytes: Span<UInt8>, _ name: Range<Int>) -> AnswerKey {
        switch name.count {
        case 13 where spells(bytes, name, "cached_tokens"): .cachedTokens
        case 18 where spells(bytes, name, "cache_write_tokens"): .cacheWriteTokens
        default: .other
        }
    }

    /// Whether the bytes of `name` are those of `key`, which is of the same length.
    @inline(__always) private static func spells(
        _ bytes: Span<UInt8>, _ name: Range<Int>, _ key: StaticString
    ) -> Bool {
        key.withUTF8Buffer { text in
            for offset in 0..<text.count where bytes[name.lowerBound &+ offset] != text[offset] { return false }
            return true
        }
    }
}
