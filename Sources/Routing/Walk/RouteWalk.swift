import Dialects

/// The way of one request over its targets: decides, after each event, what happens next. Pure: the caller performs the
/// steps and keeps the time.
///
/// What holds whatever is reported: it ends; at most ``RoutePlan/maxAttempts`` attempts, at most
/// ``RoutePlan/attemptsPerTarget`` at one target; one head; nothing after the end; a target that was silent or refused
/// is not asked again. Events about attempts that are not under way change nothing.
package struct RouteWalk: Sendable {
    /// Asked before a target gets the same request a second time, and before a hedge; takes from the budget.
    package typealias RetryPermit = (RouteCandidate) -> Bool

    package let plan: RoutePlan
    /// Those that are over, in the order of their ends.
    package internal(set) var attempts: [RouteAttempt] = []
    package internal(set) var skips: [RouteSkip] = []
    /// How many attempts were made: the value of `x-martlet-attempts`.
    package internal(set) var started = 0
    package internal(set) var isOver = false

    var states: [CandidateState]
    /// Never more than two.
    var flights: [Flight] = []
    /// Indices of the candidates whose prompt limit was too small.
    var overflowed: [Int] = []
    var deadline = Int.max
    /// The attempt whose answer the client gets; resumed ones do not change it.
    var head: Int?
    var delivered = DeliveredAnswer.nothing
    var hasHedged = false
    /// The failure that broke a delivered answer; the last one.
    var broken: ProviderFailure?
    /// The failure that no other target can mend.
    var ending: ProviderFailure?
    var patienceUsed = 0

    package init(_ plan: RoutePlan) {
        self.plan = plan
        states = Array(repeating: CandidateState(), count: plan.candidates.count)
    }

    /// - Parameters:
    ///   - now: milliseconds of a clock that never goes back.
    ///   - random: for jitter.
    ///   - mayRetry: called only where a retry or hedge would follow.
    package mutating func handle(
        _ event: RouteEvent, at now: Int, random: UInt64, mayRetry: RetryPermit
    ) -> RouteStep {
        if isOver { return late(event) }
        switch event {
        case .start: return start(at: now)
        case .began(let number): return began(number, at: now)
        case .finished(let number): return finished(number, at: now)
        case .failed(let number, let failure): return failed(number, failure, at: now, random, mayRetry)
        case .skipped(let number, let reason): return skipped(number, reason, at: now, mayRetry)
        case .diverged(let number): return diverged(number, at: now, random, mayRetry)
        case .hedgeDue: return hedge(at: now, mayRetry)
        case .deadline: return deadlinePassed(at: now)
        case .clientGone:
            cancelFlights(at: now)
            isOver = true
            return .stop
        }
    }

    private mutating func start(at now: Int) -> RouteStep {
        guard started == 0, flights.isEmpty, skips.isEmpty else { return .wait }
        deadline = Self.moment(now, plus: plan.total)
        if plan.total <= 0 { return deadlinePassed(at: now) }
        guard let first = firstFresh() else { return fail() }
        return .attempt(order(first, after: 0, at: now))
    }

    private mutating func began(_ number: Int, at now: Int) -> RouteStep {
        guard let index = flights.firstIndex(where: { $0.number == number }) else { return .cancel(number) }
        flights[index].hasDelivered = true
        if head != nil { return .wait }
        head = number
        return .deliver(number, cancelling: cancelOthers(than: number, at: now))
    }

    private mutating func finished(_ number: Int, at now: Int) -> RouteStep {
        guard let flight = flights.first(where: { $0.number == number }) else { return .cancel(number) }
        let loser = cancelOthers(than: number, at: now)
        flights = []
        record(flight, .answered, at: now)
        isOver = true
        return .done(number, cancelling: loser)
    }

    private mutating func deadlinePassed(at now: Int) -> RouteStep {
        let failure = ProviderFailure(
            .timeout, upstreamStatus: 0, message: "The request's time over all attempts is up.", code: "total_timeout")
        for flight in flights where flight.startsAt <= now { record(flight, .failed(failure), at: now) }
        flights = []
        if head != nil { broken = broken ?? failure } else { ending = failure }
        return fail()
    }

    /// After the end only a late answer asks for anything: to be dropped.
    private func late(_ event: RouteEvent) -> RouteStep {
        if case .began(let number) = event { .cancel(number) } else { .wait }
    }

    /// Ends the request. What is under way is the caller's to cancel.
    mutating func fail() -> RouteStep {
        isOver = true
        return .fail(RouteFailure(attempts: attempts, skips: skips, broken: broken, ending: ending))
    }

    static func moment(_ now: Int, plus wait: Int) -> Int {
        let (moment, overflow) = now.addingReportingOverflow(wait)
        return overflow ? .max : moment
    }

    mutating func record(_ flight: Flight, _ outcome: RouteAttempt.Outcome, at now: Int) {
        let candidate = plan.candidates[flight.candidate]
        attempts.append(
            RouteAttempt(
                number: flight.number, target: candidate.target, provider: candidate.provider, model: candidate.model,
                latencyMilliseconds: max(0, now - flight.startsAt), outcome: outcome))
    }

    private mutating func cancelOthers(than number: Int, at now: Int) -> Int? {
        guard let loser = flights.first(where: { $0.number != number }) else { return nil }
        record(loser, .cancelled, at: now)
        flights.removeAll { $0.number != number }
        return loser.number
    }

    private mutating func cancelFlights(at now: Int) {
        for flight in flights { record(flight, .cancelled, at: now) }
        flights = []
    }
}
