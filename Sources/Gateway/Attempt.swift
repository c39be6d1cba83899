import Dialects

/// One try at one target, and what is known about it so far.
struct Attempt: Sendable {
    let routed: RoutedTarget
    let plan: AnswerPlan
    let tenant: String
    let request: RequestState
    var clock: AttemptClock
    /// Counts from 1.
    var number = 1
}
