import Limits
import NIOCore
import Synchronization

/// A store in process that counts how often it is asked.
final class CountingLimitStore: LimitStore {
    struct Counts {
        var reserved = 0
        var settled = 0
    }

    private let store: LocalLimitStore
    private let state = Mutex(Counts())

    init(clock: @escaping @Sendable () -> Int) {
        store = LocalLimitStore(clock: clock)
    }

    var counts: Counts { state.withLock { $0 } }
    var keepsDeadline: Bool { true }

    func reserve(
        _ request: ReservationRequest, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> ReserveOutcome {
        state.withLock { $0.reserved += 1 }
        return try await store.reserve(request, on: loop)
    }

    func settle(
        _ reservation: Reservation, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        state.withLock { $0.settled += 1 }
        return try await store.settle(reservation, actuals: actuals, on: loop)
    }

    func renew(_ reservations: [Reservation], leaseMilliseconds: Int, on loop: any EventLoop) async -> RenewOutcome {
        await store.renew(reservations, leaseMilliseconds: leaseMilliseconds, on: loop)
    }

    func charge(
        _ claims: [LimitClaim], tenant: LimitTenant, id: ReservationID, actuals: LimitActuals, age: Int,
        on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        try await store.charge(claims, tenant: tenant, id: id, actuals: actuals, age: age, on: loop)
    }

    func inspect(
        _ claims: [LimitClaim], tenant: LimitTenant, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> [LimitState] {
        try await store.inspect(claims, tenant: tenant, on: loop)
    }

    func sweep(on loop: any EventLoop) async throws(LimitStoreFailure) -> Int { try await store.sweep(on: loop) }
}
