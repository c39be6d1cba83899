import Policy
import Routing
import Testing

@Suite struct TargetChoiceTests {
    private func counts(
        _ choice: TargetChoice, draws: Int = 20_000, load: (Int) -> Int = { _ in 0 }
    ) -> [[Int]: Int] {
        var random = SplitMix64(seed: 11)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<draws { counts[choice.order(random: &random, load: load), default: 0] += 1 }
        return counts
    }

    @Test func thePolicySaysHow() {
        var model = ModelPolicy(
            name: "m", targets: [ModelTarget(provider: "a", weight: 1), ModelTarget(provider: "b", weight: 1)])
        #expect(TargetChoice(model) == TargetChoice(weights: [1, 1], method: .weighted))
        model.choice = .leastLatency
        #expect(TargetChoice(model) == TargetChoice(weights: [1, 1], method: .leastLatency))
    }

    @Test(arguments: [[nil, nil, nil], [nil, 1, nil], [5, nil, 3], [nil, 1], []] as [[Int?]])
    func withoutNeighboursOfEqualRankTheListDecides(_ weights: [Int?]) {
        let choice = TargetChoice(weights: weights)
        #expect(choice.isFixed)
        #expect(counts(choice, draws: 50) == [Array(weights.indices): 50])
    }

    @Test func aRankIsDrawnByWeight() {
        let counts = counts(TargetChoice(weights: [7, 2, 1]))
        func first(_ index: Int) -> Double {
            Double(counts.filter { $0.key.first == index }.values.reduce(0, +)) / 20_000
        }
        #expect(abs(first(0) - 0.7) < 0.015)
        #expect(abs(first(1) - 0.2) < 0.015)
        #expect(abs(first(2) - 0.1) < 0.015)
        #expect(counts.keys.allSatisfy { $0.sorted() == [0, 1, 2] })
        // Of the two that are left after the first, by their weights again.
        let second = Double(counts[[0, 1, 2]] ?? 0) / Double((counts[[0, 1, 2]] ?? 0) + (counts[[0, 2, 1]] ?? 0))
        #expect(abs(second - 2.0 / 3) < 0.02)
    }

    @Test func ranksKeepTheirPlaces() {
        let counts = counts(TargetChoice(weights: [nil, 1, 1, nil, 3, 1]))
        #expect(counts.count == 4)
        #expect(counts.keys.allSatisfy { $0[0] == 0 && $0[3] == 3 && Set($0[1...2]) == [1, 2] })
    }

    @Test func aWeightOfZeroOnlyTakesOver() {
        #expect(Set(counts(TargetChoice(weights: [0, 1, 1])).keys) == [[1, 2, 0], [2, 1, 0]])
        #expect(Set(counts(TargetChoice(weights: [0, 0])).keys) == [[0, 1]])
    }

    @Test func leastLatencyPrefersTheFasterOfTwo() {
        let loads = [900, 100, 500]
        let counts = counts(TargetChoice(weights: [1, 1, 1], method: .leastLatency)) { loads[$0] }
        func first(_ index: Int) -> Double {
            Double(counts.filter { $0.key.first == index }.values.reduce(0, +)) / 20_000
        }
        // Two of three are drawn: the slowest never wins, the fastest wins whenever it is drawn.
        #expect(first(0) == 0)
        #expect(abs(first(1) - 2.0 / 3) < 0.015)
        #expect(counts.keys.allSatisfy { $0.sorted() == [0, 1, 2] })
    }

    @Test func peakLatencyJumpsUpAndSinksSlowly() {
        let latency = PeakLatency()
        #expect(latency.load(at: 0) == 0)
        latency.sample(100_000, at: 0)
        #expect(latency.load(at: 0) == 100_000)
        latency.sample(900_000, at: 10)
        #expect(latency.load(at: 10) == 900_000)
        latency.sample(100_000, at: 20)
        let after = latency.load(at: 20)
        #expect(after > 780_000 && after < 830_000)
        #expect(latency.load(at: 10_020) == after / 2)
        latency.started()
        #expect(latency.load(at: 20) == after * 2)
        latency.ended()
        for time in 0..<100 { latency.sample(100_000, at: 30 + time) }
        #expect(abs(latency.load(at: 130) - 100_000) < 1_000)
    }
}
