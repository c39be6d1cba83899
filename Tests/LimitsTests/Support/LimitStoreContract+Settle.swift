import Limits
import Policy
import Testing

extension LimitStoreContract {
    static let settlement = [
        LimitStoreContract(name: "settling returns what was not used, once") { store async throws in
            let acme = LimitTenant("refund")
            let claims = [
                claim(.tenant, .requests, .minute, max: 10, tenant: acme),
                claim(.tenant, .tokens, .minute, max: 1000, tenant: acme),
                claim(.tenant, .concurrency, nil, max: 5, tenant: acme),
            ]
            let reservation = try #require(try await store.reserve(claims, tokens(500), of: acme).reservation)
            #expect(try await store.settle(reservation, used(80)) == .settled)
            let after = [Amounts(1, 0), Amounts(80, 0), Amounts(0, 0)]
            #expect(try await store.state(claims, of: acme) == after)
            #expect(try await store.settle(reservation, used(80)) == .alreadySettled)
            #expect(try await store.state(claims, of: acme) == after)
        },
        LimitStoreContract(name: "overage leaves a negative balance") { store async throws in
            let acme = LimitTenant("overage")
            let claims = [claim(.tenant, .tokens, .minute, max: 1000, tenant: acme)]
            let reservation = try #require(try await store.reserve(claims, tokens(900), of: acme).reservation)
            #expect(try await store.settle(reservation, used(2500)) == .settled)
            let states = try await store.store.inspect(claims, tenant: acme, on: anyLoop)
            #expect(states[0].remaining == -1500)
            let refusal = try #require(try await store.reserve(claims, tokens(0), of: acme).refusal)
            // 2500 × rest / 60000 ≤ 1000 from a rest of 24 s on: 96 s after noon
            #expect(refusal.retryAfterMilliseconds == 96_000)
        },
        LimitStoreContract(name: "nothing lands in another period") { store async throws in
            let acme = LimitTenant("periods")
            let claims = [claim(.tenant, .tokens, .minute, max: 1000, tenant: acme)]
            let early = try #require(
                try await store.reserve(ReservationID(7), claims, of: acme, tokens(300), lease: 600_000).reservation)
            let late = try #require(
                try await store.reserve(ReservationID(8), claims, of: acme, tokens(300), lease: 600_000).reservation)
            store.clock.set(noon + 60_000)
            #expect(try await store.settle(early, used(900)) == .settled)
            // Of the minute before: 900 used, 300 reserved. Nothing of this one.
            store.clock.set(noon + 90_000)
            #expect(try await store.state(claims, of: acme) == [Amounts(450, 150)])
            store.clock.set(noon + 120_000)
            #expect(try await store.settle(late, used(5000)) == .settled)
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 0)])
        },
        LimitStoreContract(name: "settling nothing gives everything back") { store async throws in
            let acme = LimitTenant("nothing")
            let claims = [
                claim(.key, .requests, .second, max: 1, tenant: acme, subject: "k"),
                claim(.key, .cost, .hour, max: 1, tenant: acme, subject: "k"),
            ]
            let reservation = try #require(try await store.reserve(claims, tokens(3), of: acme).reservation)
            #expect(try await store.settle(reservation, .nothing) == .settled)
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 0), Amounts(0, 0)])
        },
        LimitStoreContract(name: "subjects do not share") { store async throws in
            let acme = LimitTenant("subjects")
            let other = LimitTenant("subjects2")
            let one = [claim(.key, .requests, .minute, max: 1, tenant: acme, subject: "a:b")]
            let two = [claim(.key, .requests, .minute, max: 1, tenant: acme, subject: "a%3Ab")]
            let three = [claim(.key, .requests, .minute, max: 1, tenant: other, subject: "a:b")]
            for (claims, tenant) in [(one, acme), (two, acme), (three, other)] {
                #expect(try await store.reserve(claims, tokens(0), of: tenant).reservation != nil)
                #expect(try await store.reserve(claims, tokens(0), of: tenant).reservation == nil)
            }
        },
    ]

    static let leases = [
        LimitStoreContract(name: "an ended lease is freed, and charged when it is settled after all") {
            store async throws in
            let acme = LimitTenant("lapse")
            let claims = [
                claim(.tenant, .tokens, .hour, max: 1000, tenant: acme),
                claim(.tenant, .concurrency, nil, max: 1, tenant: acme),
            ]
            let dead = try #require(try await store.reserve(claims, tokens(1000), of: acme).reservation)
            store.clock.advance(29_999)
            #expect(try await store.reserve(claims, tokens(1), of: acme).reservation == nil)
            store.clock.advance(1)
            let next = try #require(try await store.reserve(claims, tokens(10), of: acme).reservation)
            #expect(next.states.map { Amounts($0) } == [Amounts(0, 10), Amounts(0, 1)])
            #expect(try await store.settle(dead, used(70)) == .settled)
            #expect(try await store.state(claims, of: acme) == [Amounts(70, 10), Amounts(0, 1)])
            #expect(try await store.settle(dead, used(70)) == .alreadySettled)
            #expect(try await store.state(claims, of: acme) == [Amounts(70, 10), Amounts(0, 1)])
        },
        LimitStoreContract(name: "renewal keeps a lease") { store async throws in
            let acme = LimitTenant("renew")
            let claims = [claim(.tenant, .concurrency, nil, max: 2, tenant: acme)]
            let kept = try #require(try await store.reserve(claims, tokens(0), of: acme).reservation)
            let left = try #require(try await store.reserve(claims, tokens(0), of: acme).reservation)
            #expect(kept.states[0].resetsAt == noon + 30_000)
            store.clock.advance(20_000)
            try await store.renew([kept], lease: 60_000)
            store.clock.advance(59_999)
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 1)])
            store.clock.advance(1)
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 0)])
            // What was settled stays gone.
            #expect(try await store.settle(kept, used(0)) == .settled)
            #expect(try await store.settle(left, used(0)) == .settled)
            try await store.renew([kept, left])
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 0)])
        },
        LimitStoreContract(name: "sweeping frees the dead of every tenant") { store async throws in
            let tenants = (0..<3).map { LimitTenant("sweep-\($0)") }
            let claims = tenants.map { [claim(.tenant, .concurrency, nil, max: 200, tenant: $0)] }
            // Whatever other checks left behind.
            store.clock.set(noon + 10_000_000)
            while try await store.sweep() > 0 {}
            for (tenant, claims) in zip(tenants, claims) {
                for _ in 0..<70 { _ = try await store.reserve(claims, tokens(0), of: tenant) }
            }
            #expect(try await store.sweep() == 0)
            store.clock.advance(30_000)
            #expect(try await store.sweep() == 210)
            #expect(try await store.sweep() == 0)
            for (tenant, claims) in zip(tenants, claims) {
                #expect(try await store.state(claims, of: tenant) == [Amounts(0, 0)])
            }
        },
        LimitStoreContract(name: "a decision frees every lease that stands in its way") { store async throws in
            let acme = LimitTenant("crowd")
            let claims = [claim(.tenant, .tokens, .hour, max: 300, tenant: acme)]
            for _ in 0..<300 { _ = try await store.reserve(claims, tokens(1), of: acme) }
            #expect(try await store.reserve(claims, tokens(1), of: acme).reservation == nil)
            store.clock.advance(30_000)
            let all = try #require(try await store.reserve(claims, tokens(300), of: acme).reservation)
            #expect(all.states.map { Amounts($0) } == [Amounts(0, 300)])
        },
    ]

    static let outage = [
        LimitStoreContract(name: "a charge counts once") { store async throws in
            let acme = LimitTenant("charge")
            let claims = [
                claim(.tenant, .requests, .minute, max: 10, tenant: acme),
                claim(.tenant, .tokens, .minute, max: 100, tenant: acme),
                claim(.tenant, .concurrency, nil, max: 1, tenant: acme),
            ]
            let id = ReservationID(high: 1, low: 1)
            #expect(try await store.charge(id, claims, of: acme, used(150)) == .settled)
            #expect(try await store.charge(id, claims, of: acme, used(150)) == .alreadySettled)
            #expect(try await store.state(claims, of: acme) == [Amounts(1, 0), Amounts(150, 0), Amounts(0, 0)])
        },
        LimitStoreContract(name: "a charge gives back what an unfinished reserve holds") { store async throws in
            let acme = LimitTenant("unfinished")
            let claims = [
                claim(.tenant, .tokens, .minute, max: 100, tenant: acme),
                claim(.tenant, .concurrency, nil, max: 1, tenant: acme),
            ]
            let lost = try #require(try await store.reserve(claims, tokens(90), of: acme).reservation)
            #expect(try await store.charge(lost.id, claims, of: acme, used(20)) == .settled)
            #expect(try await store.state(claims, of: acme) == [Amounts(20, 0), Amounts(0, 0)])
            #expect(try await store.settle(lost, used(20)) == .alreadySettled)
        },
    ]

    static let global = [
        LimitStoreContract(name: "global counters are shared, all or nothing with the tenant's") { store async throws in
            let tenants = [LimitTenant("global-1"), LimitTenant("global-2")]
            func claims(_ tenant: LimitTenant) -> [LimitClaim] {
                [
                    claim(.tenant, .tokens, .minute, max: 50, tenant: tenant),
                    claim(.global, .requests, .minute, max: 3, tenant: tenant),
                    claim(.global, .tokens, .minute, max: 80, tenant: tenant),
                ]
            }
            let one = claims(tenants[0])
            let two = claims(tenants[1])
            let first = try #require(try await store.reserve(one, tokens(50), of: tenants[0]).reservation)
            #expect(first.states.map { Amounts($0) } == [Amounts(0, 50), Amounts(0, 1), Amounts(0, 50)])
            // The tenant's limit refuses, and the global ones keep nothing.
            #expect(try await store.reserve(one, tokens(1), of: tenants[0]).refusal?.binding == 0)
            #expect(try await store.state(two, of: tenants[1]) == [Amounts(0, 0), Amounts(0, 1), Amounts(0, 50)])
            // The global limit refuses, and the tenant's keeps nothing.
            let refusal = try #require(try await store.reserve(two, tokens(40), of: tenants[1]).refusal)
            #expect(refusal.binding == 2)
            #expect(refusal.states.map { Amounts($0) } == [Amounts(0, 0), Amounts(0, 1), Amounts(0, 50)])
            let second = try #require(try await store.reserve(two, tokens(20), of: tenants[1]).reservation)
            #expect(try await store.settle(first, used(60)) == .settled)
            #expect(try await store.settle(first, used(60)) == .alreadySettled)
            #expect(try await store.state(one, of: tenants[0]) == [Amounts(60, 0), Amounts(1, 1), Amounts(60, 20)])
            store.clock.advance(30_000)
            #expect(try await store.sweep() >= 1)
            #expect(try await store.state(two, of: tenants[1]) == [Amounts(0, 0), Amounts(1, 0), Amounts(60, 0)])
            #expect(try await store.settle(second, used(5)) == .settled)
            let id = ReservationID(high: 3, low: 3)
            #expect(try await store.charge(id, two, of: tenants[1], used(7)) == .settled)
            #expect(try await store.charge(id, two, of: tenants[1], used(7)) == .alreadySettled)
            #expect(try await store.state(two, of: tenants[1]) == [Amounts(12, 0), Amounts(3, 0), Amounts(72, 0)])
        }
    ]
}
