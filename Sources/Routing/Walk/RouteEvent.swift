/// What happened to a request. Attempts are named by their ``AttemptOrder/number``.
package enum RouteEvent: Sendable, Hashable {
    /// Comes first, and once.
    case start
    /// The attempt has something to show the client: before it is sent, so that only one attempt ever sends a head.
    /// An attempt that resumes says so with the first new text.
    case began(Int)
    /// The answer is complete.
    case finished(Int)
    indirect case failed(Int, AttemptFailure)
    /// The attempt that was asked for cannot be made.
    case skipped(Int, SkipReason)
    /// The new text does not extend what the client has.
    case diverged(Int)
    /// ``AttemptOrder/hedgeAfter`` has passed without a first token.
    case hedgeDue
    /// The time over all attempts is up.
    case deadline
    case clientGone
}
