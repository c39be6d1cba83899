import Identity
import Policy
import Testing

@testable import Gateway
@testable import Limits

@Suite("Compiled limits")
struct LimitBookTests {
    private typealias Make = LimitFixtures

    private static let perDay = "{scope: tenant, resource: requests, per: day, max: 10}"
    private static let perMinute = "{scope: key, resource: tokens, per: minute, max: 1000}"

    private func book() -> LimitBook { LimitBook(calendar: CalendarPeriodCache()) }

    @Test("a tenant's limits are the plan's with its own in the place of those that concern the same")
    func tenant() throws {
        let own = "{scope: tenant, resource: requests, per: day, max: 3}"
        let snapshot = try Make.snapshot(
            Self.perDay, Self.perMinute, tenants: "{acme: {timezone: America/Fortaleza, limits: [\(own)]}}")
        let acme = TenantLimits(snapshot, tenant: "acme", stored: nil)
        #expect(acme.rules.map(\.max) == [1000, 3])
        #expect(acme.zone == "America/Fortaleza")
        #expect(acme.tenant.name == "acme")
        #expect(acme.plan.name == "standard")
        let other = TenantLimits(snapshot, tenant: "other", stored: nil)
        #expect(other.rules.map(\.max) == [10, 1000])
        #expect(other.zone == "UTC")
    }

    @Test(
        "what the rules count is known beforehand",
        arguments: [
            ("{scope: end_user, resource: requests, per: hour, max: 1}", [true, false, false]),
            ("{scope: key, resource: tokens, per: hour, max: 1}", [false, true, false]),
            ("{scope: key, resource: cost, per: hour, max: 1}", [false, false, true]),
            ("{scope: key, resource: concurrency, max: 1}", [false, false, false]),
        ])
    func counted(limit: String, expected: [Bool]) throws {
        let limits = TenantLimits(try Make.snapshot(limit), tenant: "acme", stored: nil)
        #expect([limits.countsEndUsers, limits.countsTokens, limits.countsCost] == expected)
    }

    @Test("limits that have no subject in a request do not concern it")
    func claims() throws {
        let snapshot = try Make.snapshot(
            "{scope: global, resource: requests, per: minute, max: 1}",
            "{scope: user, resource: requests, per: minute, max: 2, shadow: true}",
            "{scope: key_model, resource: requests, per: minute, max: 3}",
            "{scope: tenant_model, resource: cost, per: minute, max: 4}",
            "{scope: end_user, resource: requests, per: minute, max: 5}",
            "{scope: key, resource: concurrency, max: 6}")
        let tenant = TenantLimits(snapshot, tenant: "acme", stored: nil)
        let calendar = CalendarPeriodCache()
        let full = CallerLimits(Make.subject(endUser: "bob"), tenant, calendar: calendar, now: Make.now)
        #expect(full.claims.map(\.max) == [1, 2, 3, 4_000_000_000, 5, 6])
        #expect(full.claims.map(\.counter.subject) == ["", "ann", "key_1/gpt", "gpt", "bob", "key_1"])
        #expect(full.claims.map(\.counter.tenant.name) == ["", "acme", "acme", "acme", "acme", "acme"])
        #expect(full.claims.map(\.shadow) == [false, true, false, false, false, false])
        let bare = CallerLimits(Make.subject(user: nil), tenant, calendar: calendar, now: Make.now)
        #expect(bare.claims.map(\.max) == [1, 3, 4_000_000_000, 6])
        let rest = CallerLimits(full, without: [.keyModel, .tenantModel])
        #expect(rest.claims.map(\.max) == [1, 2, 5, 6])
        #expect(rest.validUntil == full.validUntil)
        #expect(rest.tenant === tenant)
    }

    @Test("what a shadow limit counts by is no name that a client can choose")
    func shadowName() throws {
        let limit = "scope: end_user, resource: requests, per: minute"
        let snapshot = try Make.snapshot("{\(limit), max: 10}", "{\(limit), max: 5, shadow: true}")
        let tenant = TenantLimits(snapshot, tenant: "acme", stored: nil)
        func counters(_ user: String) -> [LimitCounter] {
            CallerLimits(Make.subject(endUser: user), tenant, calendar: CalendarPeriodCache(), now: Make.now)
                .claims.map(\.counter)
        }
        let shadow = try #require(counters("bob").last)
        #expect(Set(counters("bob")).count == 2)
        #expect(!counters("shadow/bob").contains(shadow))
    }

