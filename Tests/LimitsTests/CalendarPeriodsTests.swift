import Foundation
import Policy
import Testing

@testable import Limits

@Suite struct CalendarPeriodsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let zone: String
        let period: LimitRule.Period
        let now: Int
        let bounds: [Int]

        var testDescription: String { what }
    }

    // Boundaries computed with Python's zoneinfo.
    static let cases = [
        Case(
            what: "a day of 23 hours", zone: "America/New_York", period: .day, now: 1_741_543_200_000,
            bounds: [1_741_410_000_000, 1_741_496_400_000, 1_741_579_200_000, 1_741_665_600_000]),
        Case(
            what: "a day of 25 hours", zone: "America/New_York", period: .day, now: 1_762_084_800_000,
            bounds: [1_761_969_600_000, 1_762_056_000_000, 1_762_146_000_000, 1_762_232_400_000]),
        Case(
            what: "a day that begins at one o'clock", zone: "America/Santiago", period: .day, now: 1_757_246_400_000,
            bounds: [1_757_131_200_000, 1_757_217_600_000, 1_757_300_400_000, 1_757_386_800_000]),
        Case(
            what: "a change of half an hour", zone: "Australia/Lord_Howe", period: .day, now: 1_743_908_400_000,
            bounds: [1_743_771_600_000, 1_743_858_000_000, 1_743_946_200_000, 1_744_032_600_000]),
        Case(
            what: "a month with a change", zone: "Europe/Berlin", period: .month, now: 1_743_336_000_000,
            bounds: [1_738_364_400_000, 1_740_783_600_000, 1_743_458_400_000, 1_746_050_400_000]),
        Case(
            what: "the last minute of a year", zone: "America/Fortaleza", period: .month, now: 1_767_236_340_000,
            bounds: [1_761_966_000_000, 1_764_558_000_000, 1_767_236_400_000, 1_769_914_800_000]),
        Case(
            what: "a week from Monday, across the year", zone: "Asia/Kolkata", period: .week, now: 1_767_551_340_000,
            bounds: [1_766_341_800_000, 1_766_946_600_000, 1_767_551_400_000, 1_768_156_200_000]),
        Case(
            what: "an unknown zone is UTC", zone: "Mars/Olympus", period: .day, now: TestClock.noon,
            bounds: [1_749_513_600_000, 1_749_600_000_000, 1_749_686_400_000, 1_749_772_800_000]),
    ]

    @Test(arguments: cases) func boundaries(_ expected: Case) throws {
        let found = try #require(CalendarPeriodCache().periods(expected.period, zone: expected.zone, at: expected.now))
        #expect([found.previousStart, found.start, found.end, found.nextEnd] == expected.bounds)
        #expect(found.contains(expected.now))
    }

    /// Periods of all kinds and zones follow on one another without a gap, and begin at the right local time.
    @Test func periodsAbut() throws {
        var random = SplitMix64(seed: 3)
        let zones = [
            "UTC", "America/New_York", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu", "Pacific/Auckland",
        ]
        for zone in zones {
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = try #require(TimeZone(identifier: zone))
            for period in [LimitRule.Period.day, .week, .month] {
                for _ in 0..<40 {
                    let now = Int.random(in: 1_600_000_000_000...1_900_000_000_000, using: &random)
                    let found = try #require(CalendarPeriodCache.compute(period, zone: zone, at: now))
                    #expect(found.previousStart < found.start && found.start < found.end && found.end < found.nextEnd)
                    #expect(found.contains(now))
                    let next = try #require(CalendarPeriodCache.compute(period, zone: zone, at: found.end))
                    #expect(next.previousStart == found.start && next.start == found.end && next.end == found.nextEnd)
                    let start = Date(timeIntervalSince1970: Double(found.start) / 1000)
                    let parts = calendar.dateComponents([.day, .weekday, .hour], from: start)
                    #expect((parts.hour ?? 9) <= 1)
                    if period == .week { #expect(parts.weekday == 2) }
                    if period == .month { #expect(parts.day == 1) }
                }
            }
        }
    }

    @Test func slidingPeriodsHaveNoCalendar() {
        let cache = CalendarPeriodCache()
        for period in [LimitRule.Period.second, .minute, .hour] {
            #expect(cache.periods(period, zone: "UTC", at: noon) == nil)
        }
    }

    @Test func theCacheMovesOnAndStaysBounded() throws {
        let cache = CalendarPeriodCache(capacity: 2)
        let today = try #require(cache.periods(.day, zone: "UTC", at: noon))
        #expect(cache.periods(.day, zone: "UTC", at: today.end - 1) == today)
        let tomorrow = try #require(cache.periods(.day, zone: "UTC", at: today.end))
        #expect(tomorrow.start == today.end)
        for zone in ["Europe/Berlin", "Asia/Tokyo", "America/Lima", "UTC"] {
            #expect(
                cache.periods(.day, zone: zone, at: noon) == CalendarPeriodCache.compute(.day, zone: zone, at: noon))
        }
    }

    @Test func theStorePicksByItsOwnClock() {
        let periods = CalendarPeriods(previousStart: 100, start: 200, end: 300, nextEnd: 400)
        #expect(periods.frame(at: 199) == WindowFrame(bucket: 100, until: 200))
        #expect(periods.frame(at: 200) == WindowFrame(bucket: 200, until: 300))
        #expect(periods.frame(at: 300) == WindowFrame(bucket: 300, until: 400))
        #expect(periods.frame(at: 900) == WindowFrame(bucket: 300, until: 400))
        #expect(periods.frame(at: 5) == WindowFrame(bucket: 100, until: 200))
    }
}
