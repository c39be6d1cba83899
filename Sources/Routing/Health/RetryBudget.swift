import Synchronization

/// Bounds retries to a share of the traffic, so that a provider in trouble does not get twice its load. First attempts,
/// and the first at a fallback, are not bounded.
///
/// A request costs one atomic addition, a retry a lock. Counts of the second that begins may be off by a request or two.
package final class RetryBudget: Sendable {
    private final class Second: Sendable {
        /// Which second the counts belong to.
        let time = Atomic<Int>(-1)
        let requests = Atomic<Int>(0)
        let retries = Atomic<Int>(0)
    }

    private let seconds: [Second]
    private let percent: Int
    private let minimumPerSecond: Int
    private let clock: @Sendable () -> Int
    private let lock = Mutex(())

    /// - Parameters:
    ///   - percent: retries per hundred requests.
    ///   - window: in seconds.
    ///   - minimumPerSecond: allowed whatever the traffic, on average over the window.
    ///   - clock: milliseconds that never go back, not negative.
    package init(
        percent: Int = 20, window: Int = 10, minimumPerSecond: Int = 2, clock: @escaping @Sendable () -> Int
    ) {
        self.percent = percent
        self.minimumPerSecond = minimumPerSecond
        self.clock = clock
        seconds = (0..<max(1, window)).map { _ in Second() }
    }

    /// Counts a request that goes to this provider first.
    package func countRequest() {
        let time = max(0, clock()) / 1000
        let second = seconds[time % seconds.count]
        if second.time.load(ordering: .acquiring) != time { lock.withLock { _ in turn(second, to: time) } }
        second.requests.add(1, ordering: .relaxed)
    }

    /// Takes one retry; false: there is none left.
    package func takeRetry() -> Bool {
        let time = max(0, clock()) / 1000
        return lock.withLock { _ in
            let current = seconds[time % seconds.count]
            turn(current, to: time)
            var requests = 0
            var retries = 0
            for second in seconds where second.time.load(ordering: .relaxed) > time - seconds.count {
                requests += second.requests.load(ordering: .relaxed)
                retries += second.retries.load(ordering: .relaxed)
            }
            guard retries < minimumPerSecond * seconds.count + requests * percent / 100 else { return false }
            current.retries.add(1, ordering: .relaxed)
            return true
        }
    }

    /// Under the lock.
    private func turn(_ second: Second, to time: Int) {
        guard second.time.load(ordering: .relaxed) < time else { return }
        second.requests.store(0, ordering: .relaxed)
        second.retries.store(0, ordering: .relaxed)
        second.time.store(time, ordering: .releasing)
    }
}
