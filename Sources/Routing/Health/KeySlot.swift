import Dialects
import Synchronization

/// One API key of a provider: in use, or resting because the provider refused it.
final class KeySlot: Sendable {
    private struct Rest {
        var until = 0
        /// How often in a row it was refused.
        var times = 0
        var failureClass = FailureClass.auth
    }

    /// After a rest one request tries the key; if its end is not reported within this time, another may.
    static let trialTime = 30_000

    let mark: Int
    private let isFine = Atomic<Bool>(true)
    private let rest = Mutex(Rest())

    init(mark: Int) {
        self.mark = mark
    }

    /// nil: it can be used.
    func resting(at now: () -> Int) -> (failureClass: FailureClass, readyIn: Int)? {
        if isFine.load(ordering: .acquiring) { return nil }
        let now = now()
        return rest.withLock { now < $0.until ? ($0.failureClass, $0.until - now) : nil }
    }

    enum Claim: Equatable { case use, trial, rests }

    /// Takes the key for one attempt; after a rest only one gets it.
    func claim(at now: () -> Int) -> Claim {
        if isFine.load(ordering: .acquiring) { return .use }
        let now = now()
        return rest.withLock { rest in
            if isFine.load(ordering: .relaxed) { return .use }
            if now < rest.until { return .rests }
            rest.until = now + Self.trialTime
            return .trial
        }
    }

    /// The trial went well. (What was under way when the key was refused says nothing of now.)
    func trialWorked() {
        if isFine.load(ordering: .acquiring) { return }
        rest.withLock { rest in
            rest = Rest()
            isFine.store(true, ordering: .releasing)
        }
    }

    /// The trial said nothing of the key.
    func trialEnded(at now: Int) {
        rest.withLock { $0.until = min($0.until, now) }
    }

    /// - Parameter isTrial: the attempt was the one after a rest; of others under way when the key was refused only the
    ///   first counts.
    func refused(_ failureClass: FailureClass, isTrial: Bool, rules: HealthRules, at now: Int) {
        rest.withLock { rest in
            guard isTrial || isFine.load(ordering: .relaxed) else { return }
            let pause = HealthRules.doubled(rules.accountRest, times: rest.times, cap: rules.accountRestCap)
            rest = Rest(until: now + pause, times: rest.times + 1, failureClass: failureClass)
            isFine.store(false, ordering: .releasing)
        }
    }
}
