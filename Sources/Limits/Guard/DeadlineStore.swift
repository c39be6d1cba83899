import NIOCore

/// Ends every call of a store that might hang. The call itself goes on in a task that is cancelled and not waited for.
struct DeadlineStore: LimitStore {
    let store: any LimitStore
    let deadline: TimeAmount

    var keepsDeadline: Bool { true }

    func reserve(
        _ request: ReservationRequest, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> ReserveOutcome {
        try await bounded(loop) { store, loop throws(LimitStoreFailure) in try await store.reserve(request, on: loop) }
    }

    func settle(
        _ reservation: Reservation, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        try await bounded(loop) { store, loop throws(LimitStoreFailure) in
            try await store.settle(reservation, actuals: actuals, on: loop)
        }
    }

    func failureDomain(of tenant: LimitTenant, _ claims: [LimitClaim]) -> Int {
        store.failureDomain(of: tenant, claims)
    }

    func renew(_ reservations: [Reservation], leaseMilliseconds: Int, on loop: any EventLoop) async -> RenewOutcome {
        do throws(LimitStoreFailure) {
            return try await bounded(loop) { store, loop in
                await store.renew(reservations, leaseMilliseconds: leaseMilliseconds, on: loop)
            }
        } catch {
            return RenewOutcome(failure: error)
        }
    }

    func charge(
        _ claims: [LimitClaim], tenant: LimitTenant, id: ReservationID, actuals: LimitActuals, age: Int,
        on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        try await bounded(loop) { store, loop throws(LimitStoreFailure) in
            try await store.charge(claims, tenant: tenant, id: id, actuals: actuals, age: age, on: loop)
        }
    }

    func inspect(
        _ claims: [LimitClaim], tenant: LimitTenant, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> [LimitState] {
        try await bounded(loop) { store, loop throws(LimitStoreFailure) in
            try await store.inspect(claims, tenant: tenant, on: loop)
        }
    }

    func sweep(on loop: any EventLoop) async throws(LimitStoreFailure) -> Int {
        try await bounded(loop) { store, loop throws(LimitStoreFailure) in try await store.sweep(on: loop) }
    }

    private func bounded<Success: Sendable>(
        _ loop: any EventLoop,
        _ call: @escaping @Sendable (any LimitStore, any EventLoop) async throws(LimitStoreFailure) -> Success
    ) async throws(LimitStoreFailure) -> Success {
        let race = Race<Success>()
        let task = Task { [store] in
            do throws(LimitStoreFailure) {
                race.end(.success(try await call(store, loop)))
            } catch {
                race.end(.failure(error))
            }
        }
        let timer = loop.scheduleTask(in: deadline) {
            if race.end(.failure(.timedOut)) { task.cancel() }
        }
        defer { timer.cancel() }
        return try await race.value().get()
    }
}
