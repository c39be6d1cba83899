import Logging
import NIOCore
import Policy
import Synchronization

@testable import Limits

/// A guard before a store that fails on command, with clocks that the test moves.
struct GuardFixture {
    static let down = LimitStoreFailure.unavailable(reason: "gone", retryAfterMilliseconds: 1000)

    final class Changes: Sendable {
        let seen = Mutex<[Bool]>([])
    }

    let clock = TestClock()
    let steady = TestClock(1_000_000)
    let store: FakeLimitStore
    let sut: LimitStoreGuard
    let changes = Changes()
    let acme = LimitTenant("acme")

    init(domains: [LimitTenant: Int] = [:], maxDeferred: Int = 100) {
        store = FakeLimitStore(clock: clock, domains: domains)
        sut = LimitStoreGuard(
            primary: store, breaker: CircuitBreaker(threshold: 3, probeInterval: 500, firstProbeAfter: 100),
            maxDeferred: maxDeferred, logger: Logger(label: "test"), clock: clock.read, steadyClock: steady.read,
            onChange: { [changes] isDegraded in changes.seen.withLock { $0.append(isDegraded) } })
    }

    /// Of both clocks.
    func advance(_ milliseconds: Int) {
        clock.advance(milliseconds)
        steady.advance(milliseconds)
    }

    func claims(_ tenant: LimitTenant? = nil) -> [LimitClaim] {
        let tenant = tenant ?? acme
        return [
            claim(.tenant, .requests, .day, max: 50, tenant: tenant, calendar: utcDay(noon)),
            claim(.tenant, .tokens, .minute, max: 1000, tenant: tenant),
        ]
    }

    func reserve(
        _ mode: PlanPolicy.OnStoreOutage, _ demand: LimitDemand = tokens(1), of tenant: LimitTenant? = nil,
        claims: [LimitClaim]? = nil
    ) async throws -> ReserveOutcome {
        let tenant = tenant ?? acme
        return try await sut.reserve(
            ReservationRequest(
                id: .random(), tenant: tenant, claims: claims ?? self.claims(tenant), demand: demand,
                leaseMilliseconds: 30_000),
            onOutage: mode, on: anyLoop)
    }

    func amounts(_ tenant: LimitTenant? = nil) async throws -> [Amounts] {
        try await store.local.inspect(claims(tenant), tenant: tenant ?? acme, on: anyLoop).map { Amounts($0) }
    }

    func settle(_ reservation: Reservation, _ tokens: Int) async throws -> SettleOutcome {
        try await sut.settle(reservation, actuals: used(tokens), on: anyLoop)
    }

    /// Time goes by, and what has to be done meanwhile is done.
    func pass(_ milliseconds: Int) async {
        for _ in 0..<(milliseconds / 50) {
            advance(50)
            await sut.maintain(on: anyLoop)
        }
    }

    /// How many of so many requests the share admits, in as many steps of 50 milliseconds.
    func admitted(_ count: Int, of tenant: LimitTenant? = nil) async throws -> Int {
        var admitted = 0
        for _ in 0..<count {
            if try await reserve(.lease, of: tenant).reservation != nil { admitted += 1 }
            await pass(50)
        }
        return admitted
    }
}
