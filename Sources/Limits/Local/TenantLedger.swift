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

    /// As many as there may be reservations: all of them may lapse at once.
    static let lapsedCapacity = LocalLimitStore.maxReservationsPerTenant
    static let chargedCapacity = 65_536

    let tenant: LimitTenant
    private var windows: [LimitCounter: WindowState] = [:]
    /// How many of the counters are subjects of a limit, by ``LimitCounter/limit``.
    private var subjects: [Int: Int] = [:]
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

    /// How many subjects of the counter's limit are kept apart.
    func subjects(of counter: LimitCounter) -> Int { subjects[counter.limit] ?? 0 }

    /// The counter's state at an instant; nil when nothing is known of it.
    func window(_ claim: LimitClaim, at now: LocalTime) -> WindowState? {
        guard var window = windows[claim.counter] else { return nil }
        window.roll(for: claim, now: now.wall)
        return window
    }

    func store(_ window: WindowState, for counter: LimitCounter) {
        if windows.updateValue(window, forKey: counter) == nil { count(counter) }
    }

    func hold(_ id: ReservationID, claims: [LimitClaim], holdings: [Holding], until end: Int) {
        held[id] = Held(claims: claims, holdings: holdings, end: end)
        addLease(LeaseEnd(time: end, id: id))
    }

    /// Frees leases that have ended, at most `limit`. Answers how many.
    func freeEnded(at now: LocalTime, limit: Int) -> Int {
        var count = 0
        while count < limit, let first = leases.min, first.time <= now.steady {
            leases.removeMin()
            guard let reservation = held[first.id], reservation.end == first.time else { continue }
            held[first.id] = nil
            release(reservation, at: now)
            _ = lapsed.insert(first.id, at: now.steady)
            count += 1
        }
        return count
    }

    /// Answers false when the id is not waiting to be settled.
    func settle(_ reservation: Reservation, actuals: LimitActuals, at now: LocalTime) -> Bool {
        let known = held.removeValue(forKey: reservation.id)
        guard known != nil || lapsed.remove(reservation.id) else { return false }
        // A reservation from a share names the limits as the policy has them, not as they were claimed here.
        for (claim, holding) in zip(known?.claims ?? reservation.claims, reservation.holdings) where owns(claim) {
            change(claim.counter) {
                $0.settle(
                    holding, release: known == nil ? 0 : holding.amount, charge: claim.amount(of: actuals),
                    length: claim.counter.length, now: now.wall)
            }
        }
        return true
    }

    /// Makes the lease end later; when it has ended, holds again what it held. Nothing happens to an id that is not
    /// waiting to be settled.
    func renew(_ reservation: Reservation, leaseMilliseconds: Int, at now: LocalTime) {
        let end = now.steady + leaseMilliseconds
        if let current = held[reservation.id]?.end {
            if current == end { return }
            held[reservation.id]?.end = end
            return addLease(LeaseEnd(time: end, id: reservation.id))
        }
        guard lapsed.remove(reservation.id) else { return }
        for (claim, holding) in zip(reservation.claims, reservation.holdings) where owns(claim) {
            change(claim.counter) {
                $0.holdAgain(holding, of: claim.counter, until: now.wall + leaseMilliseconds, now: now.wall)
            }
        }
        hold(reservation.id, claims: reservation.claims, holdings: reservation.holdings, until: end)
    }

    /// Answers false when the id was charged before.
    ///
    /// - Parameters:
    ///   - instant: when the usage began, milliseconds since 1970.
    ///   - placed: what to count in for a claim of which nothing is known yet.
    func charge(
        _ claims: [LimitClaim], id: ReservationID, actuals: LimitActuals, from instant: Int, at now: LocalTime,
        placed: (LimitClaim) -> LimitClaim
    ) -> Bool {
        guard charged.insert(id, at: now.steady) else { return false }
        if let unfinished = held.removeValue(forKey: id) { release(unfinished, at: now) }
        for claim in claims where owns(claim) {
            let amount = claim.amount(of: actuals)
            if amount == 0 { continue }
            let claim = windows[claim.counter] == nil ? placed(claim) : claim
            change(claim.counter) {
                $0.roll(for: claim, now: now.wall)
                return $0.charge(amount, at: instant, length: claim.counter.length)
            }
        }
        return true
    }

    /// Forgets counters whose periods passed so many milliseconds ago, and ids that are old enough.
    func prune(at now: LocalTime, slack: Int) {
        keep { !$1.isStale(at: now.wall - slack, counter: $0) }
        lapsed.forget(before: now.steady - BoundedIDSet.lifetime)
        charged.forget(before: now.steady - BoundedIDSet.lifetime)
    }

    /// Forgets what was used, not what is held.
    func forgive() {
        if windows.isEmpty { return }
        for counter in windows.keys { windows[counter]?.forgive() }
        keep { !$1.isEmpty }
    }

    /// Forgets a counter, as a store does that fails.
    func lose(_ counter: LimitCounter) {
        keep { known, _ in known != counter }
    }

    private func keep(_ isKept: (LimitCounter, WindowState) -> Bool) {
        windows = windows.filter(isKept)
        subjects.removeAll(keepingCapacity: true)
        for counter in windows.keys { count(counter) }
    }

    private func count(_ counter: LimitCounter) {
        if counter.isBounded { subjects[counter.limit, default: 0] += 1 }
    }

    private func release(_ reservation: Held, at now: LocalTime) {
        for (claim, holding) in zip(reservation.claims, reservation.holdings) where owns(claim) {
            change(claim.counter) {
                $0.settle(
                    holding, release: holding.amount, charge: 0, length: claim.counter.length, now: now.wall)
            }
        }
    }

    /// Changes a counter; one of which nothing is known is kept only if something has happened to it.
    private func change(_ counter: LimitCounter, _ body: (inout WindowState) -> Bool) {
        if let index = windows.index(forKey: counter) {
            _ = body(&windows.values[index])
            return
        }
        var window = WindowState()
        if body(&window) { store(window, for: counter) }
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
