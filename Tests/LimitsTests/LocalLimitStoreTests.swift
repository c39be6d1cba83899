import Policy
import Testing

@testable import Limits

/// What only the store in process has: bounds of its memory, and threads.
@Suite struct LocalLimitStoreTests {
    let clock = TestClock()
    let acme = LimitTenant("acme")

    private func reserve(
        _ store: LocalLimitStore, _ claims: [LimitClaim], lease: Int = 30_000
    ) throws(LimitStoreFailure) -> ReserveOutcome {
        try store.reserve(
            ReservationRequest(
                id: .random(), tenant: acme, claims: claims, demand: tokens(1), leaseMilliseconds: lease))
    }

    private func perKey(_ number: Int, of tenant: LimitTenant? = nil) -> [LimitClaim] {
        [claim(.key, .requests, .minute, max: 10, tenant: tenant ?? acme, subject: "\(number)")]
    }

    @Test func aShardThatIsFullKeepsFewSubjectsApartAndRefusesNobody() throws {
        let store = LocalLimitStore(maxCounters: 300, maxSubjects: 1000, clock: clock.read)
        func isOverflow(_ claims: [LimitClaim], of tenant: LimitTenant) throws -> Bool? {
            let request = ReservationRequest(
                id: .random(), tenant: tenant, claims: claims, demand: tokens(1), leaseMilliseconds: 3_600_000)
            return try store.reserve(request).reservation?.claims[0].counter.isOverflow
        }
        for number in 0..<300 { #expect(try isOverflow(perKey(number), of: acme) == false) }
        for number in 300..<310 { #expect(try isOverflow(perKey(number), of: acme) == true) }
        #expect(try reserve(store, perKey(310)).refusal != nil)
        // Whoever shares the shard has room for some subjects all the same, and for what is no subject.
        let others = (0..<500).map { LimitTenant("t\($0)") }.filter { $0.hash & 63 == acme.hash & 63 }
        for other in others {
            for number in 0..<256 { #expect(try isOverflow(perKey(number, of: other), of: other) == false) }
            #expect(try isOverflow(perKey(256, of: other), of: other) == true)
            let own = [claim(.tenant, .requests, .minute, max: 1000, tenant: other)]
            #expect(try isOverflow(own, of: other) == false)
        }
        #expect(others.count > 1)
        clock.advance(120_000)
        #expect(try isOverflow(perKey(400), of: acme) == false)
    }

    @Test func slotsAreNotBounded() throws {
        let store = LocalLimitStore(maxCounters: 1, maxSubjects: 1, clock: clock.read)
        for number in 0..<50 {
            let slots = [claim(.endUser, .concurrency, nil, max: 1, tenant: acme, subject: "\(number)")]
            #expect(try reserve(store, slots).reservation?.claims[0].counter.isOverflow == false)
        }
    }

    /// Leases are measured by a clock that nobody sets.
    @Test func aClockThatJumpsFreesNothing() async throws {
        let steady = TestClock(5)
        let store = LocalLimitStore(clock: clock.read, steadyClock: steady.read)
        let slots = [claim(.tenant, .concurrency, nil, max: 1, tenant: acme)]
        let reservation = try #require(try reserve(store, slots).reservation)
        #expect(reservation.states[0].resetsAt == noon + 30_000)
        for jump in [oneHour, -3 * oneHour, 400 * oneDay, -500 * oneDay] {
            clock.advance(jump)
            #expect(try await store.sweep(on: anyLoop) == 0)
            #expect(try reserve(store, slots).refusal != nil)
        }
        steady.advance(20_000)
        _ = await store.renew([reservation], leaseMilliseconds: 30_000, on: anyLoop)
        steady.advance(29_999)
        #expect(try reserve(store, slots).refusal != nil)
        steady.advance(1)
        #expect(try reserve(store, slots).reservation != nil)
        #expect(try store.settle(reservation, actuals: used(0)) == .settled)
    }

    /// As many leases may end at once as there may be.
    @Test func everyLapsedLeaseIsRemembered() async throws {
        let store = LocalLimitStore(clock: clock.read)
        let claims = [claim(.tenant, .requests, .day, max: 1_000_000, tenant: acme, calendar: utcDay(noon))]
        var all: [Reservation] = []
        for _ in 0..<40_000 { all.append(try #require(try reserve(store, claims).reservation)) }
        clock.advance(30_000)
        #expect(try await store.sweep(on: anyLoop) == 40_000)
        for reservation in all { #expect(try store.settle(reservation, actuals: used(1)) == .settled) }
        #expect(try await store.inspect(claims, tenant: acme, on: anyLoop).map { Amounts($0) } == [Amounts(40_000, 0)])
    }

    @Test func rememberedIDsAreBoundedByThoseThatAreThere() {
        var ids = BoundedIDSet(capacity: 10)
        // Removed ones take no place from others.
        func insert(_ number: Int, at now: Int) -> Bool { ids.insert(ReservationID(number), at: now) }
        func remove(_ number: Int) -> Bool { ids.remove(ReservationID(number)) }
        func known() -> [Int] { (0..<2000).filter { ids.contains(ReservationID($0)) } }
        for number in 0..<1000 {
            #expect(insert(number, at: number))
            if number >= 5 { #expect(remove(number)) }
        }
        #expect(known() == [0, 1, 2, 3, 4])
        for number in 1000..<1008 { #expect(insert(number, at: number)) }
        #expect(known() == [3, 4] + Array(1000..<1008))
        #expect(!insert(1000, at: 5000))
        ids.forget(before: 1005)
        #expect(known() == [1006, 1007])
    }

    @Test func renewalsDoNotFillTheMemory() async throws {
        let store = LocalLimitStore(clock: clock.read)
        let slots = [claim(.tenant, .concurrency, nil, max: 10, tenant: acme)]
        let reservation = try #require(try reserve(store, slots).reservation)
        for _ in 0..<5000 {
            clock.advance(1000)
            _ = await store.renew([reservation], leaseMilliseconds: 30_000, on: anyLoop)
        }
        #expect(try await store.sweep(on: anyLoop) == 0)
        clock.advance(30_000)
        #expect(try await store.sweep(on: anyLoop) == 1)
    }

    /// Threads that race for the same limits never get more than there is, and leave nothing behind.
    @Test func threadsShareExactly() async throws {
        let store = LocalLimitStore(clock: clock.read)
        let count = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    let tenant = LimitTenant("t\(worker % 2)")
                    let claims = [
                        claim(.global, .requests, .hour, max: 1500, tenant: tenant),
                        claim(.tenant, .requests, .hour, max: 1000, tenant: tenant),
                        claim(.tenant, .concurrency, nil, max: 4, tenant: tenant),
                    ]
                    var admitted = 0
                    for _ in 0..<500 {
                        let request = ReservationRequest(
                            id: .random(), tenant: tenant, claims: claims, demand: tokens(0), leaseMilliseconds: 30_000)
                        guard let reservation = try? store.reserve(request).reservation else { continue }
                        admitted += 1
                        _ = try? store.settle(reservation, actuals: used(0))
                    }
                    return admitted
                }
            }
            return await group.reduce(0, +)
        }
        let tenant = LimitTenant("t0")
        let states = try await store.inspect(
            [
                claim(.global, .requests, .hour, max: 1500, tenant: tenant),
                claim(.tenant, .concurrency, nil, max: 4, tenant: tenant),
            ], tenant: tenant, on: anyLoop)
        #expect(count == 1500)
        #expect(states.map { Amounts($0) } == [Amounts(1500, 0), Amounts(0, 0)])
    }

    @Test func sweepingForgetsWhatHasPassed() async throws {
        let store = LocalLimitStore(maxSubjects: 1, clock: clock.read)
        #expect(try reserve(store, perKey(1)).reservation?.claims[0].counter.isOverflow == false)
        #expect(try reserve(store, perKey(2)).reservation?.claims[0].counter.isOverflow == true)
        clock.advance(120_000)
        #expect(try await store.sweep(on: anyLoop) == 2)
        #expect(try reserve(store, perKey(2)).reservation?.claims[0].counter.isOverflow == false)
        // Ids of leases that ended are remembered for a day.
        clock.advance(oneDay)
        _ = try await store.sweep(on: anyLoop)
        clock.advance(oneDay)
        _ = try await store.sweep(on: anyLoop)
        #expect(store.isEmpty)
    }
}
