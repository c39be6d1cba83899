import Limits
import Logging
import NIOCore
import Policy
import Synchronization
import Testing

@Suite struct LimitStoreGuardTests {
    static let down = LimitStoreFailure.unavailable(reason: "gone", retryAfterMilliseconds: 1000)

    let clock = TestClock()
    let store: FakeLimitStore
    let sut: LimitStoreGuard
    let changes = Changes()
    let tenant = LimitTenant("acme")

    final class Changes: Sendable {
        let seen = Mutex<[Bool]>([])
    }

    init() {
        store = FakeLimitStore(clock: clock)
        sut = Self.make(store, clock, changes)
    }

    static func make(
        _ store: FakeLimitStore, _ clock: TestClock, _ changes: Changes, maxDeferred: Int = 100
    ) -> LimitStoreGuard {
        LimitStoreGuard(
            primary: store, breaker: CircuitBreaker(threshold: 3, probeInterval: 500), maxDeferred: maxDeferred,
            logger: Logger(label: "test"), clock: clock.read,
            onChange: { isDegraded in changes.seen.withLock { $0.append(isDegraded) } })
    }

    var claims: [LimitClaim] {
        [
            claim(.tenant, .requests, .minute, max: 50, tenant: tenant),
            claim(.tenant, .tokens, .minute, max: 1000, tenant: tenant),
        ]
    }

    func reserve(
        _ mode: PlanPolicy.OnStoreOutage, _ demand: LimitDemand = tokens(10), on sut: LimitStoreGuard? = nil
    ) async throws -> ReserveOutcome {
        try await (sut ?? self.sut).reserve(
            ReservationRequest(
                id: .random(), tenant: tenant, claims: claims, demand: demand, leaseMilliseconds: 30_000),
            onOutage: mode, on: anyLoop)
    }

    func amounts() async throws -> [Amounts] {
        try await store.local.inspect(claims, tenant: tenant, on: anyLoop).map { Amounts($0) }
    }

    /// Fails until the breaker opens.
    func breakDown() async throws {
        store.become(.failing(Self.down))
        for _ in 0..<3 { _ = try await reserve(.open) }
        #expect(sut.isDegraded)
    }

    func recover() async {
        store.become(.healthy)
        clock.advance(500)
        await sut.maintain(on: anyLoop)
        #expect(!sut.isDegraded)
    }

    @Test func passesThroughWhileHealthy() async throws {
        let reservation = try #require(try await reserve(.closed).reservation)
        #expect(reservation.origin == .store)
        #expect(try await amounts() == [Amounts(0, 1), Amounts(0, 10)])
        #expect(try await sut.settle(reservation, actuals: used(4), on: anyLoop) == .settled)
        #expect(try await sut.inspect(claims, tenant: tenant, on: anyLoop).map { Amounts($0) } == amounts())
        #expect(sut.metrics.failures == 0 && sut.metrics.deferred == 0)
        #expect(!sut.isDegraded)
    }

    @Test func stopsCallingAStoreThatFails() async throws {
        try await breakDown()
        let calls = store.calls
        for _ in 0..<20 { _ = try await reserve(.open) }
        #expect(store.calls == calls)
        #expect(changes.seen.withLock { $0 } == [true])
        #expect(sut.metrics.outages == 1)
        #expect(sut.metrics.failures == 3)
        #expect(sut.metrics.admittedOpen == 23)
        await #expect(throws: LimitStoreFailure.self) { _ = try await sut.inspect(claims, tenant: tenant, on: anyLoop) }
    }

    @Test func aSuccessInBetweenStartsCountingAnew() async throws {
        for _ in 0..<5 {
            store.become(.failing(.timedOut))
            for _ in 0..<2 { _ = try await reserve(.open) }
            store.become(.healthy)
            _ = try await reserve(.open)
        }
        #expect(!sut.isDegraded)
        #expect(sut.metrics.failures == 10)
    }

    @Test func closedRefusesWithATime() async throws {
        store.become(.failing(.timedOut))
        for _ in 0..<5 {
            let failure = await #expect(throws: LimitStoreFailure.self) { _ = try await reserve(.closed) }
            guard case .unavailable(_, let retry) = failure else {
                Issue.record("not unavailable: \(String(describing: failure))")
                return
            }
            #expect(retry == 1000)
        }
        #expect(sut.metrics.unavailable == 5)
    }

