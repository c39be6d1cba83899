import Synchronization

/// Tenants that share a lock.
///
/// Unchecked: everything but the lock is only touched inside `withLock`, and no ledger leaves it.
final class LocalShard: @unchecked Sendable {
    /// How long counters outlive their use, for a clock that goes back a little. Milliseconds.
    private static let slack = 60_000

    private let mutex = Mutex(())
    private let bounds: CounterBounds
    private var ledgers: [LimitTenant: TenantLedger] = [:]
    private var nextPruning = Int.min

    init(bounds: CounterBounds) {
        self.bounds = bounds
    }

    func withLock<Result: Sendable>(
        _ body: (LocalShard) throws(LimitStoreFailure) -> Result
    ) throws(LimitStoreFailure) -> Result {
        try mutex.withLock { _ throws(LimitStoreFailure) -> Result in try body(self) }
    }

    /// The tenant's ledger, made if need be.
    func ledger(_ tenant: LimitTenant) -> TenantLedger {
        if let found = ledgers[tenant] { return found }
        let fresh = TenantLedger(tenant: tenant)
        ledgers[tenant] = fresh
        return fresh
    }

    func existingLedger(_ tenant: LimitTenant) -> TenantLedger? { ledgers[tenant] }

    var isEmpty: Bool { ledgers.isEmpty }

    /// What to count in for a claim of which nothing is known yet: the claim itself, or the counter that its limit's
    /// further subjects share.
    func placed(_ claim: LimitClaim, in ledger: TenantLedger, at now: LocalTime) -> LimitClaim {
        guard claim.counter.isBounded else { return claim }
        if hasRoom(for: claim, in: ledger) { return claim }
        // Looking at all of them costs time: not more than once a second.
        if now.steady >= nextPruning {
            nextPruning = now.steady + 1000
            for ledger in ledgers.values { ledger.prune(at: now, slack: 0) }
            if hasRoom(for: claim, in: ledger) { return claim }
        }
        return claim.overflow
    }

    private func hasRoom(for claim: LimitClaim, in ledger: TenantLedger) -> Bool {
        let subjects = ledger.subjects(of: claim.counter)
        if subjects < bounds.guaranteedSubjects { return true }
        return subjects < bounds.subjects && ledgers.values.reduce(0) { $0 + $1.counterCount } < bounds.counters
    }

    /// Frees every lease that has ended and forgets what has no effect any more.
    func sweep(at now: LocalTime) -> Int {
        var freed = 0
        for ledger in ledgers.values {
            freed += ledger.freeEnded(at: now, limit: .max)
            ledger.prune(at: now, slack: Self.slack)
        }
        ledgers = ledgers.filter { !$0.value.isEmpty }
        return freed
    }
}
