import DequeModule
import Synchronization

/// A part of the store that is given up and comes back as one: its breaker, and the calls that wait until it is back.
final class FailureDomain: Sendable {
    let number: Int
    let breaker: Mutex<CircuitBreaker>
    /// Mirrors of the breaker, so that calls that succeed share no lock.
    let isOpen = Atomic(false)
    let hasFailures = Atomic(false)
    /// Calls that were kept, oldest first.
    let queue = Mutex<Deque<DeferredCall>>([])
    /// How many, without the lock.
    let waiting = Atomic(0)

    init(number: Int, breaker: CircuitBreaker) {
        self.number = number
        self.breaker = Mutex(breaker)
    }

    var isAway: Bool { isOpen.load(ordering: .relaxed) }

    func keep(_ call: DeferredCall, first: Bool) {
        queue.withLock {
            if first { $0.prepend(call) } else { $0.append(call) }
            waiting.store($0.count, ordering: .relaxed)
        }
    }

    /// Drops all calls; answers how many.
    func clear() -> Int {
        queue.withLock { queue in
            let count = queue.count
            queue = []
            waiting.store(0, ordering: .relaxed)
            return count
        }
    }

    /// Takes the oldest call.
    func next() -> DeferredCall? {
        if waiting.load(ordering: .relaxed) == 0 { return nil }
        return queue.withLock { queue in
            let first = queue.popFirst()
            waiting.store(queue.count, ordering: .relaxed)
            return first
        }
    }
}
