import WireJSON

/// `usageMetadata`. In a stream every chunk repeats it, cumulative: the last value of each member wins
/// (early chunks may lack some).
struct GeminiUsage {
    private var prompt: Int?
    private var toolUse: Int?
    private var cached: Int?
    private var candidates: Int?
    private var thoughts: Int?
    private var total: Int?

    mutating func merge(_ metadata: JSONValue) {
        Self.take(metadata["promptTokenCount"], into: &prompt)
        Self.take(metadata["toolUsePromptTokenCount"], into: &toolUse)
        Self.take(metadata["cachedContentTokenCount"], into: &cached)
        Self.take(metadata["candidatesTokenCount"], into: &candidates)
        Self.take(metadata["thoughtsTokenCount"], into: &thoughts)
        Self.take(metadata["totalTokenCount"], into: &total)
    }

    /// nil while nothing was reported. Thoughts are not part of `candidatesTokenCount` but are output.
    var tokens: TokenUsage? {
        guard prompt != nil || candidates != nil || thoughts != nil || total != nil else { return nil }
        var usage = TokenUsage(
            prompt: (prompt ?? 0) + (toolUse ?? 0), completion: (candidates ?? 0) + (thoughts ?? 0))
        usage.cached = min(cached ?? 0, usage.prompt)
        usage.reasoning = thoughts ?? 0
        if let total { usage.total = total }
        return usage
    }

    private static func take(_ value: JSONValue?, into count: inout Int?) {
        if let value = value?.intValue { count = min(max(value, 0), TokenUsage.maximumTokens) }
    }
}
