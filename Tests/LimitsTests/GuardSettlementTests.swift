import Limits
import Policy
import Testing

/// What becomes of usage when the store is away, or has forgotten.
@Suite struct GuardSettlementTests {
    let fixture = GuardFixture()

    /// Usage of an outage counts when it was, not when the store is back.
    @Test func whatWasKeptCountsInItsTime() async throws {
        fixture.store.become(.failing(GuardFixture.down))
        let early = try #require(try await fixture.reserve(.open).reservation)
        fixture.advance(40_000)
        #expect(try await fixture.settle(early, 100) == .deferred)
        fixture.advance(110_000)
        let late = try #require(try await fixture.reserve(.open).reservation)
        #expect(try await fixture.settle(late, 10) == .deferred)
        fixture.store.become(.healthy)
        await fixture.pass(100)
        #expect(fixture.sut.metrics.waiting == 0)
        fixture.advance(500)
        // Two and a half minutes later: the day has both, the minute the second one.
        #expect(try await fixture.amounts() == [Amounts(2, 0), Amounts(10, 0)])
        fixture.advance(60_000 - 30_600)
        #expect(try await fixture.amounts()[1] == Amounts(10, 0))
    }

    /// The wall clock of a replica may be wrong, and be corrected meanwhile.
    @Test func ageIsMeasuredByTheSteadyClock() async throws {
        fixture.store.become(.failing(GuardFixture.down))
        let reservation = try #require(try await fixture.reserve(.open).reservation)
        fixture.clock.advance(-3 * oneHour)
        #expect(try await fixture.settle(reservation, 100) == .deferred)
        fixture.clock.advance(3 * oneHour)
        fixture.store.become(.healthy)
        await fixture.pass(600)
        #expect(try await fixture.settle(reservation, 100) == .alreadySettled)
        #expect(try await fixture.amounts() == [Amounts(1, 0), Amounts(100, 0)])
    }

