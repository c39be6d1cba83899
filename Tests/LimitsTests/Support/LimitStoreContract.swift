import Limits
import Policy
import Testing

/// What every limit store must do. Each check uses tenants of its own, so that all can run on one store; those with
/// global counters cannot, and need the store for themselves.
struct LimitStoreContract: Sendable, CustomTestStringConvertible {
    let name: String
    let check: @Sendable (StoreUnderTest) async throws -> Void

    var testDescription: String { name }

    static let all = admission + settlement + leases + renewal + outage + zones + clocks + subjects + shadows + global
}

extension LimitStoreContract {
    static let admission = [
        LimitStoreContract(name: "all or nothing") { store async throws in
            let acme = LimitTenant("all-or-nothing")
            let claims = [
                claim(.tenant, .requests, .minute, max: 100, tenant: acme),
                claim(.tenant, .tokens, .minute, max: 1000, tenant: acme),
                claim(.key, .tokens, .hour, max: 150, tenant: acme, subject: "k1"),
                claim(.key, .concurrency, nil, max: 5, tenant: acme, subject: "k1"),
            ]
            _ = try await store.reserve(claims, tokens(100), of: acme)
            let before = try await store.state(claims, of: acme)
            #expect(before == [Amounts(0, 1), Amounts(0, 100), Amounts(0, 100), Amounts(0, 1)])
            let refusal = try #require(try await store.reserve(claims, tokens(60), of: acme).refusal)
            #expect(refusal.binding == 2)
            #expect(refusal.requested == 60)
            #expect(refusal.states.map { Amounts($0) } == before)
            #expect(refusal.limit.remaining == 50)
            #expect(try await store.state(claims, of: acme) == before)
        },
        LimitStoreContract(name: "grants what there is room for, the same everywhere") { store async throws in
            let acme = LimitTenant("grants")
            let claims = [
                claim(.tenant, .tokens, .minute, max: 1000, tenant: acme),
                claim(.key, .tokens, .minute, max: 300, tenant: acme, subject: "k"),
                claim(.user, .cost, .minute, max: 200_000, tenant: acme, subject: "u"),
            ]
            let first = try #require(try await store.reserve(claims, tokens(50, wanting: 500), of: acme).reservation)
            #expect(first.tokens == 300)
            #expect(first.cost == 200_000)
            #expect(first.holdings.map(\.amount) == [300, 300, 200_000])
            #expect(first.states.map(\.remaining) == [700, 0, 0])
            #expect(try await store.reserve(claims, tokens(1), of: acme).refusal?.binding == 2)
        },
        LimitStoreContract(name: "an empty window admits whatever its size, a limit of 0 nothing") {
            store async throws in
            let acme = LimitTenant("empty")
            let small = [claim(.tenant, .tokens, .minute, max: 10, tenant: acme)]
            let first = try #require(try await store.reserve(small, tokens(4000), of: acme).reservation)
            #expect(first.tokens == 4000)
            #expect(first.states[0].remaining == -3990)
            #expect(try await store.reserve(small, tokens(1), of: acme).reservation == nil)
            let none = [claim(.key, .tokens, .minute, max: 0, tenant: acme, subject: "k")]
            let refusal = try #require(try await store.reserve(none, tokens(0), of: acme).refusal)
            #expect(refusal.retryAfterMilliseconds == 120_000)
        },
        LimitStoreContract(name: "shadow limits count and never refuse") { store async throws in
            let acme = LimitTenant("shadow")
            let claims = [
                claim(.tenant, .requests, .minute, max: 1, tenant: acme, shadow: true),
                claim(.tenant, .tokens, .minute, max: 1000, tenant: acme),
            ]
            for _ in 0..<3 { #expect(try await store.reserve(claims, tokens(10), of: acme).reservation != nil) }
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 3), Amounts(0, 30)])
            let states = try await store.store.inspect(claims, tenant: acme, on: anyLoop)
            #expect(states[0].remaining == -2)
        },
        LimitStoreContract(name: "minutes slide") { store async throws in
            let acme = LimitTenant("slide")
            let claims = [claim(.tenant, .tokens, .minute, max: 1000, tenant: acme)]
            let first = try #require(try await store.reserve(claims, tokens(1000), of: acme).reservation)
            #expect(first.states[0].resetsAt == noon + 120_000)
            #expect(try await store.settle(first, used(1000)) == .settled)
            store.clock.set(noon + 60_000)
            let refusal = try #require(try await store.reserve(claims, tokens(400), of: acme).refusal)
            #expect(refusal.retryAfterMilliseconds == 24_000)
            store.clock.set(noon + 83_999)
            #expect(try await store.reserve(claims, tokens(400), of: acme).refusal?.retryAfterMilliseconds == 1)
            store.clock.set(noon + 84_000)
            #expect(try await store.reserve(claims, tokens(400), of: acme).reservation != nil)
            #expect(try await store.state(claims, of: acme) == [Amounts(600, 400)])
        },
        LimitStoreContract(name: "days end at midnight") { store async throws in
            let acme = LimitTenant("days")
            let day = utcDay(noon)
            let claims = [claim(.tenant, .cost, .day, max: 1000, tenant: acme, calendar: day)]
            let first = try #require(try await store.reserve(claims, tokens(1), of: acme).reservation)
            #expect(first.states[0].resetsAt == day.end)
            let refusal = try #require(try await store.reserve(claims, tokens(1), of: acme).refusal)
            #expect(refusal.retryAfterMilliseconds == day.end - noon)
            store.clock.set(day.end)
            // The claims still have the old day's boundaries; the store knows the next day all the same.
            #expect(try await store.reserve(claims, tokens(1), of: acme).reservation != nil)
            #expect(try await store.settle(first, used(5)) == .settled)
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 1000)])
        },
        LimitStoreContract(name: "the limit that has room last binds") { store async throws in
            let acme = LimitTenant("binding")
            let claims = [
                claim(.tenant, .requests, .second, max: 1, tenant: acme),
                claim(.tenant, .requests, .hour, max: 1, tenant: acme),
                claim(.tenant, .requests, .minute, max: 1, tenant: acme),
                claim(.tenant, .concurrency, nil, max: 1, tenant: acme),
            ]
            _ = try await store.reserve(claims, tokens(0), of: acme)
            let refusal = try #require(try await store.reserve(claims, tokens(0), of: acme).refusal)
            #expect(refusal.binding == 1)
            #expect(refusal.requested == 1)
            #expect(refusal.retryAfterMilliseconds == 7_200_000)
        },
        LimitStoreContract(name: "large amounts keep every unit") { store async throws in
            let acme = LimitTenant("large")
            let big = 9_007_199_254_740_991
            let claims = [claim(.tenant, .cost, .hour, max: big, tenant: acme)]
            let demand = LimitDemand(tokens: .init(need: 0, want: 0), cost: .init(need: big - 1, want: big - 1))
            let first = try #require(try await store.reserve(claims, demand, of: acme).reservation)
            #expect(first.states[0].remaining == 1)
            #expect(try await store.settle(first, LimitActuals(requests: 1, tokens: 0, cost: big - 1)) == .settled)
            store.clock.set(noon + 3_600_000 + 1)
            // 9007199254740990 × 3599999 / 3600000, rounded up
            #expect(try await store.state(claims, of: acme) == [Amounts(9_007_196_752_741_198, 0)])
        },
        LimitStoreContract(name: "no claims, no limits") { store async throws in
            let acme = LimitTenant("no-claims")
            let free = try #require(try await store.reserve([], tokens(5, wanting: 9), of: acme).reservation)
            #expect(free.tokens == 9)
            #expect(try await store.settle(free, used(9)) == .settled)
            try await store.renew([free])
        },
        LimitStoreContract(name: "mistakes of the caller change nothing") { store async throws in
            let acme = LimitTenant("mistakes")
            let claims = [claim(.tenant, .requests, .minute, max: 10, tenant: acme)]
            let foreign = [claim(.tenant, .requests, .minute, max: 10, tenant: LimitTenant("other"))]
            await #expect(throws: LimitStoreFailure.invalid("a claim belongs to another tenant")) {
                _ = try await store.reserve(claims + foreign, tokens(0), of: acme)
            }
            _ = try await store.reserve(ReservationID(1), claims, of: acme, tokens(0))
            await #expect(throws: LimitStoreFailure.invalid("the id is in use")) {
                _ = try await store.reserve(ReservationID(1), claims, of: acme, tokens(0))
            }
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 1)])
        },
    ]
}

extension StoreUnderTest {
    func reserve(_ claims: [LimitClaim], _ demand: LimitDemand, of tenant: LimitTenant) async throws -> ReserveOutcome {
        try await reserve(.random(), claims, of: tenant, demand)
    }
}
