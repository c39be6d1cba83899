package import Dialects
import Synchronization

/// The API keys of a provider, used in turn. A key that the provider calls invalid or out of credit rests alone, longer
/// each time. What is limited per model (a day's quota, a rate limit) is the business of ``TargetHealth``.
package final class KeyRing: Sendable {
    package let provider: String
    let slots: [KeySlot]
    private let rules: HealthRules
    private let clock: @Sendable () -> Int
    private let cursor = Atomic<Int>(0)

    /// - Parameters:
    ///   - marks: an opaque hash for each key, never the key itself; one for a provider without keys.
    ///   - previous: the ring before a reload; what is known of keys that stayed is kept.
    ///   - clock: milliseconds that never go back.
    package init(
        provider: String, marks: [Int], rules: HealthRules = HealthRules(), keeping previous: KeyRing? = nil,
        clock: @escaping @Sendable () -> Int
    ) {
        self.provider = provider
        self.rules = rules
        self.clock = clock
        let known = previous?.slots ?? []
        slots = (marks.isEmpty ? [0] : marks).map { mark in
            known.first { $0.mark == mark } ?? KeySlot(mark: mark)
        }
    }

    package var count: Int { slots.count }

    /// Where the next request starts looking.
    func turn() -> Int {
        slots.count == 1 ? 0 : Int(UInt(bitPattern: cursor.add(1, ordering: .relaxed).oldValue) % UInt(slots.count))
    }

    /// Why the key cannot be used now, and for how many milliseconds; nil: it can.
    func resting(_ index: Int) -> (failureClass: FailureClass, readyIn: Int)? {
        slots.indices.contains(index) ? slots[index].resting(at: clock) : nil
    }

    func claim(_ index: Int) -> KeySlot.Claim {
        slots.indices.contains(index) ? slots[index].claim(at: clock) : .rests
    }

    func trialWorked(_ index: Int) {
        if slots.indices.contains(index) { slots[index].trialWorked() }
    }

    func trialEnded(_ index: Int) {
        if slots.indices.contains(index) { slots[index].trialEnded(at: clock()) }
    }

    /// A refusal of one model only (403) does not speak against the key.
    func failed(_ index: Int, _ failure: ProviderFailure, isTrial: Bool) {
        guard slots.indices.contains(index) else { return }
        switch failure.failureClass {
        case .billing: break
        case .auth where failure.upstreamStatus != 403: break
        default:
            guard isTrial else { return }
            switch HealthVerdict(failure.failureClass) {
            case .alive, .busy, .account: slots[index].trialWorked()
            case .broken: slots[index].trialEnded(at: clock())
            }
            return
        }
        slots[index].refused(failure.failureClass, isTrial: isTrial, rules: rules, at: clock())
    }

    /// For each key why it rests and for how many more milliseconds, nil where it does not.
    package var report: [(failureClass: FailureClass, readyIn: Int)?] { slots.map { $0.resting(at: clock) } }
}
