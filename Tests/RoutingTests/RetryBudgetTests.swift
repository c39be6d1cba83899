import Routing
import Synchronization
import Testing

@Suite struct RetryBudgetTests {
    private let clock = TestClock(100_000)

    private func taken(_ budget: RetryBudget, of tries: Int = 10_000) -> Int {
        (0..<tries).count { _ in budget.takeRetry() }
    }

    @Test(arguments: [(0, 20), (100, 40), (1_000, 220), (10_000, 2_020)])
    func aShareOfTheTrafficAndAMinimum(_ requests: Int, _ expected: Int) {
        let budget = RetryBudget(clock: clock.read)
        for _ in 0..<requests { budget.countRequest() }
        #expect(taken(budget) == expected)
        #expect(!budget.takeRetry())
    }

    @Test func theWindowMoves() {
        let budget = RetryBudget(percent: 20, window: 10, minimumPerSecond: 0, clock: clock.read)
        for _ in 0..<100 { budget.countRequest() }
        clock.advance(9_000)
        #expect(taken(budget, of: 15) == 15)
        clock.advance(1_000)
        // The requests are out of the window, the retries are not.
        #expect(taken(budget) == 0)
        for _ in 0..<100 { budget.countRequest() }
        #expect(taken(budget) == 5)
        clock.advance(3_600_000)
        #expect(taken(budget) == 0)
    }

    @Test func steadyTrafficNeverExceedsTheShare() {
        var random = SplitMix64(seed: 9)
        let budget = RetryBudget(minimumPerSecond: 1, clock: clock.read)
        var requests = 0
        var retries = 0
        for _ in 0..<60_000 {
            clock.advance(Int.random(in: 0...20, using: &random))
            budget.countRequest()
            requests += 1
            if Int.random(in: 0..<2, using: &random) == 0, budget.takeRetry() { retries += 1 }
        }
        let seconds = (clock.now - 100_000) / 1000
        #expect(retries <= requests / 5 + seconds + 30)
        #expect(retries > requests / 6)
    }

    @Test func manyThreadsTakeNoMoreThanThereIs() async {
        let budget = RetryBudget(clock: clock.read)
        for _ in 0..<400 { budget.countRequest() }
        let total = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { (0..<200).count { _ in budget.takeRetry() } } }
            return await group.reduce(0, +)
        }
        #expect(total == 100)
    }
}
