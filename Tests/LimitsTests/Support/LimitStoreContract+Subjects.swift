import Limits
import Policy
import Testing

extension LimitStoreContract {
    private static let most = StoreUnderTest.maxSubjects

    static let subjects = [
        LimitStoreContract(name: "names that clients choose take no room from others") { store async throws in
            let acme = LimitTenant("names")
            func claims(_ number: Int, _ tenant: LimitTenant) -> [LimitClaim] {
                [
                    claim(.tenant, .requests, .day, max: 1000, tenant: tenant, calendar: utcDay(noon)),
                    claim(
                        .endUser, .requests, .day, max: 3, tenant: tenant, subject: "u\(number)", calendar: utcDay(noon)
                    ),
                ]
            }
            func reserve(_ number: Int, _ tenant: LimitTenant) async throws -> ReserveOutcome {
                try await store.reserve(claims(number, tenant), tokens(0), of: tenant)
            }
            for number in 0..<most {
                let own = try #require(try await reserve(number, acme).reservation)
                #expect(own.states.map { Amounts($0) } == [Amounts(0, number + 1), Amounts(0, 1)])
                #expect(!own.claims[1].counter.isOverflow)
            }
            // Those beyond share one counter, and so its maximum.
            var shared: [Reservation] = []
            for number in 0..<3 {
                let reservation = try #require(try await reserve(100 + number, acme).reservation)
                #expect(reservation.states[1].counter.isOverflow)
                #expect(Amounts(reservation.states[1]) == Amounts(0, number + 1))
                shared.append(reservation)
            }
            let refusal = try #require(try await reserve(200, acme).refusal)
            #expect(refusal.binding == 1)
            #expect(refusal.limit.counter.isOverflow)
            #expect(try await store.state(claims(300, acme), of: acme) == [Amounts(0, most + 3), Amounts(0, 3)])
            // Who was there before goes on alone; and other tenants do not notice.
            #expect(try await store.state(claims(0, acme), of: acme)[1] == Amounts(0, 1))
            #expect(try await reserve(0, acme).reservation?.states[1].reserved == 2)
            let other = LimitTenant("names2")
            #expect(try await reserve(500, other).reservation?.states[1].counter.isOverflow == false)
            // What is shared is settled, renewed and freed where it was reserved.
            #expect(try await store.settle(shared[0], used(0)) == .settled)
            #expect(try await store.settle(shared[0], used(0)) == .alreadySettled)
            #expect(try await store.state(claims(300, acme), of: acme)[1] == Amounts(1, 2))
            store.clock.advance(30_000)
            #expect(try await store.sweep() == most + 4)
            #expect(try await store.state(claims(300, acme), of: acme)[1] == Amounts(1, 0))
            try await store.renew([shared[1]])
            #expect(try await store.state(claims(300, acme), of: acme)[1] == Amounts(1, 1))
            #expect(try await store.charge(ReservationID(1), claims(301, acme), of: acme, used(0)) == .settled)
            #expect(try await store.state(claims(302, acme), of: acme)[1] == Amounts(2, 1))
        },
        LimitStoreContract(name: "a limit's bound is its own") { store async throws in
            let acme = LimitTenant("own-bound")
            for number in 0..<(3 * most) {
                let claims = [claim(.keyModel, .tokens, .hour, max: 100, tenant: acme, subject: "k/\(number)")]
                _ = try await store.reserve(claims, tokens(1), of: acme)
            }
            let claims = [
                claim(.keyModel, .requests, .hour, max: 100, tenant: acme, subject: "k/1000"),
                claim(.tenantModel, .tokens, .hour, max: 100, tenant: acme, subject: "1000"),
                claim(.keyModel, .tokens, .minute, max: 100, tenant: acme, subject: "k/1000"),
                claim(.keyModel, .concurrency, nil, max: 100, tenant: acme, subject: "k/1000"),
                claim(.keyModel, .tokens, .hour, max: 100, tenant: acme, subject: "k/1000"),
            ]
            let reservation = try #require(try await store.reserve(claims, tokens(1), of: acme).reservation)
            #expect(reservation.claims.map(\.counter.isOverflow) == [false, false, false, false, true])
        },
        LimitStoreContract(name: "subjects of periods that are over make room") { store async throws in
            let acme = LimitTenant("room")
            func claims(_ number: Int) -> [LimitClaim] {
                [claim(.endUser, .requests, .minute, max: 100, tenant: acme, subject: "u\(number)")]
            }
            for number in 0..<most { _ = try await store.reserve(claims(number), tokens(0), of: acme) }
            #expect(
                try await store.reserve(claims(50), tokens(0), of: acme).reservation?.claims[0].counter.isOverflow
                    == true)
            store.clock.advance(90_000)
            // Two of them are still there.
            for number in 0..<2 { _ = try await store.reserve(claims(number), tokens(0), of: acme) }
            store.clock.advance(60_000)
            for number in 60..<(60 + most - 2) {
                let reservation = try #require(try await store.reserve(claims(number), tokens(0), of: acme).reservation)
                #expect(reservation.claims[0].counter.isOverflow == false, "\(number)")
            }
            #expect(
                try await store.reserve(claims(99), tokens(0), of: acme).reservation?.claims[0].counter.isOverflow
                    == true)
            #expect(
                try await store.reserve(claims(0), tokens(0), of: acme).reservation?.claims[0].counter.isOverflow
                    == false)
        },
    ]

    static let shadows = [
        LimitStoreContract(name: "shadow limits tell what they would have done") { store async throws in
            let acme = LimitTenant("would")
            let claims = [
                claim(.tenant, .requests, .minute, max: 2, tenant: acme, shadow: true),
                claim(.tenant, .tokens, .minute, max: 1000, tenant: acme),
                claim(.key, .tokens, .minute, max: 150, tenant: acme, subject: "k", shadow: true),
                claim(.key, .concurrency, nil, max: 0, tenant: acme, subject: "k", shadow: true),
            ]
            func reserve(_ need: Int, wanting want: Int) async throws -> ReserveOutcome {
                try await store.reserve(claims, tokens(need, wanting: want), of: acme)
            }
            func would(_ states: [LimitState]?) -> [Bool]? { states?.map(\.wouldRefuse) }
            // What is wanted does not count, what is needed does; an empty window takes everything.
            let first = try #require(try await reserve(100, wanting: 400).reservation)
            #expect(would(first.states) == [false, false, false, true])
            #expect(first.tokens == 400)
            #expect(try await store.settle(first, used(100)) == .settled)
            let second = try #require(try await reserve(50, wanting: 50).reservation)
            #expect(would(second.states) == [false, false, false, true])
            let third = try #require(try await reserve(1, wanting: 1).reservation)
            #expect(would(third.states) == [true, false, true, true])
            #expect(would(try await reserve(900, wanting: 900).refusal?.states) == [true, true, true, true])
            let states = try await store.store.inspect(claims, tenant: acme, on: anyLoop)
            #expect(would(states) == [true, false, true, true])
            let other = [claim(.key, .tokens, .minute, max: 150, tenant: acme, subject: "l", shadow: true)]
            #expect(would(try await store.store.inspect(other, tenant: acme, on: anyLoop)) == [false])
        }
    ]
}