    @Test func openAdmitsEverythingAndChargesItLater() async throws {
        try await breakDown()
        var admitted: [Reservation] = []
        for _ in 0..<100 {
            let reservation = try #require(try await reserve(.open, tokens(500)).reservation)
            #expect(reservation.origin == .unmetered && reservation.isDegraded)
            admitted.append(reservation)
        }
        for reservation in admitted.prefix(3) {
            #expect(try await sut.settle(reservation, actuals: used(100), on: anyLoop) == .deferred)
        }
        #expect(sut.metrics.waiting == 3)
        await recover()
        #expect(try await amounts() == [Amounts(3, 0), Amounts(300, 0)])
        #expect(sut.metrics.replayed == 3)
        #expect(sut.metrics.waiting == 0)
        // The store is back: what is settled now is charged at once.
        #expect(try await sut.settle(admitted[3], actuals: used(50), on: anyLoop) == .settled)
        #expect(try await sut.settle(admitted[3], actuals: used(50), on: anyLoop) == .alreadySettled)
        #expect(try await amounts() == [Amounts(4, 0), Amounts(350, 0)])
        #expect(changes.seen.withLock { $0 } == [true, false])
    }

    @Test func leaseAdmitsATenthAndRefusesAsUsual() async throws {
        store.become(.failing(Self.down))
        var admitted = 0
        var refusal: Refusal?
        for _ in 0..<20 {
            switch try await reserve(.lease) {
            case .admitted(let reservation):
                #expect(reservation.origin == .lease)
                admitted += 1
            case .refused(let it): refusal = it
            }
        }
        // 50 requests a minute: 5 for this replica.
        #expect(admitted == 5)
        let refused = try #require(refusal)
        #expect(refused.isDegraded)
        #expect(refused.binding == 0)
        #expect(refused.limit.max == 5)
        // The share is used up; what the limit has left is not known.
        #expect(refused.retryAfterMilliseconds == 2000)
        #expect(sut.metrics.admittedByLease == 5)
        #expect(sut.metrics.refusedByLease == 15)
    }

    @Test func leaseGivesNoMoreThanWasLeft() async throws {
        let first = try #require(try await reserve(.lease, tokens(970)).reservation)
        store.become(.failing(Self.down))
        // 30 tokens were left; a tenth would be 100.
        #expect(try await reserve(.lease, tokens(20)).reservation != nil)
        #expect(try await reserve(.lease, tokens(11)).refusal?.limit.max == 30)
        #expect(try await sut.settle(first, actuals: used(970), on: anyLoop) == .deferred)
        // When the window has passed, what was left says nothing any more.
        clock.advance(120_000)
        #expect(try await reserve(.lease, tokens(100)).reservation?.states[1].max == 100)
    }

    @Test func leasesAreSettledAndChargedOnce() async throws {
        try await breakDown()
        let reservation = try #require(try await reserve(.lease, tokens(100)).reservation)
        #expect(try await reserve(.lease, tokens(100)).reservation == nil)
        _ = await sut.renew([reservation], leaseMilliseconds: 60_000, on: anyLoop)
        clock.advance(40_000)
        #expect(try await reserve(.lease, tokens(100)).reservation == nil)
        #expect(try await sut.settle(reservation, actuals: used(10), on: anyLoop) == .deferred)
        // 90 of the share are free again.
        #expect(try await reserve(.lease, tokens(90)).reservation != nil)
        store.become(.losingAnswers(.timedOut))
        clock.advance(500)
        await sut.maintain(on: anyLoop)
        #expect(sut.isDegraded)
        await recover()
        #expect(try await amounts() == [Amounts(1, 0), Amounts(10, 0)])
    }

