import Dialects

/// The states of one circuit breaker. Pure; times in milliseconds.
struct HealthMachine: Sendable {
    enum Phase: Equatable {
        case closed
        /// Rests until then without a verdict: the provider asked for the time.
        case waiting(until: Int)
        /// Rests; from then on one probe may go.
        case open(probeAt: Int)
        case probing(id: Int, since: Int)
    }

    enum Answer: Equatable {
        case pass
        case probe(id: Int)
        case rests(readyIn: Int)
    }

    /// How long to look away when somebody else's probe is under way.
    static let probeGlance = 250
    /// A probe that has not failed for so long is no sign of an outage any more: long answers look like that. Another
    /// one may go.
    static let probePatience = 10_000
    /// The same for a request that nobody else can answer: for it, being refused is no better than failing.
    static let lastResortPatience = 1_000

    let rules: HealthRules
    private(set) var phase = Phase.closed
    private(set) var since: Int
    private(set) var points = 0
    private(set) var lastFailure: FailureClass?
    /// Changes whenever the phase does: results of attempts from before say nothing of now.
    private(set) var epoch = 0
    /// The probe that closed it, while it is still closed: its end counts like any other attempt's.
    private var closedBy: Int?
    /// Probes that failed in a row.
    private var failedProbes = 0
    private var lastProbe = 0
    private var windowStart = 0
    private var windowCount = 0
    private var windowFailures = 0

    init(_ rules: HealthRules, at now: Int) {
        self.rules = rules
        since = now
    }

    /// Nothing to remember: the next attempts need not be looked at.
    func isQuiet(at now: Int) -> Bool {
        phase == .closed && points == 0 && (windowFailures == 0 || now - windowStart >= rules.window)
    }

    /// - Parameter isLastResort: the request has no other target.
    mutating func admit(at now: Int, isLastResort: Bool = false) -> Answer {
        switch phase {
        case .closed: return .pass
        case .waiting(let until):
            if now < until { return .rests(readyIn: until - now) }
            enter(.closed, at: now)
            return .pass
        case .open(let probeAt):
            if now < probeAt { return .rests(readyIn: probeAt - now) }
            return probe(at: now)
        case .probing(_, let since):
            let patience = isLastResort ? Self.lastResortPatience : Self.probePatience
            return now - since < patience ? .rests(readyIn: Self.probeGlance) : probe(at: now)
        }
    }

    private mutating func probe(at now: Int) -> Answer {
        lastProbe += 1
        enter(.probing(id: lastProbe, since: now), at: now)
        return .probe(id: lastProbe)
    }

    mutating func succeeded(epoch: Int, at now: Int) {
        guard phase == .closed, epoch == self.epoch else { return }
        points = 0
        count(isFailure: false, at: now)
    }

    mutating func failed(_ failure: ProviderFailure, isSilent: Bool, epoch: Int, at now: Int, random: UInt64) {
        guard phase == .closed, epoch == self.epoch else { return }
        switch HealthVerdict(failure.failureClass) {
        case .alive: succeeded(epoch: epoch, at: now)
        case .account:
            lastFailure = failure.failureClass
            rest(failure, at: now, random)
        case .busy where (failure.retryAfterMilliseconds ?? 0) > 0:
            lastFailure = failure.failureClass
            wait(failure.retryAfterMilliseconds ?? 0, at: now)
        case .busy, .broken:
            lastFailure = failure.failureClass
            points += isSilent ? 2 : 1
            count(isFailure: true, at: now)
            let isRatioBad = windowCount >= rules.samples && windowFailures * 2 >= windowCount
            if points >= rules.points || isRatioBad { rest(failure, at: now, random) }
        }
    }

    /// The probe got an answer. That of an earlier one, which was not waited for, says as much.
    mutating func probeSucceeded(_ id: Int, at now: Int) {
        guard case .probing = phase else { return }
        failedProbes = 0
        points = 0
        windowCount = 0
        windowFailures = 0
        enter(.closed, at: now)
        closedBy = id
    }

    mutating func probeFailed(
        _ id: Int, _ failure: ProviderFailure, isSilent: Bool, at now: Int, random: UInt64
    ) {
        if closedBy == id { return failed(failure, isSilent: isSilent, epoch: epoch, at: now, random: random) }
        guard isProbing(id) else { return }
        if HealthVerdict(failure.failureClass) == .alive { return probeSucceeded(id, at: now) }
        lastFailure = failure.failureClass
        failedProbes += 1
        rest(failure, at: now, random)
    }

    /// Nobody waited for the probe's end: the next request is the probe.
    mutating func probeAbandoned(_ id: Int, at now: Int) {
        guard isProbing(id) else { return }
        enter(.open(probeAt: now), at: now)
    }

    /// Whether this is the probe that is waited for.
    private func isProbing(_ id: Int) -> Bool {
        guard case .probing(let current, _) = phase else { return false }
        return current == id
    }

    /// Sets the target aside until a probe succeeds.
    private mutating func rest(_ failure: ProviderFailure, at now: Int, _ random: UInt64) {
        let stated = failure.retryAfterMilliseconds ?? 0
        let pause: Int
        switch failure.failureClass {
        case .auth, .billing:
            pause = HealthRules.doubled(rules.accountRest, times: failedProbes, cap: rules.accountRestCap)
        case .rateLimitLong:
            let own = HealthRules.doubled(rules.accountRest, times: failedProbes, cap: rules.accountRestCap)
            pause = stated > 0 ? min(stated, rules.longLimitCap) : own
        default:
            let cap = failure.failureClass == .rateLimit ? rules.retryAfterCap : rules.outageRetryAfterCap
            let own = HealthRules.doubled(rules.firstProbe, times: failedProbes, cap: rules.probeCap)
            // Between half of it and all of it, so that replicas do not probe together.
            pause = max(own / 2 + Int(random % UInt64(own / 2 + 1)), min(stated, cap))
        }
        enter(.open(probeAt: now + pause), at: now)
    }

    private mutating func wait(_ stated: Int, at now: Int) {
        enter(.waiting(until: now + min(stated, rules.retryAfterCap)), at: now)
    }

    private mutating func enter(_ next: Phase, at now: Int) {
        // A flap of rest and probe is one outage to whoever looks.
        let wasUsable = phase == .closed
        phase = next
        epoch += 1
        closedBy = nil
        if wasUsable || next == .closed { since = now }
    }

    private mutating func count(isFailure: Bool, at now: Int) {
        if now - windowStart >= rules.window {
            windowStart = now
            windowCount = 0
            windowFailures = 0
        }
        windowCount += 1
        if isFailure { windowFailures += 1 }
    }
}
