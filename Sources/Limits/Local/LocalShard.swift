import Synchronization

/// Tenants that share a lock.
///
/// Unchecked: everything but the lock is only touched inside `withLock`, and no ledger leaves it.
final class LocalShard: @unchecked Sendable {
    private let mutex = Mutex(())
    private let maxCounters: Int
    private var ledgers: [LimitTenant: TenantLedger] = [:]
    private var counterCount = 0
    private var nextPruning = 0

    init(maxCounters: Int) {
        self.maxCounters = maxCounters
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

    /// Makes room for so many more counters, forgetting stale ones if that is necessary. Answers false when there is
    /// none.
    func admit(_ added: Int, at now: Int) -> Bool {
        if added == 0 { return true }
        // Looking at all of them costs time: not more than once a second.
        if counterCount + added > maxCounters, now >= nextPruning {
            nextPruning = now + 1000
            prune(at: now)
        }
        guard counterCount + added <= maxCounters else { return false }
        counterCount += added
        return true
    }

    /// Frees every lease that has ended and forgets what has no effect any more.
    func sweep(at now: Int) -> Int {
        var freed = 0
        for ledger in ledgers.values { freed += ledger.freeEnded(at: now, limit: .max) }
        prune(at: now)
        ledgers = ledgers.filter { !$0.value.isEmpty }
        return freed
    }

    private func prune(at now: Int) {
        counterCount = 0
        for ledger in ledgers.values {
            ledger.prune(at: now)
            counterCount += ledger.counterCount
        }
    }
}
