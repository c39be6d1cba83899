import Policy
import Testing

@testable import Limits

@Suite struct LimitCounterTests {
    @Test func namesAreStable() {
        let acme = LimitTenant("acme")
        #expect(
            counter(.keyModel, .tokens, .minute, tenant: acme, subject: "k1/gpt-5").name
                == "ml1:{t:acme}:key_model:tokens:minute:k1/gpt-5")
        #expect(counter(.tenant, .concurrency, .day, tenant: acme).name == "ml1:{t:acme}:tenant:concurrency:-:")
        #expect(counter(.global, .requests, .second, tenant: acme).name == "ml1:{g}:global:requests:second:")
    }

    @Test func hostileNamesStayApart() {
        let names = ["a", "a}", "a:", "{a", "a b", "a%3A", "a\n", "ä", "g"]
        let counters = names.flatMap { tenant in
            names.map { counter(.endUser, .tokens, .minute, tenant: LimitTenant(tenant), subject: $0) }
        }
        #expect(Set(counters.map(\.name)).count == names.count * names.count)
        for counter in counters {
            #expect(counter.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            #expect(counter.name.utf8.filter { $0 == UInt8(ascii: "}") }.count == 1)
        }
    }

    @Test func equalByName() {
        let one = counter(.user, .cost, .day, tenant: LimitTenant("a"), subject: "u")
        let two = counter(.user, .cost, .day, tenant: LimitTenant("a"), subject: "u")
        #expect(one == two && one !== two && one.hashValue == two.hashValue)
        #expect(one != counter(.user, .cost, .week, tenant: LimitTenant("a"), subject: "u"))
        #expect(LimitTenant("a") == LimitTenant("a"))
        #expect(LimitTenant("") != .global)
    }

    @Test func claimsTellTheScriptsWhatTheyNeed() {
        let acme = LimitTenant("acme")
        #expect(claim(.key, .tokens, .minute, max: 5, tenant: acme).text == "t 5 0 60000 0 0 0 0 1")
        #expect(claim(.key, .concurrency, nil, max: -1, tenant: acme, shadow: true).text == "c 0 1 0 0 0 0 0 0")
        let periods = CalendarPeriods(previousStart: 1, start: 2, end: 3, nextEnd: 4)
        #expect(
            claim(.key, .cost, .day, max: .max, tenant: acme, calendar: periods).text
                == "m 9007199254740991 0 0 1 2 3 4 1")
        #expect(claim(.key, .requests, .month, max: 1, tenant: acme).calendar == .endless)
    }

    @Test func whatFurtherSubjectsShareHasANameThatNoSubjectHas() {
        let acme = LimitTenant("acme")
        let limit = claim(.endUser, .tokens, .minute, max: 5, tenant: acme, subject: "bob", shadow: true)
        #expect(limit.overflow.counter.name == "ml1:{t:acme}:end_user:tokens:minute:%others")
        #expect(limit.overflow.counter.isOverflow && !limit.counter.isOverflow)
        #expect(limit.overflow.max == 5 && limit.overflow.shadow)
        #expect(LimitCounter.escaped("%others") == "%25others")
        #expect(!limit.overflow.counter.isBounded && limit.counter.isBounded)
        #expect(limit.overflow.counter.limit == limit.counter.limit)
    }

    @Test func limitsAreToldApart() {
        var numbers: Set<Int> = []
        var count = 0
        for scope in LimitRule.Scope.allCases {
            for resource in LimitRule.Resource.allCases {
                for period in [LimitRule.Period.second, .minute, .hour, .day, .week, .month]
                where resource != .concurrency || period == .second {
                    for isShadow in [false, true] {
                        count += 1
                        numbers.insert(
                            LimitCounter(
                                scope: scope, resource: resource, period: period, tenant: LimitTenant("a"),
                                subject: "\(count)", isShadow: isShadow
                            ).limit)
                    }
                }
            }
        }
        #expect(numbers.count == count)
    }

    @Test func slotsAreThoseOfTheSpecification() {
        // The check value of the specification: CRC16 of 123456789 is 0x31C3.
        #expect(ClusterSlot.of(tag: "123456789") == 0x31C3 % 16_384)
        #expect(ClusterSlot.of(tag: "") == 0)
        #expect(LimitTenant("acme").slot == ClusterSlot.of(tag: "t:acme"))
    }

    @Test func idsAreHexadecimal() {
        let id = ReservationID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        #expect(id.description == "0123456789abcdeffedcba9876543210")
        #expect(ReservationID(1) < ReservationID(2))
        #expect(ReservationID.random() != ReservationID.random())
    }
}
