/// The members of answers and chunks that the relay knows.
enum AnswerKey: UInt8 {
    case other, element
    case id, object, created, model, choices, usage, error, xGroq, usageBreakdown, data, obfuscation
    case systemFingerprint, serviceTier
    case index, delta, message, text, logprobs, finishReason
    case role, content, refusal, reasoning, reasoningContent, reasoningDetails, toolCalls, channel
    case type, function, custom, name, arguments, embedding
    case promptTokens, completionTokens, totalTokens, promptDetails, completionDetails
    case cachedTokens, cacheWriteTokens, reasoningTokens
    /// Members of usage that ask for a closer look: prices, timings.
    case special

    /// A bit of its own in a set of keys.
    var bit: UInt64 { 1 << UInt64(rawValue) }
}
