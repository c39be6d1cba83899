/// How the delivery of an alert ended.
enum WebhookOutcome: Sendable, Hashable {
    case delivered
    /// Refused, or failed as often as is tried.
    case failed
    /// The task was cancelled before.
    case cancelled
}