    @Test("a caller's limits hold until the first of its calendar periods ends")
    func validity() throws {
        let month = "{scope: tenant, resource: cost, per: month, max: 5}"
        let calendar = CalendarPeriodCache()
        func validUntil(_ limits: String..., zone: String = "UTC") throws -> Int {
            let list = limits.joined(separator: ", ")
            let snapshot = try Make.snapshot(tenants: "{acme: {timezone: \(zone), limits: [\(list)]}}")
            let tenant = TenantLimits(snapshot, tenant: "acme", stored: nil)
            return CallerLimits(Make.subject(), tenant, calendar: calendar, now: Make.now).validUntil
        }
        #expect(try validUntil(Self.perMinute) == Int.max)
        #expect(try validUntil(Self.perMinute, Self.perDay, month) == Make.midnight)
        #expect(try validUntil(month) == 1_701_388_800_000)
        // Three hours later than in UTC.
        #expect(try validUntil(Self.perDay, zone: "America/Fortaleza") == Make.midnight + 10_800_000)
    }

    @Test("the same caller gets the same limits, until its day is over")
    func caching() throws {
        var book = book()
        let tenant = TenantLimits(try Make.snapshot(Self.perDay), tenant: "acme", stored: nil)
        let first = book.caller(Make.subject(), tenant, now: Make.now)
        #expect(book.caller(Make.subject(), tenant, now: Make.midnight - 1) === first)
        #expect(book.caller(Make.subject(model: "other"), tenant, now: Make.now) !== first)
        let next = book.caller(Make.subject(), tenant, now: Make.midnight)
        #expect(next !== first)
        #expect(next.validUntil == Make.midnight + 86_400_000)
        #expect(next.claims.first?.calendar?.start == Make.midnight)
        #expect(book.caller(Make.subject(), tenant, now: Make.midnight + 1) === next)
    }

    @Test("limits without calendar periods stay, whatever the time")
    func sliding() throws {
        var book = book()
        let tenant = TenantLimits(try Make.snapshot(Self.perMinute), tenant: "acme", stored: nil)
        let first = book.caller(Make.subject(), tenant, now: Make.now)
        #expect(book.caller(Make.subject(), tenant, now: Make.now + 86_400_000 * 365) === first)
    }

    @Test("a change of the policy counts at once")
    func policyChange() throws {
        var book = book()
        let old = try Make.snapshot(Self.perMinute)
        let before = book.tenant("acme", old, stored: nil)
        #expect(book.tenant("acme", old, stored: nil) === before)
        #expect(book.tenant("other", old, stored: nil) !== before)
        let caller = book.caller(Make.subject(), before, now: Make.now)
        book.removeAll()
        let new = try Make.snapshot("{scope: key, resource: tokens, per: minute, max: 7}")
        let after = book.tenant("acme", new, stored: nil)
        #expect(after.rules.map(\.max) == [7])
        let fresh = book.caller(Make.subject(), after, now: Make.now)
        #expect(fresh !== caller)
        #expect(fresh.claims.map(\.max) == [7])
        // A request that began before the change brings the limits it began with.
        #expect(book.caller(Make.subject(), before, now: Make.now).claims.map(\.max) == [1000])
    }

    @Test("subjects that clients make up do not pile up")
    func bound() throws {
        var book = book()
        let tenant = TenantLimits(try Make.snapshot(Self.perMinute), tenant: "acme", stored: nil)
        let first = book.caller(Make.subject(), tenant, now: Make.now)
        for number in 1..<8192 { _ = book.caller(Make.subject(model: "m\(number)"), tenant, now: Make.now) }
        #expect(book.caller(Make.subject(), tenant, now: Make.now) === first)
        _ = book.caller(Make.subject(model: "one more"), tenant, now: Make.now)
        #expect(book.caller(Make.subject(), tenant, now: Make.now) !== first)
    }
}
