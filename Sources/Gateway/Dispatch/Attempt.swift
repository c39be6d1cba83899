import Dialects
import Routing

/// One try at one target, and what is known about it so far.
///
/// `@unchecked Sendable`: confined to the event loop of its request, as the task is that holds it.
final class Attempt: @unchecked Sendable {
    let routed: RoutedTarget
    let plan: AnswerPlan
    let journey: Journey
    let order: AttemptOrder
    /// How it continues the answer of another attempt; nil: it answers from the start.
    let method: ResumeMethod?
    let pass: TargetPass
    var clock = AttemptClock()
    /// The client got something of this attempt's answer.
    var hasDelivered = false
    /// The answer came to its own end.
    var isComplete = false

    init(
        _ routed: RoutedTarget, _ plan: AnswerPlan, _ journey: Journey, _ order: AttemptOrder, _ method: ResumeMethod?,
        _ pass: TargetPass
    ) {
        self.routed = routed
        self.plan = plan
        self.journey = journey
        self.order = order
        self.method = method
        self.pass = pass
    }

    var request: RequestState { journey.request }
}

/// How an attempt ended. The failure is boxed: the frames that hold one are those of every request, and few fail.
enum AttemptEnd: Sendable {
    /// The client has its whole answer.
    case finished
    indirect case failed(AttemptFailure)
    /// Another attempt was faster. Nothing of this one was shown.
    case outrun
    /// The answer does not extend the one that the client has. Nothing of it was shown.
    case diverged
    case clientGone
}
