import Dialects

/// Leave for one attempt at a target with one key. Exactly one of `succeeded`, `failed` and `abandoned` ends it;
/// report a failure here before the walk hears of it.
package struct TargetPass: Sendable {
    /// Position in the provider's list of keys.
    package let keyIndex: Int
    private let access: TargetAccess
    private let isTrial: Bool
    private let health: HealthPass
    private let keyHealth: HealthPass?

    init(_ access: TargetAccess, keyIndex: Int, isTrial: Bool, health: HealthPass, keyHealth: HealthPass?) {
        self.access = access
        self.keyIndex = keyIndex
        self.isTrial = isTrial
        self.health = health
        self.keyHealth = keyHealth
    }

    package var isProbe: Bool { isTrial || health.isProbe || keyHealth?.isProbe == true }

    /// The first token of a stream came, or the first byte of a whole answer. The end is still to be reported.
    ///
    /// - Parameters:
    ///   - microseconds: since the attempt's start.
    ///   - now: milliseconds of the clock that ``PeakLatency/load(at:)`` is asked with.
    package func began(microseconds: Int, at now: Int) {
        access.latency.sample(microseconds, at: now)
        if isTrial { access.ring.trialWorked(keyIndex) }
        health.began()
        keyHealth?.began()
    }

    package func succeeded() {
        access.latency.ended()
        if isTrial { access.ring.trialWorked(keyIndex) }
        health.succeeded()
        keyHealth?.succeeded()
    }

    package func failed(_ failure: AttemptFailure) {
        access.latency.ended()
        let isSilent = failure.isSilence || failure.isRefusal
        // A provider's only key never rests for all its models: there is no other to be used meanwhile, and each
        // model's own breaker keeps requests away from what fails.
        if access.ring.count > 1 { access.ring.failed(keyIndex, failure.failure, isTrial: isTrial) }
        guard let keyHealth else { return health.failed(failure.failure, isSilent: isSilent) }
        switch HealthVerdict(failure.failure.failureClass) {
        case .alive:
            health.succeeded()
            keyHealth.succeeded()
        case .busy, .account:
            health.succeeded()
            keyHealth.failed(failure.failure, isSilent: isSilent)
        case .broken:
            health.failed(failure.failure, isSilent: isSilent)
            keyHealth.abandoned()
        }
    }

    /// The client left, another attempt was faster, or the gateway gave up for reasons of its own.
    package func abandoned() {
        access.latency.ended()
        if isTrial { access.ring.trialEnded(keyIndex) }
        health.abandoned()
        keyHealth?.abandoned()
    }
}
