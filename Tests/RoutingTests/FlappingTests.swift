import Dialects
import Routing
import Testing

/// A provider that goes down and comes back, with traffic at random.
@Suite struct FlappingTests {
    private struct Call {
        var pass: HealthPass
        var ends: Int
        var fails: Bool
    }

    /// Down for a minute, then up: at most one probe at a time, few of them, and soon back.
    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8], [2, 40, 400, 4_000])
    func backSoonAndNoHammering(_ seed: UInt64, _ pause: Int) throws {
        let clock = TestClock(0)
        var random = SplitMix64(seed: seed)
        let health = TargetHealth(
            HealthKey(provider: "p", keyIndex: 0, model: "m", mark: 0), clock: clock.read, random: { seed &* 77_777 })
        var calls: [Call] = []
        var probes = 0
        var asked = 0
        var backAt: Int?
        while clock.now < 95_000 {
            clock.advance(Int.random(in: 1...pause, using: &random))
            let now = clock.now
            for call in calls where call.ends <= now {
                if call.fails { call.pass.failed(.of(.overloaded), isSilent: false) } else { call.pass.succeeded() }
            }
            calls.removeAll { $0.ends <= now }
            guard case .pass(let pass) = health.admit() else { continue }
            let fails = now < 60_000
            if fails { asked += 1 }
            if pass.isProbe {
                probes += 1
                #expect(!calls.contains { $0.pass.isProbe }, "two probes at a time")
            }
            if now >= 60_000, backAt == nil { backAt = now }
            calls.append(Call(pass: pass, ends: now + Int.random(in: 5...50, using: &random), fails: fails))
        }
        // A probe each half second at most in the beginning, each two to four seconds later.
        #expect(probes <= 33)
        #expect(asked <= probes + 60)
        let back = try #require(backAt)
        #expect(back - 60_000 <= 4_050 + pause)
        #expect(health.report.state == .healthy)
    }

    /// Any sequence of outages: never more than one probe, and the state follows the truth.
    @Test(arguments: UInt64(0)..<40)
    func anySequence(_ seed: UInt64) {
        let clock = TestClock(0)
        var random = SplitMix64(seed: seed)
        let jitter = random.next()
        let health = TargetHealth(
            HealthKey(provider: "p", keyIndex: 0, model: "m", mark: 0), clock: clock.read, random: { jitter })
        var open: [HealthPass] = []
        for _ in 0..<2_000 {
            clock.advance(Int.random(in: 0...200, using: &random))
            if open.count < 30, Bool.random(using: &random), case .pass(let pass) = health.admit() { open.append(pass) }
            if open.count > 3, let index = open.indices.randomElement(using: &random) {
                let pass = open.remove(at: index)
                switch Int.random(in: 0..<8, using: &random) {
                case 0: pass.succeeded()
                case 1: pass.abandoned()
                case 2: pass.began()
                case 3: break
                default:
                    let failureClass = FailureClass.allCases.randomElement(using: &random) ?? .server
                    pass.failed(.of(failureClass, after: 700), isSilent: Bool.random(using: &random))
                }
            }
            let probing = open.filter(\.isProbe).count
            if health.report.state == .probing { #expect(probing >= 1) }
        }
        // Left alone and answering, it always comes back.
        open = []
        clock.advance(3_600_000)
        if case .pass(let pass) = health.admit() { pass.succeeded() }
        #expect(health.report.state == .healthy)
    }
}
