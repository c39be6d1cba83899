package import Policy
import Synchronization

/// Sees limits fill up. Once per limit (a counter and its maximum), period and threshold it raises an alert; of several
/// thresholds passed at once only the highest.
///
/// For every request, from any event loop: as long as no threshold is passed it only compares numbers, and afterwards
/// takes one of several locks for a look-up.
package final class AlertWatch: Sendable {
    /// How much longer than the period a passed threshold is remembered, milliseconds: for clocks that differ, and
    /// usage that arrives late.
    static let margin = 120_000
    /// Longer than any period but the endless one.
    static let maxLifetime = 366 * 86_400_000

    private final class Part: Sendable {
        let fired: Mutex<FiredThresholds>

        init(capacity: Int) {
            fired = Mutex(FiredThresholds(capacity: capacity))
        }
    }

    /// By counter.
    private let parts: [Part]
    private let raise: @Sendable (RaisedAlert) -> Void

    /// - Parameters:
    ///   - capacity: counters remembered; beyond, an alert may be raised again.
    ///   - raise: Called on the thread of the caller, must not block: ``AlertCenter/take(_:)``.
    package init(capacity: Int = 65_536, raise: @escaping @Sendable (RaisedAlert) -> Void) {
        parts = (0..<16).map { _ in Part(capacity: max(2, capacity / 16)) }
        self.raise = raise
    }

    /// Looks at limits as a reservation or refusal shows them, or at a settlement.
    ///
    /// Only what is settled counts, not what is reserved; concurrency never does.
    ///
    /// - Parameters:
    ///   - states: as the store gave them; may be empty.
    ///   - actuals: at a settlement, what the request used: `states` are then those of its reservation.
    ///   - tenant: who is told.
    ///   - policy: percentages ascending.
    ///   - now: milliseconds since 1970.
    package func observe(
        _ states: [LimitState], adding actuals: LimitActuals? = nil, tenant: String, policy: AlertPolicy, now: Int
    ) {
        guard let lowest = policy.at.first else { return }
        for index in states.indices {
            let used = states[index].used(adding: actuals)
            guard states[index].percent(used: used) >= lowest else { continue }
            // The period of the reservation may be over when the request is settled: nobody can act on it any more.
            if actuals != nil, states[index].resetsAt <= now { continue }
            passed(states[index], used: used, tenant: tenant, policy: policy, now: now)
        }
    }

    /// Counters in memory.
    var remembered: Int {
        parts.reduce(0) { $0 + $1.fired.withLock { $0.count } }
    }

    @inline(never)
    private func passed(_ state: LimitState, used: Int, tenant: String, policy: AlertPolicy, now: Int) {
        let percent = state.percent(used: used)
        let counter = state.counter
        guard counter.resource != .concurrency, let threshold = policy.at.last(where: { $0 <= percent }) else { return }
        let period = state.periodStart
        let end = max(state.resetsAt, now) + Self.margin
        let part = parts[counter.hashValue & 15]
        let before = part.fired.withLock {
            $0.pass(threshold, of: counter, max: state.max, period: period, until: end, at: now)
        }
        guard let before else { return }
        let keys = policy.at.reversed().filter { before < $0 && $0 <= threshold }
            .map { "\(counter.name):\(period):\(state.max):\($0)" }
        raise(
            RaisedAlert(
                alert: LimitAlert(
                    id: WebhookSignature.digest(keys.first ?? counter.name), time: now, tenant: tenant,
                    counter: counter, threshold: threshold, percent: percent, used: used, max: state.max,
                    resetsAt: state.resetsAt, shadow: state.shadow),
                webhook: policy.webhook, allowPrivateNetwork: policy.allowPrivateNetwork, keys: keys,
                lifetime: min(end - now, Self.maxLifetime)))
    }
}
