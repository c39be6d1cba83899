import Limits
import NIOCore
import Synchronization

/// A store in process that fails on command.
final class FakeLimitStore: LimitStore {
    enum Mood: Sendable, Equatable {
        case healthy
        case failing(LimitStoreFailure)
        /// Does what it is asked, and fails all the same.
        case losingAnswers(LimitStoreFailure)
        /// Does not answer until it is healthy again.
        case hanging
    }

    private struct State {
        var mood = Mood.healthy
        var calls = 0
        var hung: [CheckedContinuation<Void, Never>] = []
    }

    let local: LocalLimitStore
    let keepsDeadline: Bool
    private let state = Mutex(State())

    init(clock: TestClock, keepsDeadline: Bool = true) {
        local = LocalLimitStore(clock: clock.read)
        self.keepsDeadline = keepsDeadline
    }

    /// Calls that arrived, whatever became of them.
    var calls: Int { state.withLock { $0.calls } }
    var hanging: Int { state.withLock { $0.hung.count } }

    func become(_ mood: Mood) {
        let hung = state.withLock { state in
            state.mood = mood
            defer { state.hung = [] }
            return state.hung
        }
        for continuation in hung { continuation.resume() }
    }

    func reserve(
        _ request: ReservationRequest, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> ReserveOutcome {
        try await attempt { store throws(LimitStoreFailure) in try await store.reserve(request, on: loop) }
    }

    func settle(
        _ reservation: Reservation, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        try await attempt { store throws(LimitStoreFailure) in
            try await store.settle(reservation, actuals: actuals, on: loop)
        }
    }

    func renew(
        _ reservations: [Reservation], leaseMilliseconds: Int, on loop: any EventLoop
    ) async throws(LimitStoreFailure) {
        try await attempt { store throws(LimitStoreFailure) in
            try await store.renew(reservations, leaseMilliseconds: leaseMilliseconds, on: loop)
        }
    }

    func charge(
        _ claims: [LimitClaim], tenant: LimitTenant, id: ReservationID, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        try await attempt { store throws(LimitStoreFailure) in
            try await store.charge(claims, tenant: tenant, id: id, actuals: actuals, on: loop)
        }
    }

    func inspect(
        _ claims: [LimitClaim], tenant: LimitTenant, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> [LimitState] {
        try await attempt { store throws(LimitStoreFailure) in
            try await store.inspect(claims, tenant: tenant, on: loop)
        }
    }

    func sweep(on loop: any EventLoop) async throws(LimitStoreFailure) -> Int {
        try await attempt { store throws(LimitStoreFailure) in try await store.sweep(on: loop) }
    }

    private func attempt<Success>(
        _ call: (LocalLimitStore) async throws(LimitStoreFailure) -> Success
    ) async throws(LimitStoreFailure) -> Success {
        let mood = state.withLock {
            $0.calls += 1
            return $0.mood
        }
        switch mood {
        case .healthy: return try await call(local)
        case .failing(let failure): throw failure
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
