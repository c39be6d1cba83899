import Synchronization

/// When this process last noted a tenant in the index that sweepers read: once a minute is enough.
final class TenantIndexTouches: Sendable {
    static let interval = 60_000

    private let capacity: Int
    private let last = Mutex<[LimitTenant: Int]>([:])

    init(capacity: Int = 65_536) {
        self.capacity = capacity
    }

    /// Whether the tenant has to be noted now; assumes that it will be.
    func isDue(_ tenant: LimitTenant, at now: Int) -> Bool {
        last.withLock {
            if let time = $0[tenant], abs(now - time) < Self.interval { return false }
            // A full table is emptied: noting a tenant once too often costs little.
            if $0.count >= capacity { $0.removeAll(keepingCapacity: true) }
            $0[tenant] = now
            return true
        }
    }

    /// The note did not arrive.
    func forget(_ tenant: LimitTenant) {
        last.withLock { $0[tenant] = nil }
    }
}
