import Policy
import Testing

@testable import Limits

@Suite struct WindowStateTests {
    static let tenant = LimitTenant("acme")
    static let minute = claim(.tenant, .tokens, .minute, max: 1000, tenant: tenant)
    static let length = 60_000

    @Test(arguments: [
        // amount, rest, length, weighed
        (0, 60_000, 60_000, 0),
        (100, 60_000, 60_000, 100),
        (100, 30_000, 60_000, 50),
        (100, 29_999, 60_000, 50),
        (100, 1, 60_000, 1),
        (1, 1, 3_600_000, 1),
        (7, 0, 1000, 0),
        (LimitAmount.cap, 3_600_000, 3_600_000, LimitAmount.cap),
        (LimitAmount.cap, 1, 3_600_000, 2_501_999_793),
        (LimitAmount.cap, 3_599_999, 3_600_000, 9_007_196_752_741_199),
    ])
    func weighing(_ amount: Int, _ rest: Int, _ length: Int, _ expected: Int) {
        #expect(LimitAmount.weighed(amount, rest: rest, length: length) == expected)
    }

    @Test func weighingAgreesWithWideIntegers() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<20_000 {
            let length = [1000, 60_000, 3_600_000].randomElement(using: &random) ?? 1000
            let amount = Int.random(in: 0...LimitAmount.cap, using: &random) >> Int.random(in: 0...52, using: &random)
            let rest = Int.random(in: 0...length, using: &random)
            let exact = (Int128(amount) * Int128(rest) + Int128(length) - 1) / Int128(length)
            #expect(Int128(LimitAmount.weighed(amount, rest: rest, length: length)) == exact)
        }
    }

    @Test func amountsStayInBounds() {
        #expect(LimitAmount.clamped(-1) == 0)
        #expect(LimitAmount.clamped(.max) == 9_007_199_254_740_991)
        #expect(LimitAmount.sum(LimitAmount.cap, LimitAmount.cap) == LimitAmount.cap)
        #expect(LimitAmount.difference(3, 5) == 0)
        #expect(LimitAmount.difference(5, 3) == 2)
    }

    @Test func slidesFromOnePeriodToTheNext() {
        var window = Self.rolled(WindowState(), noon)
        window.charge(600)
        window.reserve(200)
        #expect(Self.amounts(window, noon + 59_999) == Amounts(600, 200))

        window = Self.rolled(window, noon + 60_000)
        #expect(Self.amounts(window, noon + 60_000) == Amounts(600, 200))
        #expect(Self.amounts(window, noon + 90_000) == Amounts(300, 100))
        #expect(Self.amounts(window, noon + 119_999) == Amounts(1, 1))
        #expect(window.bucket == noon + 60_000)
        #expect(window.until == noon + 180_000)
    }

    @Test func forgetsWhatIsTwoPeriodsOld() {
        var window = Self.rolled(WindowState(), noon)
        window.charge(600)
        window = Self.rolled(window, noon + 120_000)
        #expect(Self.amounts(window, noon + 120_000) == Amounts(0, 0))
        #expect(window.resetsAt(now: noon + 120_000, counter: Self.minute.counter) == noon + 120_000)
    }

    @Test func aClockThatWentBackLandsInTheLatestPeriod() {
        var window = Self.rolled(WindowState(), noon)
        window.charge(100)
        window = Self.rolled(window, noon + 60_000)
        let before = window
        window = Self.rolled(window, noon + 30_000)
        #expect(window == before)
        #expect(Self.amounts(window, noon + 30_000) == Amounts(100, 0))
    }

    @Test(arguments: [
        // how far the clock goes back, whether the state follows
        (1, false), (60_000, false), (60_001, true), (3_600_000, true),
    ])
    func aClockThatWasFarAheadIsForgotten(_ back: Int, _ isForgotten: Bool) {
        let ahead = noon + 7_200_000
        var window = Self.rolled(WindowState(), ahead)
        window.charge(100)
        window.reserve(50)
        window = Self.rolled(window, ahead - back)
        #expect(Self.amounts(window, ahead - back) == (isForgotten ? .none : Amounts(100, 50)))
        #expect(window.bucket == (isForgotten ? (ahead - back) / 60_000 * 60_000 : ahead))
    }

    @Test func whatWasHeldByAClockAheadIsChargedNow() {
        let ahead = noon + 7_200_000
        let holding = Holding(bucket: ahead, until: ahead + 120_000, amount: 50)
        var window = Self.rolled(WindowState(), noon)
        window.reserve(7)
        window.settle(holding, release: 50, charge: 20, length: Self.length, now: noon)
        #expect(Self.amounts(window, noon) == Amounts(20, 7))
        window.holdAgain(holding, of: Self.minute.counter, until: noon, now: noon)
        #expect(Self.amounts(window, noon) == Amounts(20, 7))
        // Nothing is known of the counter: nothing to charge.
        var lost = WindowState()
        lost.settle(holding, release: 50, charge: 20, length: Self.length, now: noon)
        #expect(lost == WindowState())
    }

    @Test func holdsAgainInThePeriodOfTheReservation() {
        let holding = Holding(bucket: noon, until: noon + 120_000, amount: 500)
        func held(_ now: Int) -> Amounts {
            var window = Self.rolled(WindowState(), now)
            window.holdAgain(holding, of: Self.minute.counter, until: now + 30_000, now: now)
            return Self.amounts(window, now)
        }
        #expect(held(noon + 1) == Amounts(0, 500))
        #expect(held(noon + 90_000) == Amounts(0, 250))
        #expect(held(noon + 120_000) == .none)
        let slots = counter(.tenant, .concurrency, nil, tenant: Self.tenant)
        var window = WindowState()
        window.holdAgain(Holding(bucket: 0, until: noon, amount: 1), of: slots, until: noon + 90_000, now: noon)
        #expect(window.reserved == 1)
        #expect(window.resetsAt(now: noon, counter: slots) == noon + 90_000)
    }

    @Test(arguments: [
        // hours west of UTC, whether it is the same day
        (-13, false), (-12, true), (-9, true), (-1, true), (0, true), (1, true), (5, true), (12, true), (13, false),
    ])
    func daysOfTwoZonesAreTheSameWhenTheyShareHalf(_ hours: Int, _ isSame: Bool) {
        let day = WindowFrame(bucket: noon, until: noon + oneDay)
        let other = WindowFrame(bucket: noon + hours * oneHour, until: noon + hours * oneHour + oneDay)
        #expect(day.isSamePeriod(as: other) == isSame)
        #expect(other.isSamePeriod(as: day) == isSame)
        #expect(!day.isSamePeriod(as: WindowFrame(bucket: day.until, until: day.until + oneDay)))
        #expect(!WindowFrame(bucket: 0, until: 0).isSamePeriod(as: day))
    }

    @Test func settlesInThePeriodOfTheReservation() {
        var window = Self.rolled(WindowState(), noon)
        window.reserve(500)
        let holding = Holding(bucket: noon, until: noon + 120_000, amount: 500)

        var same = window
        same.settle(holding, release: 500, charge: 80, length: Self.length, now: noon + 1)
        #expect(Self.amounts(same, noon + 1) == Amounts(80, 0))

        var next = Self.rolled(window, noon + 60_000)
        next.charge(7)
        next.settle(holding, release: 500, charge: 80, length: Self.length, now: noon + 60_000)
        #expect(Self.amounts(next, noon + 90_000) == Amounts(47, 0))

        var later = Self.rolled(window, noon + 120_000)
        later.charge(7)
        later.reserve(9)
        later.settle(holding, release: 500, charge: 80, length: Self.length, now: noon + 120_000)
        #expect(Self.amounts(later, noon + 120_000) == Amounts(7, 9))
    }

    @Test func aCounterThatWasLostIsStillCharged() {
        let holding = Holding(bucket: noon, until: noon + 120_000, amount: 500)
        var lost = WindowState()
        lost.settle(holding, release: 500, charge: 80, length: Self.length, now: noon + 70_000)
        #expect(Self.amounts(Self.rolled(lost, noon + 90_000), noon + 90_000) == Amounts(40, 0))
        var tooLate = WindowState()
        tooLate.settle(holding, release: 500, charge: 80, length: Self.length, now: noon + 120_000)
        #expect(tooLate == WindowState())
    }

    @Test func resetsWhenEmpty() {
        var window = Self.rolled(WindowState(), noon)
        window.charge(1)
        #expect(window.resetsAt(now: noon, counter: Self.minute.counter) == noon + 120_000)
        window = Self.rolled(window, noon + 60_000)
        #expect(window.resetsAt(now: noon + 60_000, counter: Self.minute.counter) == noon + 120_000)
    }

    @Test func staleWindowsMayBeForgotten() {
        var window = Self.rolled(WindowState(), noon)
        window.charge(1)
        #expect(!window.isStale(at: noon + 119_999, counter: Self.minute.counter))
        #expect(window.isStale(at: noon + 120_000, counter: Self.minute.counter))
        let slots = counter(.tenant, .concurrency, nil, tenant: Self.tenant)
        var held = WindowState()
        held.reserve(1)
        #expect(!held.isStale(at: noon + 1_000_000, counter: slots))
        #expect(WindowState().isStale(at: noon, counter: slots))
    }

    @Test func calendarPeriodsDoNotSlide() {
        let day = claim(.tenant, .cost, .day, max: 1000, tenant: Self.tenant, calendar: utcDay(noon))
        var window = WindowState()
        window.roll(for: day, now: noon)
        window.charge(900)
        let midnight = utcDay(noon).end
        #expect(window.resetsAt(now: noon, counter: day.counter) == midnight)
        window.roll(for: day, now: midnight - 1)
        #expect(window.used(at: midnight - 1, length: 0) == 900)
        // The claim's boundaries are of the day before: the store knows the next day all the same.
        window.roll(for: day, now: midnight)
        #expect(window.used(at: midnight, length: 0) == 0)
        #expect(window.resetsAt(now: midnight, counter: day.counter) == utcDay(noon).nextEnd)
    }

    private static func rolled(_ window: WindowState, _ now: Int) -> WindowState {
        var window = window
        window.roll(for: minute, now: now)
        return window
    }

    private static func amounts(_ window: WindowState, _ now: Int) -> Amounts {
        Amounts(window.used(at: now, length: length), window.reserved(at: now, length: length))
    }
}
