import Limits
import Policy
import Testing

extension LimitStoreContract {
    static let zones = [
        LimitStoreContract(name: "a zone further west goes on with the running day") { store async throws in
            let acme = LimitTenant("west")
            func claims(west: Int) -> [LimitClaim] {
                [
                    claim(
                        .tenant, .tokens, .day, max: 1000, tenant: acme,
                        calendar: utcDay(store.clock.now, west: west))
                ]
            }
            let day = utcDay(noon)
            let running = try #require(try await store.reserve(claims(west: 0), tokens(100), of: acme).reservation)
            let first = try #require(try await store.reserve(claims(west: 0), tokens(800), of: acme).reservation)
            #expect(try await store.settle(first, used(800)) == .settled)
            // Of the new day five hours are over that were those of the old one.
            #expect(try await store.state(claims(west: 7), of: acme) == [Amounts(800, 100)])
            let refusal = try #require(try await store.reserve(claims(west: 7), tokens(200), of: acme).refusal)
            #expect(refusal.retryAfterMilliseconds == day.end + 7 * oneHour - noon)
            let second = try #require(try await store.reserve(claims(west: 7), tokens(50), of: acme).reservation)
            #expect(second.states[0].resetsAt == day.end + 7 * oneHour)
            #expect(try await store.settle(running, used(60)) == .settled)
            #expect(try await store.settle(second, used(10)) == .settled)
            // Midnight where the tenant was before.
            store.clock.set(day.end + oneHour)
            #expect(try await store.state(claims(west: 7), of: acme) == [Amounts(870, 0)])
            store.clock.set(day.end + 7 * oneHour)
            #expect(try await store.state(claims(west: 7), of: acme) == [.none])
        },
        LimitStoreContract(name: "a zone further east ends the running day earlier, once") { store async throws in
            let acme = LimitTenant("east")
            func claims(west: Int) -> [LimitClaim] {
                [
                    claim(
                        .tenant, .tokens, .day, max: 1000, tenant: acme,
                        calendar: utcDay(store.clock.now, west: west))
                ]
            }
            let day = utcDay(noon)
            let first = try #require(try await store.reserve(claims(west: 0), tokens(900), of: acme).reservation)
            #expect(try await store.settle(first, used(900)) == .settled)
            #expect(try await store.state(claims(west: -9), of: acme) == [Amounts(900, 0)])
            store.clock.set(day.end - 9 * oneHour - 1)
            #expect(try await store.state(claims(west: -9), of: acme) == [Amounts(900, 0)])
            store.clock.advance(1)
            let second = try #require(try await store.reserve(claims(west: -9), tokens(500), of: acme).reservation)
            #expect(second.states[0].resetsAt == day.end + 15 * oneHour)
            #expect(try await store.settle(second, used(500)) == .settled)
            store.clock.set(day.end + 15 * oneHour - 1)
            #expect(try await store.state(claims(west: -9), of: acme) == [Amounts(500, 0)])
        },
        LimitStoreContract(name: "a month keeps its length when the zone changes") { store async throws in
            // The month from 1 June; the zone moves east on its last day, when nobody asks until it is over.
            let acme = LimitTenant("month")
            let start = 1_748_736_000_000
            func month(_ shift: Int) -> CalendarPeriods {
                CalendarPeriods(
                    previousStart: start - 31 * oneDay - shift, start: start - shift,
                    end: start + 30 * oneDay - shift, nextEnd: start + 61 * oneDay - shift)
            }
            func claims(_ shift: Int) -> [LimitClaim] {
                [claim(.tenant, .cost, .month, max: 10_000_000, tenant: acme, calendar: month(shift))]
            }
            let first = try #require(try await store.reserve(claims(0), tokens(900), of: acme).reservation)
            #expect(try await store.settle(first, used(900)) == .settled)
            store.clock.set(start + 30 * oneDay - 9 * oneHour)
            let states = try await store.store.inspect(claims(9 * oneHour), tenant: acme, on: anyLoop)
            #expect(states.map { Amounts($0) } == [.none])
            #expect(states[0].resetsAt == start + 61 * oneDay - 9 * oneHour)
        },
    ]

