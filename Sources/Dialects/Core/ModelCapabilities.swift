/// What one model of one provider can do. A nil member means the source of the table says nothing;
/// a dialect then behaves as the provider's documentation says for unknown models.
///
/// Ability is per model, not per provider (contracts: fact 1), hence a table and no `if kind == …`.
package struct ModelCapabilities: Sendable, Hashable {
    /// Maximum input tokens.
    package var contextWindow: Int?
    /// Maximum output tokens.
    package var maxOutput: Int?
    package var vision: Bool?
    package var tools: Bool?
    package var parallelTools: Bool?
    package var jsonSchema: Bool?
    package var pdfInput: Bool?
    package var audioInput: Bool?
    /// The model thinks before it answers.
    package var reasoning: Bool?
    /// Whether `temperature`, `top_p`, `top_k` are accepted.
    package var samplingParameters: Bool?
    /// Whether the last message may be an assistant's, to be continued.
    package var assistantPrefill: Bool?
    /// Whether `tool_choice` may force a tool.
    package var forcedToolUse: Bool?
    /// Anthropic: thinking takes an effort instead of a budget of tokens.
    package var adaptiveThinking: Bool?
    /// Thinking cannot be switched off.
    package var thinkingAlwaysOn: Bool?
    /// Instructions may stand between the messages, not only before them.
    package var midConversationSystem: Bool?
    /// Whether the role `system` is known.
    package var systemMessages: Bool?
    /// Which levels of effort the model knows beside low, medium and high.
    package var effortNone: Bool?
    package var effortMinimal: Bool?
    package var effortExtraHigh: Bool?
    package var effortMax: Bool?
    /// Input below this many tokens is never cached by the provider.
    package var promptCacheMinimumTokens: Int?

    package init() {}
}
