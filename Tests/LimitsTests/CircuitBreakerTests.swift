import Policy
import Testing

@testable import Limits

@Suite struct CircuitBreakerTests {
    @Test func opensAfterFailuresInARow() {
        var breaker = CircuitBreaker(threshold: 3, probeInterval: 500)
        #expect(breaker.failed(at: 0) == false)
        #expect(breaker.failed(at: 1) == false)
        breaker.succeeded()
        #expect(breaker.failures == 0)
        #expect(breaker.failed(at: 2) == false)
        #expect(breaker.failed(at: 3) == false)
        #expect(breaker.failed(at: 4) == true)
        #expect(breaker.state == .open(probeAt: 504))
        // Calls that were under way change nothing any more.
        #expect(breaker.failed(at: 5) == false)
        breaker.succeeded()
        #expect(breaker.state == .open(probeAt: 504))
    }

    @Test func probesOneAtATime() {
        var early = CircuitBreaker(threshold: 1, probeInterval: 500, firstProbeAfter: 100)
        #expect(early.failed(at: 100) == true)
        #expect(early.startProbe(at: 200) == true)
        #expect(early.endProbe(succeeded: false, at: 210) == false)
        #expect(early.state == .open(probeAt: 710))
        var breaker = CircuitBreaker(threshold: 1, probeInterval: 500)
        #expect(breaker.startProbe(at: 0) == false)
        #expect(breaker.endProbe(succeeded: true, at: 0) == false)
        #expect(breaker.failed(at: 100) == true)
        #expect(breaker.startProbe(at: 599) == false)
        #expect(breaker.startProbe(at: 600) == true)
        #expect(breaker.startProbe(at: 10_000) == false)
        #expect(breaker.endProbe(succeeded: false, at: 700) == false)
        #expect(breaker.state == .open(probeAt: 1200))
        #expect(breaker.startProbe(at: 1200) == true)
        #expect(breaker.endProbe(succeeded: true, at: 1201) == true)
        #expect(breaker.isClosed)
        #expect(breaker.failures == 0)
    }

    @Test(
        arguments: [
            // max, remaining, resets after, share
            (1000, nil, 0, 100),
            (5, nil, 0, 1),
            (0, nil, 0, 0),
            (1000, 800, 10, 100),
            (1000, 40, 10, 40),
            (1000, 0, 10, 0),
            (1000, -50, 10, 0),
            (1000, 0, 0, 100),
        ] as [(Int, Int?, Int, Int)])
    func share(_ max: Int, _ remaining: Int?, _ resetsAfter: Int, _ expected: Int) {
        let limit = claim(.tenant, .tokens, .minute, max: max, tenant: LimitTenant("a"))
        let seen = remaining.map { HeadroomMemory.Seen(remaining: $0, resetsAt: noon + resetsAfter) }
        #expect(LocalShare.max(of: limit, seen: seen, at: noon) == expected)
    }

    @Test func slotsComeBackWhenRequestsEnd() {
        let slots = claim(.tenant, .concurrency, nil, max: 50, tenant: LimitTenant("a"))
        #expect(LocalShare.max(of: slots, seen: .init(remaining: 0, resetsAt: 0), at: noon) == 1)
        #expect(LocalShare.max(of: slots, seen: .init(remaining: 3, resetsAt: 0), at: noon) == 3)
        #expect(LocalShare.max(of: slots, seen: .init(remaining: 40, resetsAt: 0), at: noon) == 5)
    }

    @Test func memoryIsBounded() {
        let memory = HeadroomMemory(capacity: 32)
        let tenant = LimitTenant("a")
        let claims = (0..<20).map { claim(.key, .tokens, .minute, max: 9, tenant: tenant, subject: "\($0)") }
        for claim in claims {
            memory.remember([LimitState(claim: claim, used: 1, reserved: 2, resetsAt: 7)], of: tenant)
        }
        let known = claims.filter { memory.seen($0.counter, by: tenant) != nil }
        #expect(known.count <= 4)
        #expect(memory.seen(claims[19].counter, by: tenant) == .init(remaining: 6, resetsAt: 7))
    }
}
