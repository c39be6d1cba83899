import Policy

/// Which target is next.
extension RouteWalk {
    /// The next attempt, or the end.
    ///
    /// - Parameters:
    ///   - index: the candidate that was left.
    ///   - mayMoveOn: whether the policy lets what happened there go on to another target.
    mutating func advance(
        from index: Int, mayMoveOn: Bool, at now: Int, _ mayRetry: RetryPermit
    ) -> RouteStep {
        guard started < plan.maxAttempts, now < deadline else { return fail() }
        if mayMoveOn, let fresh = firstFresh() { return .attempt(order(fresh, after: 0, at: now)) }
        while let again = soonest(\.againAt, among: mayMoveOn ? nil : index) {
            if let order = returning(again, isFree: false, at: now, mayRetry) { return .attempt(order) }
        }
        if let rested = soonest(\.readyAt, among: mayMoveOn ? nil : index), let ready = states[rested].readyAt {
            let wait = max(plan.rules.shortestRest, ready - now)
            if patienceUsed + wait <= plan.rules.restPatience, now + wait < deadline {
                patienceUsed += wait
                return .attempt(order(rested, after: wait, at: now))
            }
        }
        return fail()
    }

    /// A second attempt at a target that failed; nil, and the target is done with, when time, attempts or budget do not
    /// allow it.
    mutating func returning(
        _ index: Int, isFree: Bool, at now: Int, _ mayRetry: RetryPermit
    ) -> AttemptOrder? {
        guard let moment = states[index].againAt else { return nil }
        states[index].againAt = nil
        let wait = max(0, moment - now)
        let rules = plan.rules
        guard started < plan.maxAttempts, states[index].attempts < plan.attemptsPerTarget, isWideEnough(index),
            wait <= rules.longestWait, wait < deadline - now,
            isFree || mayRetry(plan.candidates[index])
        else {
            states[index].isBanned = true
            return nil
        }
        return order(index, after: wait, at: now)
    }

    /// The first target that was not asked yet and could take the request.
    func firstFresh() -> Int? {
        states.indices.first { states[$0].isFresh && isWideEnough($0) }
    }

    /// After a prompt was too long somewhere, only where it may fit.
    func isWideEnough(_ index: Int) -> Bool {
        overflowed.allSatisfy { $0 != index && plan.candidates[index].mayHoldMore(than: plan.candidates[$0]) }
    }

    private func soonest(_ time: KeyPath<CandidateState, Int?>, among only: Int?) -> Int? {
        states.indices.filter {
            !states[$0].isBanned && states[$0][keyPath: time] != nil && (only == nil || $0 == only)
                && states[$0].attempts < plan.attemptsPerTarget && isWideEnough($0)
        }.min { (states[$0][keyPath: time] ?? .max) < (states[$1][keyPath: time] ?? .max) }
    }

    /// Makes the attempt count and says how long it may take.
    mutating func order(
        _ index: Int, after wait: Int, at now: Int, isHedge: Bool = false, method: ResumeMethod? = nil
    ) -> AttemptOrder {
        started += 1
        states[index].attempts += 1
        states[index].againAt = nil
        states[index].readyAt = nil
        flights.append(
            Flight(number: started, candidate: index, startsAt: now + wait, isHedge: isHedge, method: method))
        let candidate = plan.candidates[index]
        let left = deadline == .max ? Int.max : max(1, deadline - Self.moment(now, plus: wait))
        let isHurried = started < plan.maxAttempts && plan.fallbackOn.contains(.timeout) && hasReadyFresh
        let limit = isHurried ? min(candidate.firstTokenLimit, left) : left
        return AttemptOrder(
            number: started, target: candidate.target, after: wait, firstTokenLimit: limit, totalLimit: left,
            hedgeAfter: hedgeDelay(limit))
    }

    /// Whether a target is left that could take over.
    private var hasReadyFresh: Bool {
        states.indices.contains {
            states[$0].isFresh && !plan.candidates[$0].isResting && isWideEnough($0)
        }
    }

    private func hedgeDelay(_ firstTokenLimit: Int) -> Int? {
        guard plan.isStream, let delay = plan.hedgeAfter, !hasHedged, head == nil, flights.count == 1,
            delay < firstTokenLimit, started < plan.maxAttempts, hasReadyFresh
        else { return nil }
        return delay
    }

    /// A second target at the same time, once in a request.
    mutating func hedge(at now: Int, _ mayRetry: RetryPermit) -> RouteStep {
        guard plan.isStream, plan.hedgeAfter != nil, !hasHedged, head == nil, flights.count == 1,
            flights[0].startsAt <= now, started < plan.maxAttempts, now < deadline, let fresh = firstFresh(),
            mayRetry(plan.candidates[fresh])
        else { return .wait }
        hasHedged = true
        return .hedge(order(fresh, after: 0, at: now, isHedge: true))
    }

    /// Another target for a hedge that was skipped.
    mutating func hedgeNext(at now: Int) -> RouteStep? {
        guard head == nil, started < plan.maxAttempts, now < deadline, let fresh = firstFresh() else { return nil }
        return .hedge(order(fresh, after: 0, at: now, isHedge: true))
    }
}
