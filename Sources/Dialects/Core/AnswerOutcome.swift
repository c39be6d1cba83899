/// A whole (not streamed) answer after translation.
package enum AnswerOutcome: Sendable {
    case answer(TranslatedAnswer)
    /// Also for errors inside a 200 (contracts: fact 3).
    case failure(ProviderFailure)
}

/// An answer in OpenAI's format, and what the gateway meters and remembers of it.
package struct TranslatedAnswer: Sendable {
    package var body: [UInt8]
    /// nil where the provider reported none and nothing could be estimated.
    package var usage: TokenUsage?
    package var thoughts: [ThoughtRecord]

    package init(body: [UInt8], usage: TokenUsage?, thoughts: [ThoughtRecord] = []) {
        self.body = body
        self.usage = usage
        self.thoughts = thoughts
    }
}
