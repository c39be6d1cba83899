package import NIOCore

/// Limits of one process, in its memory. Tenants are spread over shards with a lock each, so that no lock is shared by
/// all; the global counters have a shard of their own, taken before a tenant's and only by requests that need it.
///
/// Never waits for anything: every call ends without suspending.
package final class LocalLimitStore: LimitStore {
    /// How many ended leases one call frees before it decides. If it would refuse, it frees the others too.
    static let freedPerCall = 64
    static let maxReservationsPerTenant = 100_000

    private let shards: [LocalShard]
    private let global: LocalShard
    private let clock: @Sendable () -> Int
    private let steadyClock: @Sendable () -> Int

    /// - Parameters:
    ///   - maxCounters: how many counters each of the 65 shards may hold before limits keep few subjects apart.
    ///   - maxSubjects: how many subjects of one limit of one tenant are kept apart; the others share one counter.
    ///   - clock: milliseconds since 1970.
    ///   - steadyClock: milliseconds since whenever, never going back; what leases are measured by. nil: `clock`.
    package init(
        maxCounters: Int = 65_536, maxSubjects: Int = 50_000, clock: @escaping @Sendable () -> Int,
        steadyClock: (@Sendable () -> Int)? = nil
    ) {
        let bounds = CounterBounds(counters: maxCounters, subjects: maxSubjects)
        shards = (0..<64).map { _ in LocalShard(bounds: bounds) }
        global = LocalShard(bounds: bounds)
        self.clock = clock
        self.steadyClock = steadyClock ?? clock
    }

    package var keepsDeadline: Bool { true }

    package func reserve(
        _ request: ReservationRequest, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> ReserveOutcome {
        try reserve(request)
    }

    package func settle(
        _ reservation: Reservation, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        try settle(reservation, actuals: actuals)
    }

    package func renew(
        _ reservations: [Reservation], leaseMilliseconds: Int, on loop: any EventLoop
    ) async -> RenewOutcome {
        let now = now()
        let lease = ReservationRequest.clampedLease(leaseMilliseconds)
        var outcome = RenewOutcome()
        for reservation in reservations {
            do throws(LimitStoreFailure) {
                try withLedgers(reservation.claims, of: reservation.tenant, creating: false) { places in
                    for place in places { place.ledger.renew(reservation, leaseMilliseconds: lease, at: now) }
                }
                outcome.renewed.append(reservation.id)
            } catch {
                outcome.failure = outcome.failure ?? error
            }
        }
        return outcome
    }

    package func charge(
        _ claims: [LimitClaim], tenant: LimitTenant, id: ReservationID, actuals: LimitActuals, age: Int,
        on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        let now = now()
        let instant = LimitAmount.difference(now.wall, max(0, age))
        try Self.validate(claims, of: tenant)
        let counted = try withLedgers(claims, of: tenant, creating: true) { places in
            places.reduce(false) { counted, place in
                place.ledger.charge(claims, id: id, actuals: actuals, from: instant, at: now) {
                    place.shard.placed($0, in: place.ledger, at: now)
                } || counted
            }
        }
        return counted || claims.isEmpty ? .settled : .alreadySettled
    }

    package func inspect(
        _ claims: [LimitClaim], tenant: LimitTenant, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> [LimitState] {
        let now = now()
        try Self.validate(claims, of: tenant)
        return try withLedgers(claims, of: tenant, creating: false) { places in
            for place in places { _ = place.ledger.freeEnded(at: now, limit: .max) }
            return claims.map { claim in
                let place = places.first { $0.ledger.owns(claim) }
                var claim = claim
                var window = place?.ledger.window(claim, at: now)
                if window == nil, let place {
                    claim = place.shard.placed(claim, in: place.ledger, at: now)
                    window = place.ledger.window(claim, at: now)
                }
                var found = window ?? WindowState()
                found.roll(for: claim, now: now.wall)
                return LimitState(claim, found, at: now.wall).judged(need: 1)
            }
        }
    }

    package func sweep(on loop: any EventLoop) async throws(LimitStoreFailure) -> Int {
        let now = now()
        var freed = try global.withLock { $0.sweep(at: now) }
        for shard in shards { freed += try shard.withLock { $0.sweep(at: now) } }
        return freed
    }

    /// ``reserve(_:on:)`` without the ceremony of an asynchronous call.
    package func reserve(_ request: ReservationRequest) throws(LimitStoreFailure) -> ReserveOutcome {
        let now = now()
        let hasGlobal = try Self.validate(request.claims, of: request.tenant)
        let shard = shard(of: request.tenant)
        guard hasGlobal else {
            return try shard.withLock { shard throws(LimitStoreFailure) in
                try LocalDecision(request, now, shard, nil).run()
            }
        }
        return try global.withLock { global throws(LimitStoreFailure) in
            try shard.withLock { shard throws(LimitStoreFailure) in
                try LocalDecision(request, now, shard, global).run()
            }
        }
    }

    /// ``settle(_:actuals:on:)`` without the ceremony of an asynchronous call.
    package func settle(
        _ reservation: Reservation, actuals: LimitActuals
    ) throws(LimitStoreFailure) -> SettleOutcome {
        if reservation.holdings.isEmpty { return .settled }
        let now = now()
        if !reservation.claims.contains(where: \.isGlobal) {
            let settled = try shard(of: reservation.tenant).withLock {
                $0.existingLedger(reservation.tenant)?.settle(reservation, actuals: actuals, at: now) ?? false
            }
            return SettleOutcome(global: nil, own: settled)
        }
        let hasOwn = reservation.claims.contains { !$0.isGlobal }
        return try withLedgers(reservation.claims, of: reservation.tenant, creating: false) { places in
            var (global, own) = (false, false)
            for place in places where place.ledger.settle(reservation, actuals: actuals, at: now) {
                if place.ledger.tenant.isGlobal { global = true } else { own = true }
            }
            return SettleOutcome(global: global, own: hasOwn ? own : nil)
        }
    }

    /// Forgets what an owner has used, not what is held for it.
    func forgive(_ owner: LimitTenant) {
        let shard = owner.isGlobal ? global : shard(of: owner)
        try? shard.withLock { $0.existingLedger(owner)?.forgive() }
    }

    /// Forgets a counter, as a store does that fails.
    func lose(_ counter: LimitCounter) {
        let shard = counter.tenant.isGlobal ? global : shard(of: counter.tenant)
        try? shard.withLock { $0.existingLedger(counter.tenant)?.lose(counter) }
    }

    /// Whether nothing is kept.
    var isEmpty: Bool {
        for shard in [global] + shards where (try? shard.withLock { $0.isEmpty }) != true { return false }
        return true
    }

    private func now() -> LocalTime {
        LocalTime(wall: LimitAmount.clamped(clock()), steady: LimitAmount.clamped(steadyClock()))
    }

    private func shard(of tenant: LimitTenant) -> LocalShard { shards[tenant.hash & 63] }

    /// Answers whether there are global claims.
    @discardableResult
    static func validate(_ claims: [LimitClaim], of tenant: LimitTenant) throws(LimitStoreFailure) -> Bool {
        var hasGlobal = false
        for claim in claims {
            if claim.isGlobal {
                hasGlobal = true
            } else if claim.counter.tenant != tenant {
                throw .invalid("a claim belongs to another tenant")
            }
        }
        return hasGlobal
    }

    private struct Place {
        let shard: LocalShard
        let ledger: TenantLedger
    }

    /// Runs `body` with the ledgers that the claims concern, the global one first, under their locks.
    private func withLedgers<Result: Sendable>(
        _ claims: [LimitClaim], of tenant: LimitTenant, creating: Bool, _ body: ([Place]) -> Result
    ) throws(LimitStoreFailure) -> Result {
        let hasGlobal = claims.contains(where: \.isGlobal)
        let hasOwn = claims.contains { !$0.isGlobal }
        func places(_ shard: LocalShard, _ owner: LimitTenant) -> [Place] {
            let ledger = creating ? shard.ledger(owner) : shard.existingLedger(owner)
            return ledger.map { [Place(shard: shard, ledger: $0)] } ?? []
        }
        if !hasGlobal {
            return try shard(of: tenant).withLock { body(hasOwn ? places($0, tenant) : []) }
        }
        return try global.withLock { global throws(LimitStoreFailure) in
            let first = places(global, .global)
            return hasOwn ? try shard(of: tenant).withLock { body(first + places($0, tenant)) } : body(first)
        }
    }
}
