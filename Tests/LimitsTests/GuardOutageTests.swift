import Limits
import Policy
import Synchronization
import Testing

/// What is lent while a store is away, or half of it, or half away.
@Suite struct GuardOutageTests {
    /// A tenth of 50 requests a day, however long it lasts.
    @Test(
        arguments: [
            .failing(GuardFixture.down), .refusingWrites(GuardFixture.down), .refusingReservations(GuardFixture.down),
            .losingAnswers(.timedOut),
        ] as [FakeLimitStore.Mood])
    func oneOutageLendsOneShare(_ mood: FakeLimitStore.Mood) async throws {
        let fixture = GuardFixture()
        fixture.store.become(mood)
        #expect(try await fixture.admitted(400) == 5)
        #expect(fixture.sut.isDegraded)
        #expect(fixture.changes.seen.withLock { $0 } == [true])
        #expect(fixture.sut.metrics.outages == 1)
    }

    /// A store that takes a probe and refuses what matters is no reason to lend again.
    @Test func aProbeAloneGivesNoNewShare() async throws {
        let fixture = GuardFixture()
        fixture.store.become(.failing(GuardFixture.down), for: fixture.acme)
        #expect(try await fixture.admitted(400) == 5)
        #expect(fixture.sut.metrics.outages > 10)
        // Other tenants are served by it, as soon as it was probed.
        await fixture.pass(150)
        let other = LimitTenant("other")
        #expect(try await fixture.reserve(.lease, of: other).reservation?.origin == .store)
        #expect(try await fixture.admitted(100) == 0)
        // The tenth of the next day is another one.
        fixture.advance(oneDay)
        #expect(try await fixture.admitted(100) == 5)
    }

