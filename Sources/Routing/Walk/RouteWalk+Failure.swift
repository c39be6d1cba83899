import Dialects
import Policy

/// What follows from a failed or skipped attempt.
extension RouteWalk {
    mutating func failed(
        _ number: Int, _ failure: AttemptFailure, at now: Int, _ random: UInt64, _ mayRetry: RetryPermit
    ) -> RouteStep {
        guard let flight = take(number) else { return .wait }
        record(flight, .failed(failure.failure), at: now)
        if head != nil {
            return broke(flight, failure, at: now, random, mayRetry)
        }
        let index = flight.candidate
        let reaction = reaction(to: failure, at: index, random)
        apply(reaction, to: index, failure.failure, at: now)
        if !flights.isEmpty { return .wait }
        if ending != nil { return fail() }
        if case .again(_, let isFree) = reaction, let again = returning(index, isFree: isFree, at: now, mayRetry) {
            return .attempt(again)
        }
        return advance(from: index, mayMoveOn: mayMoveOn(after: failure.failure.failureClass), at: now, mayRetry)
    }

    mutating func skipped(
        _ number: Int, _ reason: SkipReason, at now: Int, _ mayRetry: RetryPermit
    ) -> RouteStep {
        guard let flight = take(number) else { return .wait }
        let index = flight.candidate
        let candidate = plan.candidates[index]
        note(RouteSkip(target: candidate.target, provider: candidate.provider, model: candidate.model, reason: reason))
        if started == number { started -= 1 }
        states[index].attempts -= 1
        if let wait = reason.readyIn {
            states[index].readyAt = Self.moment(now, plus: max(0, wait))
        } else {
            states[index].isSkipped = true
        }
        if flight.isHedge, !flights.isEmpty { return hedgeNext(at: now) ?? .wait }
        if !flights.isEmpty { return .wait }
        if head != nil { return resumeNext(at: now) }
        let mayGo = reason.failureClass.map(mayMoveOn) ?? true
        return advance(from: index, mayMoveOn: mayGo, at: now, mayRetry)
    }

    /// The flight, which is then over.
    mutating func take(_ number: Int) -> Flight? {
        flights.firstIndex { $0.number == number }.map { flights.remove(at: $0) }
    }

    func mayMoveOn(after failureClass: FailureClass) -> Bool {
        failureClass.fallbackReason.map(plan.fallbackOn.contains) ?? false
    }

    /// One line for each target, however often it was passed over.
    private mutating func note(_ skip: RouteSkip) {
        skips.removeAll { $0.target == skip.target }
        skips.append(skip)
    }

    func reaction(to failure: AttemptFailure, at index: Int, _ random: UInt64) -> FailureReaction {
        let isRepeatable = plan.candidates[index].isRepeatable
        let tries = states[index].attempts
        let backoff = FailureReaction.again(
            after: plan.rules.backoff(retry: tries, random: random), isFree: false)
        switch failure.failure.failureClass {
        case .badRequest: return .end
        case .moderation: return mayMoveOn(after: .moderation) ? .leave : .end
        case .contextLength, .unsupportedParameter, .modelNotFound, .tooLarge, .misconfigured: return .leave
        case .auth, .billing, .rateLimitLong: return failure.otherKeyReady ? .again(after: 0, isFree: true) : .leave
        case .rateLimit:
            return failure.otherKeyReady ? .again(after: 0, isFree: true) : paced(failure.failure, tries, random)
        case .overloaded: return isRepeatable ? paced(failure.failure, tries, random) : .leave
        case .server, .streamBroken: return isRepeatable ? backoff : .leave
        case .connection: return isRepeatable && !failure.isRefusal ? backoff : .leave
        // Once more at most: what took long will take long again, and what a model cannot do it rarely learns.
        case .timeout: return isRepeatable && !failure.isSilence && tries == 1 ? backoff : .leave
        case .modelFailure: return isRepeatable && tries == 1 ? backoff : .leave
        }
    }

    /// A provider that is busy: when it says how long, and not for too long, its word counts.
    private func paced(_ failure: ProviderFailure, _ tries: Int, _ random: UInt64) -> FailureReaction {
        let rules = plan.rules
        let backoff = rules.backoff(retry: tries, random: random)
        guard let wait = failure.retryAfterMilliseconds else {
            return failure.failureClass == .rateLimit
                ? .later(after: max(backoff, rules.backoffBase)) : .again(after: backoff, isFree: false)
        }
        if wait > rules.retryAfterCap { return .later(after: wait) }
        return .again(after: max(rules.spread(max(0, wait), random: random), backoff), isFree: false)
    }

    mutating func apply(_ reaction: FailureReaction, to index: Int, _ failure: ProviderFailure, at now: Int) {
        if failure.failureClass == .contextLength { overflowed.append(index) }
        switch reaction {
        case .end:
            states[index].isBanned = true
            ending = failure
        case .leave: states[index].isBanned = true
        case .again(let wait, _), .later(let wait):
            if states[index].attempts < plan.attemptsPerTarget {
                states[index].againAt = Self.moment(now, plus: wait)
            } else {
                states[index].isBanned = true
            }
        }
    }
}
