import Dialects
import Policy

/// What follows when part of the answer is with the client.
extension RouteWalk {
    mutating func broke(
        _ flight: Flight, _ failure: AttemptFailure, at now: Int, _ random: UInt64, _ mayRetry: RetryPermit
    ) -> RouteStep {
        // The loser's end changes nothing.
        if !flights.isEmpty { return .wait }
        if failure.delivered != .nothing { delivered = failure.delivered }
        let index = flight.candidate
        guard flight.method != nil, !flight.hasDelivered else {
            head = head ?? flight.number
            broken = failure.failure
            states[index].isBanned = true
            let failureClass = failure.failure.failureClass
            guard failureClass.isBreak, mayMoveOn(after: failureClass) else { return fail() }
            return resumeNext(at: now)
        }
        // An attempt to resume that added nothing. The break stays the cause.
        if let again = askedAnew(flight, failure, at: now) { return again }
        let reaction = reaction(to: failure, at: index, random)
        apply(reaction, to: index, failure.failure, at: now)
        ending = nil
        if case .again(_, let isFree) = reaction, mayResumeMore,
            let wait = states[index].againAt.map({ max(0, $0 - now) }), wait < deadline - now,
            isFree || mayRetry(plan.candidates[index]), let method = flight.method
        {
            return .resume(order(index, after: wait, at: now, method: method), method)
        }
        return resumeNext(at: now)
    }

    mutating func diverged(
        _ number: Int, at now: Int, _ random: UInt64, _ mayRetry: RetryPermit
    ) -> RouteStep {
        guard let flight = take(number) else { return .wait }
        let failure = ProviderFailure(
            .streamBroken, upstreamStatus: 200, message: "The new answer does not extend the one that broke off.",
            code: "resume_diverged")
        record(flight, .failed(failure), at: now)
        states[flight.candidate].isBanned = true
        if broken == nil { broken = failure }
        return resumeNext(at: now)
    }

    /// The next target that was not asked yet continues the answer, or the request ends.
    mutating func resumeNext(at now: Int) -> RouteStep {
        guard mayResumeMore, now < deadline, case .text(let bytes) = delivered, let index = firstFresh() else {
            return fail()
        }
        let canPrefill = plan.candidates[index].continuesPrefill && bytes >= plan.rules.shortestPrefill
        let method: ResumeMethod = canPrefill ? .prefill : .again
        return .resume(order(index, after: 0, at: now, method: method), method)
    }

    private var mayResumeMore: Bool {
        guard case .text = delivered else { return false }
        return plan.mayResume && started < plan.maxAttempts
    }

    /// A model that does not take a prefill after all is asked without.
    private mutating func askedAnew(_ flight: Flight, _ failure: AttemptFailure, at now: Int) -> RouteStep? {
        let failureClass = failure.failure.failureClass
        guard flight.method == .prefill, failureClass == .badRequest || failureClass == .unsupportedParameter,
            mayResumeMore, now < deadline, states[flight.candidate].attempts < plan.attemptsPerTarget
        else { return nil }
        return .resume(order(flight.candidate, after: 0, at: now, method: .again), .again)
    }
}