    @Test func theShareBeginsAnewWhenTheStoreHasDecidedAgain() async throws {
        let fixture = GuardFixture()
        fixture.store.become(.failing(GuardFixture.down))
        var lent: [Reservation] = []
        for _ in 0..<10 {
            if let reservation = try await fixture.reserve(.lease).reservation { lent.append(reservation) }
        }
        #expect(lent.count == 5)
        for reservation in lent.prefix(3) { #expect(try await fixture.settle(reservation, 1) == .deferred) }
        fixture.store.become(.healthy)
        await fixture.pass(500)
        #expect(!fixture.sut.isDegraded)
        // Away again before anything was decided: nothing new.
        fixture.store.become(.failing(GuardFixture.down))
        #expect(try await fixture.reserve(.lease).reservation == nil)
        fixture.store.become(.healthy)
        await fixture.pass(500)
        #expect(try await fixture.reserve(.lease).reservation?.origin == .store)
        // Two of the last outage still run: they are held all the same.
        fixture.store.become(.failing(GuardFixture.down))
        #expect(try await fixture.admitted(50) == 3)
    }

    /// What was lent and is not counted yet would be lent twice.
    @Test func theShareWaitsUntilEverythingIsCounted() async throws {
        let fixture = GuardFixture()
        fixture.store.become(.failing(GuardFixture.down))
        let lent = try #require(try await fixture.reserve(.lease).reservation)
        #expect(try await fixture.settle(lent, 1) == .deferred)
        fixture.store.become(.healthy)
        #expect(try await fixture.reserve(.lease).reservation?.origin == .store)
        fixture.store.become(.failing(GuardFixture.down))
        var admitted = 0
        for _ in 0..<20 where try await fixture.reserve(.lease).reservation != nil { admitted += 1 }
        #expect(admitted == 4)
        fixture.store.become(.healthy)
        await fixture.pass(600)
        #expect(fixture.sut.metrics.waiting == 0)
        #expect(try await fixture.reserve(.lease).reservation?.origin == .store)
        fixture.store.become(.failing(GuardFixture.down))
        #expect(try await fixture.admitted(20) == 1)
    }

    /// A node of a cluster is away: its tenants are on their own, the others notice nothing.
    @Test func partsFailApart() async throws {
        let (one, two) = (LimitTenant("one"), LimitTenant("two"))
        let fixture = GuardFixture(domains: [one: 1, two: 2, LimitTenant("-1"): 1, LimitTenant("-2"): 2])
        for tenant in [one, LimitTenant("-1")] { fixture.store.become(.failing(GuardFixture.down), for: tenant) }
        var lent = 0
        for _ in 0..<100 {
            #expect(try await fixture.reserve(.closed, of: two).reservation?.origin != .lease)
            let calls = fixture.store.calls
            if try await fixture.reserve(.lease, of: one).reservation?.origin == .lease { lent += 1 }
            if fixture.sut.isDegraded, lent > 3 { #expect(fixture.store.calls == calls) }
            await fixture.pass(50)
            if fixture.sut.metrics.admittedByLease + fixture.sut.metrics.refusedByLease >= 50 { break }
        }
        #expect(lent == 5)
        #expect(fixture.sut.isDegraded)
        await #expect(throws: LimitStoreFailure.self) { _ = try await fixture.reserve(.closed, of: one) }
        await #expect(throws: LimitStoreFailure.self) {
            _ = try await fixture.sut.inspect(fixture.claims(one), tenant: one, on: anyLoop)
        }
        #expect(try await fixture.sut.inspect(fixture.claims(two), tenant: two, on: anyLoop).count == 2)
        // What waits for one part does not hold up the other.
        let open = try #require(try await fixture.reserve(.open, of: one).reservation)
        #expect(try await fixture.settle(open, 3) == .deferred)
        await fixture.pass(1000)
        #expect(fixture.sut.metrics.waiting == 1)
        for tenant in [one, LimitTenant("-1")] { fixture.store.become(.healthy, for: tenant) }
        await fixture.pass(600)
        #expect(!fixture.sut.isDegraded)
        #expect(try await fixture.amounts(one)[0] == Amounts(1, 0))
        #expect(fixture.changes.seen.withLock { $0 } == [true, false])
    }

    @Test func renewalsGoOnPastThePartThatIsAway() async throws {
        let (one, two) = (LimitTenant("one"), LimitTenant("two"))
        let fixture = GuardFixture(domains: [one: 1, two: 2, LimitTenant("-1"): 1])
        let first = try #require(try await fixture.reserve(.lease, of: one).reservation)
        let second = try #require(try await fixture.reserve(.lease, of: two).reservation)
        let free = try #require(try await fixture.reserve(.lease, of: two, claims: []).reservation)
        for tenant in [one, LimitTenant("-1")] { fixture.store.become(.failing(GuardFixture.down), for: tenant) }
        for _ in 0..<5 {
            let renewed = await fixture.sut.renew([first, second, free], leaseMilliseconds: 30_000, on: anyLoop)
            #expect(Set(renewed.map(\.id)) == [second.id, free.id])
        }
        #expect(fixture.sut.isDegraded)
        #expect(fixture.sut.metrics.failures == 3)
        fixture.store.become(.healthy, for: one)
        fixture.store.become(.healthy, for: LimitTenant("-1"))
        await fixture.pass(500)
        let renewed = await fixture.sut.renew([first, second], leaseMilliseconds: 30_000, on: anyLoop)
        #expect(Set(renewed.map(\.id)) == [first.id, second.id])
    }

    /// The share of a month is used up, the month's limit is perhaps not.
    @Test func aDegradedRefusalSaysComeBackSoonUnlessTheLimitItselfIsUsedUp() async throws {
        let fixture = GuardFixture()
        let used = try #require(try await fixture.reserve(.lease, tokens(985)).reservation)
        fixture.store.become(.failing(GuardFixture.down))
        for _ in 0..<5 { _ = try await fixture.reserve(.lease, tokens(1)) }
        let soon = try #require(try await fixture.reserve(.lease, tokens(1)).refusal)
        #expect(soon.isDegraded && soon.binding == 0)
        #expect(soon.retryAfterMilliseconds == 2000)
        // 15 tokens were left in the minute; whoever needs more than that has to wait for it.
        let late = try #require(try await fixture.reserve(.lease, tokens(30)).refusal)
        #expect(late.retryAfterMilliseconds == 120_000)
        #expect(try await fixture.settle(used, 985) == .deferred)
    }

    /// A clock that was ahead and came back does not keep the store away.
    @Test func theWallClockDecidesNothing() async throws {
        let fixture = GuardFixture()
        fixture.clock.advance(oneHour)
        fixture.store.become(.failing(GuardFixture.down))
        for _ in 0..<3 { _ = try await fixture.reserve(.open) }
        fixture.clock.advance(-oneHour)
        fixture.store.become(.healthy)
        await fixture.pass(100)
        #expect(!fixture.sut.isDegraded)
    }

    @Test func shadowLimitsThatWouldRefuseAreCounted() async throws {
        let fixture = GuardFixture()
        let claims = [
            claim(.tenant, .requests, .minute, max: 1, tenant: fixture.acme, shadow: true),
            claim(.key, .tokens, .hour, max: 100, tenant: fixture.acme, subject: "k", shadow: true),
            claim(.tenant, .tokens, .minute, max: 1000, tenant: fixture.acme),
        ]
        for _ in 0..<3 {
            _ = try await fixture.reserve(.lease, tokens(80), claims: claims)
        }
        let counts = fixture.sut.metrics.shadowRefusals
        #expect(counts.values.sorted() == [2, 2])
        let requests = try #require(counts.keys.first { $0.resource == .requests })
        #expect(requests.tenant == "acme" && requests.scope == .tenant && requests.period == .minute)
        // Refused by another limit, and would have been all the same.
        #expect(try await fixture.reserve(.lease, tokens(900), claims: claims).refusal?.binding == 2)
        #expect(fixture.sut.metrics.shadowRefusals[requests] == 3)
        // What a share says is not what the limit says.
        fixture.store.become(.failing(GuardFixture.down))
        _ = try await fixture.reserve(.lease, tokens(1), claims: claims)
        #expect(fixture.sut.metrics.shadowRefusals[requests] == 3)
    }

    @Test func countsOfShadowLimitsAreBounded() async throws {
        let fixture = GuardFixture()
        for number in 0..<1500 {
            let tenant = LimitTenant("t\(number)")
            let claims = [claim(.tenant, .requests, .minute, max: 0, tenant: tenant, shadow: true)]
            _ = try await fixture.reserve(.closed, of: tenant, claims: claims)
        }
        let counts = fixture.sut.metrics.shadowRefusals
        #expect(counts.count == 1025)
        #expect(counts.first { $0.key.tenant == "" }?.value == 476)
    }
}
