import Limits
import NIOCore
import Synchronization

/// A store in process that fails on command, in parts if need be.
final class FakeLimitStore: LimitStore {
    enum Mood: Sendable, Equatable {
        case healthy
        case failing(LimitStoreFailure)
        /// Reads, and fails where it would have to write.
        case refusingWrites(LimitStoreFailure)
        /// Settles, and reserves nothing: a server that is out of memory.
        case refusingReservations(LimitStoreFailure)
        /// Does everything but charge.
        case refusingCharges(LimitStoreFailure)
        /// Does what it is asked, and fails all the same.
        case losingAnswers(LimitStoreFailure)
        /// Does not answer until it is healthy again.
        case hanging
    }

    private enum Kind {
        case reserving
        case charging
        case writing
        case reading
    }

    private struct State {
        var mood = Mood.healthy
        /// Of one tenant alone.
        var moods: [LimitTenant: Mood] = [:]
        var calls = 0
        var local: LocalLimitStore
        var hung: [CheckedContinuation<Void, Never>] = []
    }

    let keepsDeadline: Bool
    private let clock: TestClock
    private let domains: [LimitTenant: Int]
    private let state: Mutex<State>

    /// - Parameter domains: which part of the store serves a tenant; 0 for others.
    init(clock: TestClock, keepsDeadline: Bool = true, domains: [LimitTenant: Int] = [:]) {
        self.clock = clock
        self.keepsDeadline = keepsDeadline
        self.domains = domains
        state = Mutex(State(local: LocalLimitStore(clock: clock.read)))
    }

    var local: LocalLimitStore { state.withLock { $0.local } }
    /// Calls that arrived, whatever became of them.
    var calls: Int { state.withLock { $0.calls } }
    var hanging: Int { state.withLock { $0.hung.count } }

    /// - Parameter tenant: whose calls it is about; nil: all.
    func become(_ mood: Mood, for tenant: LimitTenant? = nil) {
        let hung = state.withLock { state in
            if let tenant { state.moods[tenant] = mood } else { state.mood = mood }
            defer { state.hung = [] }
            return state.hung
        }
        for continuation in hung { continuation.resume() }
    }

    /// Forgets everything, as a server does that comes back empty.
    func loseEverything() {
        state.withLock { $0.local = LocalLimitStore(clock: clock.read) }
    }

    func failureDomain(of tenant: LimitTenant, _ claims: [LimitClaim]) -> Int { domains[tenant] ?? 0 }

    func reserve(
        _ request: ReservationRequest, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> ReserveOutcome {
        try await attempt(.reserving, request.tenant) { store throws(LimitStoreFailure) in
            try await store.reserve(request, on: loop)
        }
    }

    func settle(
        _ reservation: Reservation, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        try await attempt(.writing, reservation.tenant) { store throws(LimitStoreFailure) in
            try await store.settle(reservation, actuals: actuals, on: loop)
        }
    }

    func renew(_ reservations: [Reservation], leaseMilliseconds: Int, on loop: any EventLoop) async -> RenewOutcome {
        var outcome = RenewOutcome()
        for reservation in reservations {
            do throws(LimitStoreFailure) {
                let part = try await attempt(.writing, reservation.tenant) { store in
                    await store.renew([reservation], leaseMilliseconds: leaseMilliseconds, on: loop)
                }
                outcome.renewed += part.renewed
            } catch {
                outcome.failure = error
            }
        }
        return outcome
    }

    func charge(
        _ claims: [LimitClaim], tenant: LimitTenant, id: ReservationID, actuals: LimitActuals, age: Int,
        on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        try await attempt(.charging, tenant) { store throws(LimitStoreFailure) in
            try await store.charge(claims, tenant: tenant, id: id, actuals: actuals, age: age, on: loop)
        }
    }

    func inspect(
        _ claims: [LimitClaim], tenant: LimitTenant, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> [LimitState] {
        try await attempt(.reading, tenant) { store throws(LimitStoreFailure) in
            try await store.inspect(claims, tenant: tenant, on: loop)
        }
    }

    func sweep(on loop: any EventLoop) async throws(LimitStoreFailure) -> Int {
        try await attempt(.writing, nil) { store throws(LimitStoreFailure) in try await store.sweep(on: loop) }
    }

    private func attempt<Success>(
        _ kind: Kind, _ tenant: LimitTenant?, _ call: (LocalLimitStore) async throws(LimitStoreFailure) -> Success
    ) async throws(LimitStoreFailure) -> Success {
        let (mood, local) = state.withLock { state in
            state.calls += 1
            return (tenant.flatMap { state.moods[$0] } ?? state.mood, state.local)
        }
        switch mood {
        case .healthy: return try await call(local)
        case .failing(let failure): throw failure
        case .refusingWrites(let failure):
            if kind != .reading { throw failure }
            return try await call(local)
        case .refusingReservations(let failure):
            if kind == .reserving { throw failure }
            return try await call(local)
        case .refusingCharges(let failure):
            if kind == .charging { throw failure }
            return try await call(local)
        case .losingAnswers(let failure):
            _ = try await call(local)
            throw failure
        case .hanging:
            await withCheckedContinuation { continuation in
                let isOver = state.withLock {
                    if $0.mood == .hanging { $0.hung.append(continuation) }
                    return $0.mood != .hanging
                }
                if isOver { continuation.resume() }
            }
            return try await call(local)
        }
    }
}
