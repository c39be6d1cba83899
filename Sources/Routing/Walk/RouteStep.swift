/// What to do next. The walk decides; the caller acts and reports with the next ``RouteEvent``.
package enum RouteStep: Sendable, Hashable {
    /// Nothing: an attempt is under way, or the request is over.
    case wait
    case attempt(AttemptOrder)
    /// Ask this target too, while the other attempt goes on.
    case hedge(AttemptOrder)
    /// Continue the delivered answer.
    case resume(AttemptOrder, ResumeMethod)
    /// This attempt's answer goes to the client, head first. `cancelling`: the attempt that lost.
    case deliver(Int, cancelling: Int?)
    /// The attempt lost already: cancel it, send nothing of it.
    case cancel(Int)
    /// The request has its whole answer.
    case done(Int, cancelling: Int?)
    /// Tell the client, and cancel what is under way.
    indirect case fail(RouteFailure)
    /// Nobody is left to answer: cancel what is under way.
    case stop
}
