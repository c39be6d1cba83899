/// What a request asked and what it was answered, kept only where the operator said so. Already redacted where that
/// was asked for.
package struct PromptLog: Sendable, Hashable {
    /// Longer prompts and answers are cut where a record is encoded: the outbox's segments are small, and nobody
    /// reads a megabyte.
    package static let maximumBytes = 1 << 20

    /// The request's body as it came.
    package var prompt: [UInt8]
    /// The answer's body; of a stream, its text.
    package var answer: [UInt8]

    package init(prompt: [UInt8], answer: [UInt8]) {
        self.prompt = prompt
        self.answer = answer
    }
}
