import Dialects

/// The way to one target: its provider's keys, and the health of its model in general and with each key. What is wrong
/// with a provider is wrong with all its keys, so outages have one breaker and one probe; limits and accounts have one
/// for each key.
package final class TargetAccess: Sendable {
    package let ring: KeyRing
    package let health: TargetHealth
    /// With each key; empty where there is one key at most: ``health`` knows it all.
    let keyHealths: [TargetHealth]
    package let latency: PeakLatency

    package init(ring: KeyRing, health: TargetHealth, keyHealths: [TargetHealth], latency: PeakLatency) {
        self.ring = ring
        self.health = health
        self.keyHealths = keyHealths.count == ring.count && ring.count > 1 ? keyHealths : []
        self.latency = latency
    }

    /// Asks for one attempt; a probe where the target rested long enough.
    ///
    /// - Parameter isLastResort: the request has no other target.
    package func admit(isLastResort: Bool = false) -> TargetAdmission {
        let pass: HealthPass
        switch health.admit(isLastResort: isLastResort) {
        case .rests(let failureClass, let wait): return .skip(.resting(failureClass, readyIn: wait))
        case .pass(let given): pass = given
        }
        let start = ring.turn()
        var soonest: SkipReason?
        for offset in 0..<ring.count {
            let index = (start + offset) % ring.count
            let reason: SkipReason
            if let rest = ring.resting(index) {
                reason = .keysResting(rest.failureClass, readyIn: rest.readyIn)
            } else {
                switch attempt(index, pass) {
                case .pass(let pass): return .pass(pass)
                case .skip(let why): reason = why
                }
            }
            if (reason.readyIn ?? .max) <= (soonest?.readyIn ?? .max) { soonest = reason }
        }
        pass.abandoned()
        return .skip(soonest ?? .keysResting(.auth, readyIn: nil))
    }

    private func attempt(_ index: Int, _ pass: HealthPass) -> TargetAdmission {
        var keyPass: HealthPass?
        if !keyHealths.isEmpty {
            switch keyHealths[index].admit() {
            case .rests(let failureClass, let wait): return .skip(.keysResting(failureClass, readyIn: wait))
            case .pass(let given): keyPass = given
            }
        }
        let claim = ring.claim(index)
        if claim == .rests {
            keyPass?.abandoned()
            return .skip(.keysResting(.auth, readyIn: HealthMachine.probeGlance))
        }
        latency.started()
        return .pass(TargetPass(self, keyIndex: index, isTrial: claim == .trial, health: pass, keyHealth: keyPass))
    }

    /// A hint for ``RouteCandidate/isResting``: nobody would be admitted now.
    package var isResting: Bool { isResting(after: 0) }

    /// The same for the moment in which another target would be given up.
    package func isResting(after wait: Int) -> Bool { health.isResting(after: wait) || !hasReadyKey }

    /// Whether a key can be used now; for ``AttemptFailure/otherKeyReady``, asked after the failure was reported.
    package var hasReadyKey: Bool { hasReadyKey(besides: nil) }

    /// The same without the key that was just used: a single key is never another one.
    package func hasReadyKey(besides used: Int?) -> Bool {
        (0..<ring.count).contains { index in
            index != used && ring.resting(index) == nil && (keyHealths.isEmpty || !keyHealths[index].isResting)
        }
    }
}
