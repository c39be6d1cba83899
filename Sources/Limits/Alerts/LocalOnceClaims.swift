package import NIOCore
import Synchronization

/// Claims within this process. Bounded: beyond, those not asked for longest are forgotten and can be claimed again.
package final class LocalOnceClaims: OnceClaims {
    private let claimed: Mutex<ExpiringTable<String, Bool>>
    private let clock: @Sendable () -> Int

    /// - Parameter clock: milliseconds since 1970.
    package init(capacity: Int = 65_536, clock: @escaping @Sendable () -> Int) {
        claimed = Mutex(ExpiringTable(capacity: capacity))
        self.clock = clock
    }

    package func claim(_ key: String, forMilliseconds duration: Int, on loop: any EventLoop) async -> Bool {
        let now = clock()
        let end = now + LimitAmount.clamped(duration)
        return claimed.withLock {
            if $0.value(of: key, at: now) != nil { return false }
            $0.set(true, for: key, until: end, at: now)
            return true
        }
    }

    var count: Int { claimed.withLock { $0.count } }
}
