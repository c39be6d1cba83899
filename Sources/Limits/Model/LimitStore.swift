package import NIOCore

/// Keeps limit counters. Every call is one atomic step; `loop` is where the caller runs.
///
/// Cancelling the calling task may end a call with `cancelled`; whether it took effect is then unknown. Who settles
/// should do it in a task that is not cancelled.
package protocol LimitStore: Sendable {
    /// Whether every call ends within a deadline of the store's own. If not, ``LimitStoreGuard`` keeps the time.
    var keepsDeadline: Bool { get }

    /// Which part of the store serves a tenant's claims, when its parts can fail apart; 0 up to
    /// ``LimitStoreGuard/domainCount``.
    func failureDomain(of tenant: LimitTenant, _ claims: [LimitClaim]) -> Int

    /// Reserves on all claims, or on none.
    func reserve(
        _ request: ReservationRequest, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> ReserveOutcome

    /// Gives back what is reserved and counts what was used, in the periods the reservation was made in. Once: a
    /// second call changes nothing.
    func settle(
        _ reservation: Reservation, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome

    /// Makes the leases end `leaseMilliseconds` from now. What a lease held that has ended meanwhile is held again, even
    /// if there is no room for it; a reservation that was settled stays gone. A failure for some ends nothing for the
    /// others.
    func renew(_ reservations: [Reservation], leaseMilliseconds: Int, on loop: any EventLoop) async -> RenewOutcome

    /// Counts usage that was never reserved. Once per id. What an unfinished `reserve` of the same id may hold is given
    /// back.
    ///
    /// - Parameter age: how many milliseconds ago the usage began. It counts in the periods of that time; where such a
    ///   period has no effect any more, nothing is counted.
    func charge(
        _ claims: [LimitClaim], tenant: LimitTenant, id: ReservationID, actuals: LimitActuals, age: Int,
        on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome

    /// The limits as they stand, one per claim.
    func inspect(
        _ claims: [LimitClaim], tenant: LimitTenant, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> [LimitState]

    /// Frees the leases that have ended, of every tenant; answers how many. A failure with one tenant's ends nothing
    /// for the others.
    func sweep(on loop: any EventLoop) async throws(LimitStoreFailure) -> Int
}

extension LimitStore {
    package func failureDomain(of tenant: LimitTenant, _ claims: [LimitClaim]) -> Int { 0 }
}
