import Testing

@testable import Storage

@Suite struct ReconnectBackoffTests {
    @Test func doublesUpToTheLastLessUpToHalf() {
        var random = SplitMix64(seed: 3)
        var backoff = ReconnectBackoff(first: 50, last: 1000)
        for most in [50, 100, 200, 400, 800, 1000, 1000, 1000] {
            let wait = backoff.next(using: &random)
            #expect(wait <= .milliseconds(most))
            #expect(wait >= .milliseconds(most - most / 2))
        }
        backoff.reset()
        #expect(backoff.next(using: &random) <= .milliseconds(50))
    }

    @Test func isSpread() {
        var random = SplitMix64(seed: 4)
        let waits = (0..<50).map { _ in
            var backoff = ReconnectBackoff(first: 1000, last: 1000)
            return backoff.next(using: &random)
        }
        #expect(Set(waits).count > 30)
    }

    @Test func survivesAbsurdSettings() {
        var random = SplitMix64(seed: 5)
        for (first, last) in [(0, 0), (-5, -9), (.max, .max), (1, .max), (10, 1)] {
            var backoff = ReconnectBackoff(first: first, last: last)
            for _ in 0..<100 { #expect(backoff.next(using: &random) > .zero) }
        }
    }
}
