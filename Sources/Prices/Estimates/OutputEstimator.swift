package import Dialects

/// Completion tokens before there are any: the least of the client's cap, the model's cap, and what 95 % of the
/// earlier answers of this key and model stayed within.
///
/// Plain state, owned by one event loop.
package struct OutputEstimator: Sendable {
    /// Taken for an answer while nothing is known about the key and model.
    package static let defaultTokens = 1024
    /// The least that must fit for a request to be admitted: with fewer tokens left an answer is of no use, and with
    /// more demanded a limit could not be used up.
    package static let floor = 16

    private struct Key: Hashable {
        var key: String
        var model: String
    }

    private var learned: RecentMap<Key, TokenHistogram>

    /// - Parameter capacity: how many pairs of key and model are remembered.
    package init(capacity: Int = 4096) {
        learned = RecentMap(capacity: capacity)
    }

    /// Completion tokens of all the answers a request asks for, at most `TokenUsage.maximumTokens`. Embeddings have
    /// none.
    /// - Parameters:
    ///   - key: the API key's id, or whatever names the caller.
    ///   - model: the client's name of the model, so that what was learned survives a fallback.
    ///   - modelCap: `ModelCapabilities.maxOutput`; nil if unknown.
    package mutating func outputTokens(_ facts: PromptFacts, key: String, model: String, modelCap: Int?) -> Int {
        guard facts.endpoint != .embeddings else { return 0 }
        let usual = learned.value(Key(key: key, model: model))?.percentile95 ?? Self.defaultTokens
        let caps = min(facts.maxTokens ?? .max, modelCap ?? .max)
        return PromptFacts.product(max(0, min(usual, caps)), max(1, facts.choices))
    }

    /// Learns from a finished answer. Answers that were cut off must not be shown to it: they would teach it that
    /// answers are short.
    package mutating func learn(_ facts: PromptFacts, key: String, model: String, usage: TokenUsage) {
        guard facts.endpoint != .embeddings, usage.completion > 0 else { return }
        let choices = max(1, facts.choices)
        // Each of several answers counts as one of average length, rounded up.
        let tokens = usage.completion / choices + (usage.completion.isMultiple(of: choices) ? 0 : 1)
        learned.update(Key(key: key, model: model), initial: TokenHistogram()) { $0.add(tokens) }
    }

    /// How many pairs of key and model are remembered.
    package var count: Int { learned.count }
}
