/// Tokens of one answer in OpenAI's sense: `prompt` includes cached ones, `completion` includes reasoning.
package struct TokenUsage: Sendable, Hashable {
    /// All tokens of the request, those read from or written to a cache among them.
    package var prompt = 0
    /// Part of `prompt` read from the provider's cache.
    package var cached = 0
    /// Part of `prompt` written to the provider's cache.
    package var cacheWrite = 0
    /// All tokens of the answer, those of thinking among them.
    package var completion = 0
    /// Part of `completion` spent on thinking.
    package var reasoning = 0
    /// The provider's own total where it states one; else prompt + completion.
    package var total = 0
    /// True when no provider stated these and they were estimated from bytes.
    package var estimated = false
    /// The provider's own price in nano-dollars (OpenRouter's `usage.cost`).
    package var costNanodollars: Int?

    package init() {}

    package init(prompt: Int, completion: Int) {
        self.prompt = prompt
        self.completion = completion
        self.total = prompt + completion
    }
}
