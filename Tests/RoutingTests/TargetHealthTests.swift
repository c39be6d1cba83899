import Dialects
import Routing
import Testing

@Suite struct TargetHealthTests {
    private let clock = TestClock()
    private let key = HealthKey(provider: "p", keyIndex: nil, model: "m", mark: 1)

    private func health() -> TargetHealth { TargetHealth(key, clock: clock.read, random: { longestJitter }) }

    private func fail(
        _ health: TargetHealth, _ failureClass: FailureClass = .server, after wait: Int? = nil, silent: Bool = false,
        times: Int = 1
    ) {
        for _ in 0..<times { health.pass?.failed(.of(failureClass, after: wait), isSilent: silent) }
    }

    @Test func fiveFailuresInARowSetItAside() {
        let health = health()
        fail(health, times: 4)
        #expect(!health.isResting)
        fail(health)
        #expect(health.isResting)
        #expect(health.rest?.failureClass == .server)
        #expect(health.report.state == .resting)
        #expect(health.report.points == 5)
        #expect(health.report.since == clock.now)
    }

    @Test func silenceCountsTwice() {
        let health = health()
        fail(health, .timeout, silent: true, times: 2)
        #expect(!health.isResting)
        fail(health, .timeout, silent: true)
        #expect(health.isResting)
    }

    @Test func aSuccessBreaksTheRow() {
        let health = health()
        fail(health, times: 4)
        health.pass?.succeeded()
        fail(health, times: 4)
        #expect(!health.isResting)
    }

    @Test func halfOfTenFailedIsTooMany() {
        let health = health()
        for turn in 0..<10 {
            #expect(!health.isResting)
            if turn.isMultiple(of: 2) { health.pass?.succeeded() } else { fail(health) }
            if turn == 0 { fail(health) }
        }
        #expect(health.isResting)
    }

    @Test func oldFailuresAreForgotten() {
        let health = health()
        for _ in 0..<40 {
            fail(health)
            health.pass?.succeeded()
            health.pass?.succeeded()
            clock.advance(3_000)
        }
        #expect(!health.isResting)
        clock.advance(20_000)
        health.pass?.succeeded()
        #expect(health.report.state == .healthy)
    }

    @Test(arguments: FailureClass.allCases)
    func whatCounts(_ failureClass: FailureClass) {
        let health = health()
        fail(health, failureClass, times: 20)
        let rests: Set<FailureClass> = [
            .overloaded, .server, .connection, .timeout, .streamBroken, .misconfigured, .rateLimit, .auth, .billing,
            .rateLimitLong,
        ]
        #expect(health.isResting == rests.contains(failureClass))
    }

    @Test(arguments: [FailureClass.auth, .billing, .rateLimitLong])
    func accountTroubleSetsItAsideAtOnce(_ failureClass: FailureClass) {
        let health = health()
        fail(health, failureClass)
        #expect(health.rest?.readyIn == 30_000)
        clock.advance(30_000)
        fail(health, failureClass)
        #expect(health.rest?.readyIn == 60_000)
    }

    @Test func aLongLimitRestsAsLongAsStated() {
        let health = health()
        fail(health, .rateLimitLong, after: 600_000)
        #expect(health.rest?.readyIn == 600_000)
        let other = self.health()
        fail(other, .rateLimitLong, after: 90_000_000)
        #expect(other.rest?.readyIn == 3_600_000)
    }

    @Test func aStatedWaitIsKeptAndNeedsNoProbe() {
        let health = health()
        fail(health, .rateLimit, after: 2_000)
        #expect(health.rest?.failureClass == .rateLimit)
        #expect(health.report.state == .waiting)
        clock.advance(1_999)
        #expect(health.isResting)
        clock.advance(1)
        #expect(health.pass?.isProbe == false)
        #expect(health.pass?.isProbe == false)
        #expect(health.report.state == .healthy)
    }

    @Test func anOutageRestsAsLongAsStatedWithinReason() {
        let health = health()
        fail(health, .overloaded, after: 5_000, times: 5)
        #expect(health.rest?.readyIn == 5_000)
        let other = self.health()
        fail(other, .overloaded, after: 500_000, times: 5)
        #expect(other.rest?.readyIn == 15_000)
    }

    @Test func exactlyOneProbe() {
        let health = health()
        fail(health, times: 5)
        clock.advance(1_000)
        let probe = health.pass
        #expect(probe?.isProbe == true)
        #expect(health.pass == nil)
        #expect(health.report.state == .probing)
        probe?.began()
        #expect(health.pass?.isProbe == false)
        #expect(health.report.state == .healthy)
        // The end of the probe's stream counts like any other's.
        probe?.failed(.of(.streamBroken), isSilent: false)
        #expect(health.report.points == 1)
    }

    @Test func probesComeAtGrowingIntervals() {
        let health = health()
        fail(health, times: 5)
        var intervals: [Int] = []
        for _ in 0..<5 {
            let wait = health.rest?.readyIn ?? -1
            intervals.append(wait)
            clock.advance(wait)
            fail(health)
        }
        #expect(intervals == [1_000, 2_000, 4_000, 4_000, 4_000])
    }

    @Test func aBadRequestProvesThatItIsBack() {
        let health = health()
        fail(health, times: 5)
        clock.advance(1_000)
        fail(health, .contextLength)
        #expect(health.report.state == .healthy)
    }

    @Test func aProbeThatIsDroppedOrAbandonedFreesItsPlace() {
        let health = health()
        fail(health, times: 5)
        clock.advance(1_000)
        do {
            let dropped = health.pass
            #expect(dropped?.isProbe == true)
        }
        let second = health.pass
        #expect(second?.isProbe == true)
        second?.abandoned()
        #expect(health.pass?.isProbe == true)
    }

    @Test func whatWasUnderWayBeforeSaysNothingLater() {
        let health = health()
        let old = (0..<20).compactMap { _ in health.pass }
        fail(health, times: 5)
        for pass in old[..<10] { pass.failed(.of(.server), isSilent: true) }
        #expect(health.rest?.readyIn == 1_000)
        old[10].succeeded()
        #expect(health.isResting)
        clock.advance(1_000)
        health.pass?.succeeded()
        for pass in old[11...] { pass.failed(.of(.server), isSilent: true) }
        #expect(!health.isResting)
        #expect(health.report.points == 0)
    }

    @Test func aClientThatLeavesIsNoFailure() {
        let health = health()
        for _ in 0..<50 { health.pass?.abandoned() }
        #expect(health.report.points == 0)
        #expect(!health.isResting)
    }
}

extension TargetHealth {
    var pass: HealthPass? { if case .pass(let pass) = admit() { pass } else { nil } }
    var rest: (failureClass: FailureClass, readyIn: Int)? {
        if case .rests(let failureClass, let wait) = admit() { (failureClass, wait) } else { nil }
    }
}