    static let clocks = [
        LimitStoreContract(name: "a clock that was far ahead leaves nothing in the way") { store async throws in
            let acme = LimitTenant("ahead")
            let claims = [
                claim(.tenant, .requests, .minute, max: 2, tenant: acme),
                claim(.tenant, .tokens, .day, max: 1000, tenant: acme, calendar: utcDay(noon)),
            ]
            store.clock.set(noon + oneHour)
            let first = try #require(try await store.reserve(claims, tokens(100), of: acme).reservation)
            let late = try #require(try await store.reserve(claims, tokens(100), of: acme).reservation)
            #expect(try await store.settle(first, used(100)) == .settled)
            #expect(try await store.reserve(claims, tokens(1), of: acme).refusal != nil)
            store.clock.set(noon)
            // The day is the same, the minute is another one.
            #expect(try await store.state(claims, of: acme) == [.none, Amounts(100, 100)])
            let next = try #require(try await store.reserve(claims, tokens(10), of: acme).reservation)
            #expect(next.states.map { Amounts($0) } == [Amounts(0, 1), Amounts(100, 110)])
            #expect(next.states[0].resetsAt == noon + 120_000)
            // What is settled now and was reserved then counts now.
            #expect(try await store.settle(late, used(70)) == .settled)
            #expect(try await store.state(claims, of: acme) == [Amounts(1, 1), Amounts(170, 10)])
            #expect(try await store.settle(next, used(10)) == .settled)
            store.clock.set(noon + 120_000)
            #expect(try await store.state(claims, of: acme) == [.none, Amounts(180, 0)])
        },
        LimitStoreContract(name: "a clock that was a little ahead changes nothing") { store async throws in
            let acme = LimitTenant("little")
            let claims = [claim(.tenant, .requests, .minute, max: 2, tenant: acme)]
            store.clock.set(noon + 61_000)
            for _ in 0..<2 { _ = try await store.reserve(claims, tokens(1), of: acme) }
            store.clock.set(noon + 1000)
            #expect(try await store.state(claims, of: acme) == [Amounts(0, 2)])
            #expect(try await store.reserve(claims, tokens(1), of: acme).refusal != nil)
        },
        LimitStoreContract(name: "usage of a while ago counts in its period") { store async throws in
            let acme = LimitTenant("age")
            let day = utcDay(noon)
            let claims = [
                claim(.tenant, .tokens, .minute, max: 1000, tenant: acme),
                claim(.tenant, .tokens, .hour, max: 1000, tenant: acme),
                claim(.tenant, .tokens, .day, max: 1000, tenant: acme, calendar: day),
            ]
            store.clock.set(noon + 90_000)
            func charge(_ id: Int, ago age: Int) async throws -> [Amounts] {
                _ = try await store.charge(ReservationID(id), claims, of: acme, used(100), age: age)
                return try await store.state(claims, of: acme)
            }
            #expect(try await charge(1, ago: 0) == [Amounts(100, 0), Amounts(100, 0), Amounts(100, 0)])
            // The minute before, of which half is left.
            #expect(try await charge(2, ago: 31_000) == [Amounts(150, 0), Amounts(200, 0), Amounts(200, 0)])
            // The hour before, of which 58.5 minutes are left: 97.5 of 100.
            #expect(try await charge(3, ago: 91_000) == [Amounts(150, 0), Amounts(298, 0), Amounts(300, 0)])
            #expect(try await charge(4, ago: 2 * oneHour) == [Amounts(150, 0), Amounts(298, 0), Amounts(400, 0)])
            // Yesterday.
            #expect(try await charge(5, ago: 13 * oneHour) == [Amounts(150, 0), Amounts(298, 0), Amounts(400, 0)])
            #expect(try await store.charge(ReservationID(5), claims, of: acme, used(100)) == .alreadySettled)
            // Nothing ever lies ahead.
            #expect(try await charge(6, ago: -oneHour) == [Amounts(250, 0), Amounts(398, 0), Amounts(500, 0)])
        },
    ]
}
