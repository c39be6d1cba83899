import Limits
import Policy
import Testing

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

    @Test func countersAreBoundedAndStaleOnesMakeRoom() throws {
        let store = LocalLimitStore(maxCounters: 4, clock: clock.read)
        func claims(_ number: Int) -> [LimitClaim] {
            [
                claim(.key, .tokens, .second, max: 10, tenant: acme, subject: "\(number)"),
                claim(.key, .requests, .second, max: 10, tenant: acme, subject: "\(number)"),
            ]
        }
        for number in 1...2 { #expect(try reserve(store, claims(number)).reservation != nil) }
        #expect(throws: LimitStoreFailure.full) { _ = try reserve(store, claims(3)) }
        #expect(try reserve(store, claims(1)).reservation != nil)
        clock.advance(2000)
        for number in 3...4 { #expect(try reserve(store, claims(number)).reservation != nil) }
        #expect(throws: LimitStoreFailure.full) { _ = try reserve(store, claims(5)) }
    }

    @Test func renewalsDoNotFillTheMemory() async throws {
        let store = LocalLimitStore(clock: clock.read)
        let slots = [claim(.tenant, .concurrency, nil, max: 10, tenant: acme)]
        let reservation = try #require(try reserve(store, slots).reservation)
        for _ in 0..<5000 {
            clock.advance(1000)
            try await store.renew([reservation], leaseMilliseconds: 30_000, on: anyLoop)
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
        let store = LocalLimitStore(maxCounters: 1, clock: clock.read)
        #expect(
            try reserve(store, [claim(.key, .tokens, .second, max: 9, tenant: acme, subject: "a")]).reservation != nil)
        clock.advance(40_000)
        #expect(try await store.sweep(on: anyLoop) == 1)
        #expect(
            try reserve(store, [claim(.key, .tokens, .second, max: 9, tenant: acme, subject: "b")]).reservation != nil)
    }
}
