import HeapModule

/// Everything that is kept for one tenant (or for the global counters). Not safe to share: guarded by the lock of its
/// shard.
final class TenantLedger {
    /// A reservation that is not settled yet. Of its claims the ledger only touches those that are its own.
    private struct Held {
        let claims: [LimitClaim]
        let holdings: [Holding]
        var end: Int
    }

    static let lapsedCapacity = 16_384
    static let chargedCapacity = 65_536

    let tenant: LimitTenant
    private var windows: [LimitCounter: WindowState] = [:]
    private var held: [ReservationID: Held] = [:]
    /// Also holds ends that were renewed or settled since; they are recognised when they come up.
    private var leases = Heap<LeaseEnd>()
    private var lapsed = BoundedIDSet(capacity: lapsedCapacity)
    private var charged = BoundedIDSet(capacity: chargedCapacity)

    init(tenant: LimitTenant) {
        self.tenant = tenant
    }

    var counterCount: Int { windows.count }
    var reservationCount: Int { held.count }
    var isEmpty: Bool { windows.isEmpty && held.isEmpty && lapsed.isEmpty && charged.isEmpty }

    func owns(_ claim: LimitClaim) -> Bool { claim.isGlobal == tenant.isGlobal }

    func holds(_ id: ReservationID) -> Bool { held[id] != nil }

    /// The counter's state at an instant; nil when nothing is known of it.
    func window(_ claim: LimitClaim, at now: Int) -> WindowState? {
        guard var window = windows[claim.counter] else { return nil }
        window.roll(for: claim, now: now)
        return window
    }

    func store(_ window: WindowState, for counter: LimitCounter) {
        windows[counter] = window
    }

    func hold(_ id: ReservationID, claims: [LimitClaim], holdings: [Holding], until end: Int) {
        held[id] = Held(claims: claims, holdings: holdings, end: end)
        addLease(LeaseEnd(time: end, id: id))
    }

    /// Frees leases that have ended, at most `limit`. Answers how many.
    func freeEnded(at now: Int, limit: Int) -> Int {
        var count = 0
        while count < limit, let first = leases.min, first.time <= now {
            leases.removeMin()
            guard let reservation = held[first.id], reservation.end == first.time else { continue }
            held[first.id] = nil
            release(reservation, at: now)
            _ = lapsed.insert(first.id, at: now)
            count += 1
        }
        return count
    }

    /// Answers false when the id is not waiting to be settled.
    func settle(_ reservation: Reservation, actuals: LimitActuals, at now: Int) -> Bool {
        let isHeld = held.removeValue(forKey: reservation.id) != nil
        guard isHeld || lapsed.remove(reservation.id) else { return false }
        for (claim, holding) in zip(reservation.claims, reservation.holdings) where owns(claim) {
            windows[claim.counter, default: WindowState()].settle(
                holding, release: isHeld ? holding.amount : 0, charge: claim.amount(of: actuals),
                length: claim.counter.length, now: now)
        }
        return true
    }

    func renew(_ id: ReservationID, until end: Int) {
        guard let current = held[id]?.end, current != end else { return }
        held[id]?.end = end
        addLease(LeaseEnd(time: end, id: id))
    }

    /// Answers false when the id was charged before.
    func charge(_ claims: [LimitClaim], id: ReservationID, actuals: LimitActuals, at now: Int) -> Bool {
        guard charged.insert(id, at: now) else { return false }
        if let unfinished = held.removeValue(forKey: id) { release(unfinished, at: now) }
        for claim in claims where owns(claim) {
            var window = windows[claim.counter] ?? WindowState()
            window.roll(for: claim, now: now)
            window.charge(claim.amount(of: actuals))
            windows[claim.counter] = window
        }
        return true
    }

    /// Forgets counters whose periods have passed and ids that are old enough.
    func prune(at now: Int) {
        windows = windows.filter { !$0.value.isStale(at: now, counter: $0.key) }
        lapsed.forget(before: now - BoundedIDSet.lifetime)
        charged.forget(before: now - BoundedIDSet.lifetime)
    }

    private func release(_ reservation: Held, at now: Int) {
        for (claim, holding) in zip(reservation.claims, reservation.holdings) where owns(claim) {
            windows[claim.counter]?.settle(
                holding, release: holding.amount, charge: 0, length: claim.counter.length, now: now)
        }
    }

    private func addLease(_ lease: LeaseEnd) {
        // Settled reservations leave their lease behind. When those are the majority, start anew with the living.
        if leases.count > 2 * held.count + 64 {
            leases = Heap(held.map { LeaseEnd(time: $0.value.end, id: $0.key) })
            return
        }
        leases.insert(lease)
    }
}
