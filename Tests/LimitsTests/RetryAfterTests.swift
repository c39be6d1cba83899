import Policy
import Testing

@testable import Limits

@Suite struct RetryAfterTests {
    static let tenant = LimitTenant("acme")

    @Test func waitsForThePreviousPeriodToFade() {
        // 1000 used in the minute before: 400 more fit when 600 are left of it, 36 s before the end of this one.
        let minute = claim(.tenant, .tokens, .minute, max: 1000, tenant: Self.tenant)
        var window = WindowState()
        window.roll(for: minute, now: noon)
        window.charge(1000)
        window.roll(for: minute, now: noon + 60_000)
        #expect(window.retryAt(need: 400, claim: minute, now: noon + 60_000) == noon + 84_000)
    }

    @Test func waitsForTheCurrentPeriodToBecomeThePrevious() {
        let minute = claim(.tenant, .tokens, .minute, max: 1000, tenant: Self.tenant)
        var window = WindowState()
        window.roll(for: minute, now: noon)
        window.charge(1000)
        #expect(window.retryAt(need: 1, claim: minute, now: noon) == noon + 60_060)
        #expect(window.retryAt(need: 1000, claim: minute, now: noon) == noon + 120_000)
        // More than the limit fits in an empty window only.
        #expect(window.retryAt(need: 5000, claim: minute, now: noon) == noon + 120_000)
    }

    @Test func calendarPeriodsEnd() {
        let day = claim(.tenant, .tokens, .day, max: 10, tenant: Self.tenant, calendar: utcDay(noon))
        var window = WindowState()
        window.roll(for: day, now: noon)
        window.charge(10)
        #expect(window.retryAt(need: 1, claim: day, now: noon) == utcDay(noon).end)
    }

    @Test func slotsAndZeroLimits() {
        let slots = claim(.tenant, .concurrency, nil, max: 1, tenant: Self.tenant)
        #expect(WindowState().retryAt(need: 1, claim: slots, now: noon) == noon + 1000)
        let none = claim(.tenant, .tokens, .minute, max: 0, tenant: Self.tenant)
        var window = WindowState()
        window.roll(for: none, now: noon + 7)
        #expect(window.retryAt(need: 1, claim: none, now: noon + 7) == noon + 120_000)
    }

    /// Against a walk through every millisecond.
    @Test func isExact() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<300 {
            let max = Int.random(in: 1...40, using: &random)
            let second = claim(.tenant, .tokens, .second, max: max, tenant: Self.tenant)
            var window = WindowState()
            window.roll(for: second, now: noon)
            window.charge(Int.random(in: 0...60, using: &random))
            window.reserve(Int.random(in: 0...20, using: &random))
            if Bool.random(using: &random) {
                window.roll(for: second, now: noon + 1000)
                window.charge(Int.random(in: 0...40, using: &random))
                window.reserve(Int.random(in: 0...20, using: &random))
            }
            let now = window.bucket + Int.random(in: 0..<1000, using: &random)
            let need = Int.random(in: 1...50, using: &random)
            guard !Self.fits(window, second, need, now) else { continue }
            let walked = (now...).first { Self.fits(window, second, need, $0) }
            #expect(window.retryAt(need: need, claim: second, now: now) == walked)
        }
    }

    private static func fits(_ window: WindowState, _ claim: LimitClaim, _ need: Int, _ now: Int) -> Bool {
        var window = window
        window.roll(for: claim, now: now)
        return LimitState(claim, window, at: now).fits(need)
    }
}