    @Test func aReservationTheStoreHasLostIsChargedOnce() async throws {
        let reservation = try #require(try await fixture.reserve(.closed, tokens(200)).reservation)
        fixture.store.loseEverything()
        fixture.advance(70_000)
        #expect(try await fixture.settle(reservation, 60) == .settled)
        // In the minute it was made in.
        #expect(try await fixture.amounts() == [Amounts(1, 0), Amounts(50, 0)])
        for _ in 0..<3 { #expect(try await fixture.settle(reservation, 60) == .alreadySettled) }
        #expect(try await fixture.amounts() == [Amounts(1, 0), Amounts(50, 0)])
        #expect(fixture.sut.metrics.forgotten == 1)
    }

    @Test func settlingTwiceIsSettlingOnce() async throws {
        let reservation = try #require(try await fixture.reserve(.closed, tokens(200)).reservation)
        #expect(try await fixture.settle(reservation, 60) == .settled)
        for _ in 0..<3 { #expect(try await fixture.settle(reservation, 60) == .alreadySettled) }
        #expect(try await fixture.amounts() == [Amounts(1, 0), Amounts(60, 0)])
        #expect(fixture.sut.metrics.forgotten == 0)
    }

    /// Kept without having been tried: if the store comes back empty, the usage is counted.
    @Test func aStoreThatComesBackEmptyIsToldWhatWasUsed() async throws {
        let reservation = try #require(try await fixture.reserve(.closed, tokens(200)).reservation)
        fixture.store.become(.failing(GuardFixture.down))
        for _ in 0..<3 { _ = try await fixture.reserve(.open) }
        #expect(try await fixture.settle(reservation, 60) == .deferred)
        fixture.store.loseEverything()
        fixture.store.become(.healthy)
        await fixture.pass(600)
        #expect(try await fixture.amounts() == [Amounts(1, 0), Amounts(60, 0)])
        #expect(fixture.sut.metrics.forgotten == 1)
        #expect(fixture.sut.metrics.replayed == 1)
    }

    /// Tried, and perhaps done: counting it again would be counting it twice.
    @Test func aCallThatMayHaveWorkedIsNotCountedAgain() async throws {
        let reservation = try #require(try await fixture.reserve(.closed, tokens(200)).reservation)
        fixture.store.become(.losingAnswers(.timedOut))
        #expect(try await fixture.settle(reservation, 60) == .deferred)
        fixture.store.become(.healthy)
        await fixture.pass(100)
        #expect(fixture.sut.metrics.waiting == 0)
        #expect(try await fixture.amounts() == [Amounts(1, 0), Amounts(60, 0)])
    }

    @Test func aChargeInThePlaceOfALostReservationIsKept() async throws {
        let reservation = try #require(try await fixture.reserve(.closed, tokens(200)).reservation)
        fixture.store.become(.failing(GuardFixture.down))
        for _ in 0..<3 { _ = try await fixture.reserve(.open) }
        #expect(try await fixture.settle(reservation, 60) == .deferred)
        fixture.store.loseEverything()
        // The store answers that it knows nothing, and is away again before the charge.
        fixture.store.become(.refusingCharges(.timedOut))
        await fixture.pass(600)
        #expect(fixture.sut.metrics.waiting == 1)
        fixture.store.become(.healthy)
        await fixture.pass(600)
        #expect(try await fixture.amounts() == [Amounts(1, 0), Amounts(60, 0)])
    }

    @Test func livingRequestsAreHeldAgainAfterAnOutage() async throws {
        let slots = [claim(.tenant, .concurrency, nil, max: 2, tenant: fixture.acme)]
        var running: [Reservation] = []
        for _ in 0..<2 {
            running.append(try #require(try await fixture.reserve(.closed, claims: slots).reservation))
        }
        fixture.store.become(.failing(GuardFixture.down))
        for _ in 0..<3 { _ = try await fixture.reserve(.open) }
        #expect(await fixture.sut.renew(running, leaseMilliseconds: 30_000, on: anyLoop).isEmpty)
        fixture.advance(31_000)
        fixture.store.become(.healthy)
        await fixture.pass(100)
        #expect(await fixture.sut.sweep(on: anyLoop) == 2)
        let renewed = await fixture.sut.renew(running, leaseMilliseconds: 30_000, on: anyLoop)
        #expect(renewed.count == 2)
        #expect(try await fixture.reserve(.closed, claims: slots).refusal != nil)
        for reservation in running { #expect(try await fixture.settle(reservation, 0) == .settled) }
        #expect(try await fixture.reserve(.closed, claims: slots).reservation != nil)
    }

    @Test func theEndWaitsForWhatIsKeptAlsoInATaskThatIsCancelled() async throws {
        fixture.store.become(.failing(GuardFixture.down))
        for _ in 0..<3 { _ = try await fixture.reserve(.open) }
        let reservation = try #require(try await fixture.reserve(.open).reservation)
        #expect(try await fixture.settle(reservation, 60) == .deferred)
        fixture.store.become(.healthy)
        fixture.advance(500)
        let (sut, gate) = (fixture.sut, AsyncStream<Void>.makeStream())
        let task = Task {
            for await _ in gate.stream {}
            #expect(Task.isCancelled)
            return await sut.finish(within: .seconds(10), on: anyLoop)
        }
        task.cancel()
        #expect(await task.value == 0)
        #expect(fixture.sut.metrics.lost == 0)
        #expect(try await fixture.amounts() == [Amounts(1, 0), Amounts(60, 0)])
    }

    @Test func whatCannotBeCountedAtTheEndIsLostAndSaidSo() async throws {
        fixture.store.become(.failing(GuardFixture.down))
        for _ in 0..<4 {
            let reservation = try #require(try await fixture.reserve(.open).reservation)
            _ = try await fixture.settle(reservation, 60)
        }
        #expect(await fixture.sut.finish(within: .milliseconds(20), pause: .milliseconds(1), on: anyLoop) == 4)
        #expect(fixture.sut.metrics.lost == 4)
        #expect(fixture.sut.metrics.waiting == 0)
        // Nothing to wait for.
        #expect(await fixture.sut.finish(within: .seconds(60), on: anyLoop) == 0)
    }
}
