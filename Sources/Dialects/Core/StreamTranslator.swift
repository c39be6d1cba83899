/// Where a stream stands after a piece of it was fed.
package enum StreamState: Sendable {
    /// Nothing worth showing came yet and nothing was written: another target may still answer.
    case waiting
    /// Output has been written.
    case flowing
    /// The answer is whole; finish reason, usage chunk (if asked for) and `[DONE]` are in the output.
    /// Bytes that still come are ignored.
    case complete
    /// The attempt failed. Whether output was written before tells whether a fallback is possible;
    /// the in-band error is written by the gateway, not here.
    case failed(ProviderFailure)
}

/// Turns the bytes of a provider's stream into OpenAI's server-sent events. Pure; one per attempt.
///
/// Bytes come in any split. The output keeps OpenAI's stream rules (contracts, section 1.3): one role
/// chunk held back until the first real delta, dense tool indices, stable ids, one finish reason per
/// choice, a usage chunk only if asked for, then `[DONE]`.
package protocol StreamTranslator: Sendable {
    /// Appends what the client should see next to `output`.
    mutating func feed(_ bytes: [UInt8], into output: inout [UInt8]) -> StreamState
    /// The provider's body ended. Returns `.complete` or `.failed`, nothing else: a stream without its
    /// end marker (and without a finish reason) is a failure.
    mutating func end(into output: inout [UInt8]) -> StreamState
    /// What the provider reported so far; nil if nothing.
    var usage: TokenUsage? { get }
    /// Thinking to remember for the next turn.
    var thoughts: [ThoughtRecord] { get }
    /// Bytes of text, reasoning and tool arguments shown so far, for an estimate when a stream is cut.
    var deliveredBytes: Int { get }
}
