package import Dialects

/// Prompt tokens before anyone has counted them: text by a bytes-per-token ratio that each model's settled usage
/// teaches, images, audio and files by the provider's published rules.
///
/// Plain state, owned by one event loop; replicas and loops learn apart from each other and arrive at the same.
package struct TokenEstimator: Sendable {
    /// Ratios are fractions of this: bytes per token × 4,096.
    static let scale = 4096
    static let initialRatio = 4 * scale
    static let ratios = (1 * scale)...(12 * scale)
    /// OpenAI's cookbook, "How to count tokens": every reply is primed with three tokens. What frames each message is
    /// covered by its JSON (`{"role":"user","content":""}` counts as about seven tokens for the provider's four).
    package static let overhead = 3
    /// A prompt of this many bytes moves the ratio a sixteenth of the way; a smaller one moves it proportionally less,
    /// since the provider's own framing weighs more in it.
    private static let fullWeightBytes = 4096
    private static let smoothing = 16

    private struct Key: Hashable {
        var kind: ProviderKind
        var model: String
    }

    private var learned: RecentMap<Key, Int>

    /// - Parameter capacity: how many models are remembered.
    package init(capacity: Int = 1024) {
        learned = RecentMap(capacity: capacity)
    }

    /// Input tokens of a request at one target, at most `TokenUsage.maximumTokens`.
    package mutating func promptTokens(_ facts: PromptFacts, kind: ProviderKind, model: String) -> Int {
        let ratio = learned.value(Key(kind: kind, model: model)) ?? Self.initialRatio
        let bytes = min(max(0, facts.textBytes), TokenUsage.maximumTokens)
        var tokens = (bytes * Self.scale + ratio - 1) / ratio
        tokens += min(max(0, facts.tokenIDs), TokenUsage.maximumTokens)
        if facts.endpoint != .embeddings { tokens += Self.overhead }
        if !facts.media.isEmpty {
            let rule = MediaRule(kind: kind, model: model)
            for media in facts.media { tokens = min(tokens + rule.tokens(media), TokenUsage.maximumTokens) }
        }
        return min(tokens, TokenUsage.maximumTokens)
    }

    /// Learns from what the provider counted. Estimated usage teaches nothing, nor does a prompt with media or token
    /// numbers: its text tokens cannot be told apart.
    package mutating func learn(_ facts: PromptFacts, kind: ProviderKind, model: String, usage: TokenUsage) {
        let tokens = min(max(0, usage.prompt), TokenUsage.maximumTokens) - Self.overhead
        guard !usage.estimated, tokens > 0, facts.textBytes > 0, facts.media.isEmpty, facts.tokenIDs == 0 else {
            return
        }
        let bytes = min(facts.textBytes, TokenUsage.maximumTokens)
        let observed = min(max(bytes * Self.scale / tokens, Self.ratios.lowerBound), Self.ratios.upperBound)
        let weight = min(bytes, Self.fullWeightBytes)
        learned.update(Key(kind: kind, model: model), initial: Self.initialRatio) { ratio in
            ratio += (observed - ratio) * weight / (Self.fullWeightBytes * Self.smoothing)
        }
    }

    /// Bytes per token × 4,096, as learned so far; for diagnostics and tests.
    package func ratio(kind: ProviderKind, model: String) -> Int {
        learned.peek(Key(kind: kind, model: model)) ?? Self.initialRatio
    }

    /// How many models are remembered.
    package var count: Int { learned.count }
}
