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

    /// - Parameters:
    ///   - maxCounters: how many counters each of the 65 shards may hold; beyond, `reserve` throws `full`.
    ///   - clock: milliseconds since 1970.
    package init(maxCounters: Int = 65_536, clock: @escaping @Sendable () -> Int) {
        shards = (0..<64).map { _ in LocalShard(maxCounters: maxCounters) }
        global = LocalShard(maxCounters: maxCounters)
        self.clock = clock
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
    ) async throws(LimitStoreFailure) {
        let end = now() + ReservationRequest.clampedLease(leaseMilliseconds)
        for reservation in reservations {
            try withLedgers(reservation.claims, of: reservation.tenant, creating: false) { ledgers in
                for ledger in ledgers { ledger.renew(reservation.id, until: end) }
            }
        }
    }

    package func charge(
        _ claims: [LimitClaim], tenant: LimitTenant, id: ReservationID, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        let now = now()
        try Self.validate(claims, of: tenant)
        let counted = try withLedgers(claims, of: tenant, creating: true) { ledgers in
            ledgers.reduce(false) { $1.charge(claims, id: id, actuals: actuals, at: now) || $0 }
        }
        return counted || claims.isEmpty ? .settled : .alreadySettled
    }

    package func inspect(
        _ claims: [LimitClaim], tenant: LimitTenant, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> [LimitState] {
        let now = now()
        try Self.validate(claims, of: tenant)
        return try withLedgers(claims, of: tenant, creating: false) { ledgers in
            for ledger in ledgers { _ = ledger.freeEnded(at: now, limit: .max) }
            return claims.map { claim in
                let ledger = ledgers.first { $0.owns(claim) }
                var window = ledger?.window(claim, at: now) ?? WindowState()
                window.roll(for: claim, now: now)
                return LimitState(claim, window, at: now)
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
            return settled ? .settled : .alreadySettled
        }
        let settled = try withLedgers(reservation.claims, of: reservation.tenant, creating: false) { ledgers in
            ledgers.reduce(false) { $1.settle(reservation, actuals: actuals, at: now) || $0 }
        }
        return settled ? .settled : .alreadySettled
    }

    private func now() -> Int { LimitAmount.clamped(clock()) }

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

    /// Runs `body` with the ledgers that the claims concern, the global one first, under their locks.
    private func withLedgers<Result: Sendable>(
        _ claims: [LimitClaim], of tenant: LimitTenant, creating: Bool, _ body: ([TenantLedger]) -> Result
    ) throws(LimitStoreFailure) -> Result {
        let hasGlobal = claims.contains(where: \.isGlobal)
        let hasOwn = claims.contains { !$0.isGlobal }
        func ledgers(_ shard: LocalShard, _ owner: LimitTenant) -> [TenantLedger] {
            creating ? [shard.ledger(owner)] : shard.existingLedger(owner).map { [$0] } ?? []
        }
        if !hasGlobal {
            return try shard(of: tenant).withLock { body(hasOwn ? ledgers($0, tenant) : []) }
        }
        return try global.withLock { global throws(LimitStoreFailure) in
            let first = ledgers(global, .global)
            return hasOwn
                ? try shard(of: tenant).withLock { body(first + ledgers($0, tenant)) } : body(first)
        }
    }
}
