import Limits
import Policy
import Testing

extension LimitStoreContract {
    static let renewal = [
        LimitStoreContract(name: "a living request whose lease ended is held again") { store async throws in
            let acme = LimitTenant("again")
            let claims = [
                claim(.tenant, .concurrency, nil, max: 2, tenant: acme),
                claim(.tenant, .tokens, .hour, max: 1000, tenant: acme),
                claim(.key, .requests, .second, max: 10, tenant: acme, subject: "k"),
            ]
            let first = try #require(try await store.reserve(claims, tokens(100), of: acme).reservation)
            let second = try #require(try await store.reserve(claims, tokens(200), of: acme).reservation)
            store.clock.advance(30_000)
            #expect(try await store.sweep() == 2)
            let other = try #require(try await store.reserve(claims, tokens(10), of: acme).reservation)
            try await store.renew([first, second])
            // More than there is room for, and nothing in the second that is long over.
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 3), Amounts(0, 310), Amounts(0, 1)])
            #expect(try await store.reserve(claims, tokens(1), of: acme).refusal?.binding == 0)
            // Renewed twice is held once.
            try await store.renew([first])
            #expect(try await store.state(claims, of: acme)[0] == Amounts(0, 3))
            #expect(try await store.settle(first, used(50)) == .settled)
            #expect(try await store.settle(first, used(50)) == .alreadySettled)
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 2), Amounts(50, 210), Amounts(0, 1)])
            #expect(try await store.settle(other, used(10)) == .settled)
            // The new lease ends like any other.
            store.clock.advance(29_999)
            #expect(try await store.state(claims, of: acme)[0] == Amounts(0, 1))
            store.clock.advance(1)
            #expect(try await store.state(claims, of: acme)[0] == .none)
            #expect(try await store.settle(second, used(70)) == .settled)
            #expect(try await store.state(claims, of: acme)[1] == Amounts(130, 0))
        },
        LimitStoreContract(name: "many are held again at once") { store async throws in
            let acme = LimitTenant("crowd-again")
            let claims = [claim(.tenant, .concurrency, nil, max: 300, tenant: acme)]
            var all: [Reservation] = []
            for _ in 0..<300 {
                all.append(try #require(try await store.reserve(claims, tokens(0), of: acme).reservation))
            }
            store.clock.advance(30_000)
            #expect(try await store.state(claims, of: acme) == [.none])
            try await store.renew(all)
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 300)])
            for reservation in all { #expect(try await store.settle(reservation, used(0)) == .settled) }
            #expect(try await store.state(claims, of: acme) == [.none])
        },
        LimitStoreContract(name: "a lapsed lease whose counter is lost is held again") { store async throws in
            let acme = LimitTenant("again-lost")
            let claims = [
                claim(.tenant, .tokens, .day, max: 1000, tenant: acme, calendar: utcDay(noon)),
                claim(.tenant, .tokens, .minute, max: 1000, tenant: acme),
            ]
            let reservation = try #require(try await store.reserve(claims, tokens(400), of: acme).reservation)
            store.clock.advance(60_000)
            #expect(try await store.sweep() == 1)
            for claim in claims { try await store.lose(claim.counter) }
            try await store.renew([reservation])
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 400), Amounts(0, 400)])
            store.clock.advance(15_000)
            #expect(try await store.settle(reservation, used(100)) == .settled)
            #expect(try await store.state(claims, of: acme) == [Amounts(100, 0), Amounts(75, 0)])
        },
    ]
}
