import Dialects
import Synchronization

/// The circuit breaker of one target: fed by real requests, shared by all event loops, kept over reloads of the policy.
///
/// While the target works, an attempt costs two atomic loads. After failures a lock guards the state; while the target
/// rests, exactly one request at a time is let through to try it.
package final class TargetHealth: Sendable {
    package let key: HealthKey
    private let clock: @Sendable () -> Int
    private let random: @Sendable () -> UInt64
    private let machine: Mutex<HealthMachine>
    /// The epoch, doubled, and 1 for quiet: nothing happened that has to be counted, so the lock can be passed by.
    private let gate = Atomic<Int>(1)

    /// - Parameters:
    ///   - clock: milliseconds that never go back.
    ///   - random: for jitter.
    package init(
        _ key: HealthKey, rules: HealthRules = HealthRules(), clock: @escaping @Sendable () -> Int,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 0 ... .max) }
    ) {
        self.key = key
        self.clock = clock
        self.random = random
        machine = Mutex(HealthMachine(rules, at: clock()))
    }

    /// Asks for one attempt. Every pass must be given back by one of its `succeeded`, `failed` or `abandoned`; a probe
    /// that is merely dropped counts as abandoned.
    ///
    /// - Parameter isLastResort: the request has no other target.
    package func admit(isLastResort: Bool = false) -> HealthAdmission {
        let gate = gate.load(ordering: .acquiring)
        if gate & 1 == 1 { return .pass(HealthPass(self, epoch: gate >> 1, probe: nil)) }
        let now = clock()
        return machine.withLock { machine in
            let answer = machine.admit(at: now, isLastResort: isLastResort)
            settle(machine, at: now)
            switch answer {
            case .pass: return .pass(HealthPass(self, epoch: machine.epoch, probe: nil))
            case .probe(let id): return .pass(HealthPass(self, epoch: machine.epoch, probe: ProbeSlot(self, id: id)))
            case .rests(let wait): return .rests(machine.lastFailure ?? .overloaded, readyIn: wait)
            }
        }
    }

    /// Whether an attempt would be refused now; takes no probe.
    package var isResting: Bool { isResting(after: 0) }

    /// Whether it will still rest in so many milliseconds, as far as one can tell now.
    package func isResting(after wait: Int) -> Bool {
        if isQuiet { return false }
        let now = clock()
        return machine.withLock { machine in
            switch machine.phase {
            case .closed: false
            case .waiting(let until): until - now > wait
            case .open(let probeAt): probeAt - now > wait
            // A try is under way; it is soon known.
            case .probing: wait < HealthMachine.probePatience
            }
        }
    }

    package var report: HealthReport {
        let now = clock()
        return machine.withLock { machine in
            let (state, readyIn): (HealthReport.State, Int?) =
                switch machine.phase {
                case .closed: (.healthy, nil)
                case .waiting(let until): now < until ? (.waiting, until - now) : (.healthy, nil)
                case .open(let probeAt): (.resting, max(0, probeAt - now))
                case .probing: (.probing, nil)
                }
            return HealthReport(
                key: key, state: state, since: machine.since, points: machine.points,
                lastFailure: machine.lastFailure, readyIn: readyIn)
        }
    }

    func succeeded(_ pass: HealthPass) {
        if pass.probe == nil, isQuiet { return }
        update { machine, now in
            if let probe = pass.probe {
                machine.probeSucceeded(probe.id, at: now)
            } else {
                machine.succeeded(epoch: pass.epoch, at: now)
            }
        }
    }

    func failed(_ pass: HealthPass, _ failure: ProviderFailure, isSilent: Bool) {
        if pass.probe == nil, HealthVerdict(failure.failureClass) == .alive { return succeeded(pass) }
        let random = random()
        update { machine, now in
            if let probe = pass.probe {
                machine.probeFailed(probe.id, failure, isSilent: isSilent, at: now, random: random)
            } else {
                machine.failed(failure, isSilent: isSilent, epoch: pass.epoch, at: now, random: random)
            }
        }
    }

    func abandoned(probe id: Int) {
        update { machine, now in machine.probeAbandoned(id, at: now) }
    }

    private func update(_ body: (inout HealthMachine, _ now: Int) -> Void) {
        let now = clock()
        machine.withLock { machine in
            body(&machine, now)
            settle(machine, at: now)
        }
    }

    /// Under the lock, so that the gate never lags behind the state.
    private func settle(_ machine: borrowing HealthMachine, at now: Int) {
        gate.store(machine.epoch << 1 | (machine.isQuiet(at: now) ? 1 : 0), ordering: .releasing)
    }

    private var isQuiet: Bool { gate.load(ordering: .acquiring) & 1 == 1 }
}
