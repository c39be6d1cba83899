import Dialects

/// One try at one target, and what is known about it so far.
struct Attempt: Sendable {
    let routed: RoutedTarget
    let plan: AnswerPlan
    let tenant: String
    let request: RequestState
    let meter: Meter
    var clock: AttemptClock
    /// The answer came to its own end.
    var isComplete = false
    /// Counts from 1.
    var number = 1
}
