import WireJSON

/// `usage` of a message. In a stream it comes at the start and at the end, cumulative: the last value of each member
/// wins (newer models repeat all of them, older ones only the output).
struct AnthropicUsage: Sendable {
    private var input: Int?
    private var cacheWrite: Int?
    private var cacheRead: Int?
    private var output: Int?
    private var thinking: Int?

    mutating func merge(_ usage: JSONValue) {
        Self.take(usage["input_tokens"], into: &input)
        if usage["cache_creation_input_tokens"]?.intValue == nil, let creation = usage["cache_creation"]?.objectValue {
            Self.take(creation["ephemeral_5m_input_tokens"], into: &cacheWrite)
            if let hour = creation["ephemeral_1h_input_tokens"]?.intValue {
                cacheWrite = Self.bounded(Self.bounded(hour) + (cacheWrite ?? 0))
            }
        }
        Self.take(usage["cache_creation_input_tokens"], into: &cacheWrite)
        Self.take(usage["cache_read_input_tokens"], into: &cacheRead)
        Self.take(usage["output_tokens"], into: &output)
        Self.take(usage["output_tokens_details"]?["thinking_tokens"], into: &thinking)
    }

    /// nil while nothing was reported. `input_tokens` is what was neither read from the cache nor written to it.
    var tokens: TokenUsage? {
        guard input != nil || output != nil || cacheRead != nil || cacheWrite != nil else { return nil }
        let (read, written) = (cacheRead ?? 0, cacheWrite ?? 0)
        var usage = TokenUsage(prompt: (input ?? 0) + read + written, completion: output ?? 0)
        usage.cached = read
        usage.cacheWrite = written
        usage.reasoning = min(thinking ?? 0, usage.completion)
        return usage
    }

    /// For a stream that is not over: the output stated at its start is a placeholder, so what was delivered is
    /// estimated.
    func tokens(delivered bytes: Int) -> TokenUsage? {
        guard var usage = tokens else { return nil }
        let delivered = TokenUsage.estimate(promptBytes: 0, completionBytes: bytes).completion
        guard delivered > usage.completion else { return usage }
        usage.completion = delivered
        usage.total = usage.prompt + delivered
        usage.estimated = true
        return usage
    }

    private static func take(_ value: JSONValue?, into count: inout Int?) {
        if let value = value?.intValue { count = bounded(value) }
    }

    private static func bounded(_ value: Int) -> Int { min(max(value, 0), TokenUsage.maximumTokens) }
}
