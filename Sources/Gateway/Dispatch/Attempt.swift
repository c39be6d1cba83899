import Dialects
import Routing

/// One try at one target, and what is known about it so far.
struct Attempt: Sendable {
    let routed: RoutedTarget
    let plan: AnswerPlan
    let journey: Journey
    let order: AttemptOrder
    let pass: TargetPass
    var clock = AttemptClock()
    /// The client got something of this attempt's answer.
    var hasDelivered = false
    /// The answer came to its own end.
    var isComplete = false

    var request: RequestState { journey.request }
}

/// How an attempt ended.
enum AttemptEnd: Sendable {
    /// The client has its whole answer.
    case finished
    case failed(AttemptFailure)
    case clientGone
}