    @Test func aCallWhoseAnswerIsLostCountsOnce() async throws {
        let reservation = try #require(try await reserve(.lease, tokens(100)).reservation)
        store.become(.losingAnswers(.timedOut))
        #expect(try await sut.settle(reservation, actuals: used(60), on: anyLoop) == .deferred)
        // The store has made this reservation, but nobody knows.
        let second = try #require(try await reserve(.open, tokens(200)).reservation)
        #expect(second.origin == .unmetered)
        #expect(try await amounts() == [Amounts(1, 1), Amounts(60, 200)])
        store.become(.healthy)
        #expect(try await sut.settle(second, actuals: used(70), on: anyLoop) == .settled)
        await sut.maintain(on: anyLoop)
        #expect(try await amounts() == [Amounts(2, 0), Amounts(130, 0)])
        #expect(sut.metrics.waiting == 0)
    }

    @Test func nothingIsReplayedBeforeAProbeSucceeds() async throws {
        try await breakDown()
        let reservation = try #require(try await reserve(.open).reservation)
        _ = try await sut.settle(reservation, actuals: used(100), on: anyLoop)
        clock.advance(499)
        let calls = store.calls
        await sut.maintain(on: anyLoop)
        #expect(store.calls == calls)
        clock.advance(1)
        await sut.maintain(on: anyLoop)
        // The probe, and nothing else.
        #expect(store.calls == calls + 1)
        #expect(sut.metrics.waiting == 1)
        await recover()
        #expect(try await amounts() == [Amounts(1, 0), Amounts(100, 0)])
        #expect(sut.metrics.deferred == 1)
        #expect(sut.metrics.replayed == 1)
    }

    @Test func aReplayThatFailsStaysInTheQueue() async throws {
        let reservations = [try await reserve(.lease).reservation, try await reserve(.lease).reservation]
        for failure in [Self.down, .cancelled] {
            store.become(.failing(failure))
            let reservation = try #require(reservations[failure == .cancelled ? 1 : 0])
            #expect(try await sut.settle(reservation, actuals: used(9), on: anyLoop) == .deferred)
            await sut.maintain(on: anyLoop)
            #expect(!sut.isDegraded)
        }
        #expect(sut.metrics.waiting == 2)
        #expect(sut.metrics.lost == 0)
        store.become(.healthy)
        await sut.maintain(on: anyLoop)
        #expect(try await amounts() == [Amounts(2, 0), Amounts(18, 0)])
        // A call the store will never take does not hold up the others.
        let next = try #require(try await reserve(.lease).reservation)
        store.become(.failing(.timedOut))
        #expect(try await sut.settle(next, actuals: used(9), on: anyLoop) == .deferred)
        store.become(.failing(.invalid("no")))
        await sut.maintain(on: anyLoop)
        #expect(sut.metrics.waiting == 0)
        #expect(sut.metrics.lost == 1)
    }

    @Test func sweepsTheStoreAndTheShare() async throws {
        _ = try await reserve(.lease)
        try await breakDown()
        _ = try await reserve(.lease)
        clock.advance(30_000)
        #expect(await sut.sweep(on: anyLoop) == 1)
        await recover()
        #expect(await sut.sweep(on: anyLoop) == 1)
        #expect(try await amounts() == [Amounts(0, 0), Amounts(0, 0)])
    }

    @Test func theQueueIsBounded() async throws {
        let sut = Self.make(store, clock, changes, maxDeferred: 2)
        store.become(.failing(Self.down))
        for _ in 0..<5 {
            let reservation = try #require(try await reserve(.open, on: sut).reservation)
            #expect(try await sut.settle(reservation, actuals: used(1), on: anyLoop) == .deferred)
        }
        #expect(sut.metrics.waiting == 2)
        #expect(sut.metrics.lost == 3)
    }

    @Test func whatIsNotAnOutageGoesThrough() async throws {
        store.become(.failing(.full))
        for _ in 0..<10 {
            await #expect(throws: LimitStoreFailure.full) { _ = try await reserve(.lease) }
        }
        #expect(!sut.isDegraded)
        #expect(sut.metrics.failures == 0)
    }

    @Test func aCancelledSettleIsKept() async throws {
        let reservation = try #require(try await reserve(.lease).reservation)
        store.become(.failing(.cancelled))
        #expect(try await sut.settle(reservation, actuals: used(3), on: anyLoop) == .deferred)
        #expect(!sut.isDegraded)
        store.become(.healthy)
        await sut.maintain(on: anyLoop)
        #expect(try await amounts() == [Amounts(1, 0), Amounts(3, 0)])
    }
}
