import Synchronization

/// When this process last noted a tenant in the index that sweepers read: once a minute is enough, as long as leases
/// are no shorter than the noted ones.
final class TenantIndexTouches: Sendable {
    static let interval = 60_000

    private struct Note {
        let time: Int
        let lease: Int
    }

    private let capacity: Int
    private let last = Mutex<[LimitTenant: Note]>([:])
    private let shortest = Atomic(ReservationRequest.longestLease)

    init(capacity: Int = 65_536) {
        self.capacity = capacity
    }

    /// The shortest lease so far, milliseconds: no tenant may go unseen for longer.
    var shortestLease: Int { shortest.load(ordering: .relaxed) }

    /// Whether the tenant has to be noted now; assumes that it will be.
    func isDue(_ tenant: LimitTenant, lease: Int, at now: Int) -> Bool {
        if lease < shortestLease { shortest.min(lease, ordering: .relaxed) }
        return last.withLock {
            if let note = $0[tenant], (0..<Self.interval).contains(now - note.time), lease >= note.lease {
                return false
            }
            // A full table is emptied: noting a tenant once too often costs little.
            if $0.count >= capacity { $0.removeAll(keepingCapacity: true) }
            $0[tenant] = Note(time: now, lease: lease)
            return true
        }
    }

    /// The note did not arrive.
    func forget(_ tenant: LimitTenant) {
        last.withLock { $0[tenant] = nil }
    }
}
