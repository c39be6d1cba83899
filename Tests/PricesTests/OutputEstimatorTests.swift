import Dialects
import Testing

@testable import Prices

@Suite struct OutputEstimatorTests {
    private func facts(cap: Int? = nil, choices: Int = 1, endpoint: Endpoint = .chatCompletions) -> PromptFacts {
        var facts = PromptFacts(endpoint: endpoint)
        facts.maxTokens = cap
        facts.choices = choices
        return facts
    }

    private func usage(_ completion: Int) -> TokenUsage { TokenUsage(prompt: 1, completion: completion) }

    @Test(
        arguments: [
            (nil, nil, 1, 1024), (100, nil, 1, 100), (nil, 64, 1, 64), (100, 64, 1, 64), (2000, nil, 1, 1024),
            (100, nil, 3, 300), (nil, nil, 2, 2048), (0, nil, 1, 0), (nil, 8192, 1, 1024),
        ] as [(Int?, Int?, Int, Int)])
    func takesTheLeastBound(_ cap: Int?, _ modelCap: Int?, _ choices: Int, _ expected: Int) {
        var estimator = OutputEstimator()
        let facts = facts(cap: cap, choices: choices)
        #expect(estimator.outputTokens(facts, key: "k", model: "m", modelCap: modelCap) == expected)
    }

    @Test func embeddingsHaveNoOutput() {
        var estimator = OutputEstimator()
        let facts = facts(endpoint: .embeddings)
        #expect(estimator.outputTokens(facts, key: "k", model: "m", modelCap: nil) == 0)
        estimator.learn(facts, key: "k", model: "m", usage: usage(5))
        #expect(estimator.count == 0)
        #expect(TokenDemand(prompt: 100, output: 0).need == 100)
        #expect(TokenDemand(prompt: 100, output: 0).want == 100)
    }

    @Test func learnsHowLongAnswersAre() {
        var estimator = OutputEstimator()
        func estimate(_ key: String, _ model: String, cap: Int? = nil) -> Int {
            estimator.outputTokens(facts(cap: cap), key: key, model: model, modelCap: nil)
        }
        for _ in 0..<7 { estimator.learn(facts(), key: "k", model: "m", usage: usage(100)) }
        #expect(estimate("k", "m") == 1024)
        estimator.learn(facts(), key: "k", model: "m", usage: usage(100))
        #expect(estimate("k", "m") == 128)
        #expect(estimate("k", "m", cap: 50) == 50)
        #expect(estimate("other", "m") == 1024)
        #expect(estimate("k", "other") == 1024)
        // One long answer in twenty may be longer, two may not.
        for _ in 0..<12 { estimator.learn(facts(), key: "k", model: "n", usage: usage(100)) }
        for _ in 0..<7 { estimator.learn(facts(), key: "k", model: "n", usage: usage(120)) }
        estimator.learn(facts(), key: "k", model: "n", usage: usage(5000))
        #expect(estimate("k", "n") == 128)
        estimator.learn(facts(), key: "k", model: "n", usage: usage(5000))
        #expect(estimate("k", "n") == 6144)
    }

    @Test func severalAnswersCountPerAnswer() {
        var estimator = OutputEstimator()
        for _ in 0..<10 { estimator.learn(facts(choices: 4), key: "k", model: "m", usage: usage(400)) }
        #expect(estimator.outputTokens(facts(), key: "k", model: "m", modelCap: nil) == 128)
        #expect(estimator.outputTokens(facts(choices: 2), key: "k", model: "m", modelCap: nil) == 256)
    }

    @Test func oldAnswersFade() throws {
        var histogram = TokenHistogram()
        for _ in 0..<400 { histogram.add(5000) }
        #expect(histogram.percentile95 == 6144)
        #expect(histogram.total < 256)
        var answers = 0
        while try #require(histogram.percentile95) > 128, answers < 10_000 {
            histogram.add(100)
            answers += 1
        }
        #expect((256...1500).contains(answers))
    }

    @Test func bucketsHoldWhatTheySay() {
        #expect((0..<6).map(TokenHistogram.upperBound(of:)) == [16, 24, 32, 48, 64, 96])
        #expect(TokenHistogram.upperBound(of: 31) == 786_432)
        for bucket in 0..<31 {
            let bound = TokenHistogram.upperBound(of: bucket)
            #expect(TokenHistogram.bucket(of: bound) == bucket)
            #expect(TokenHistogram.bucket(of: bound + 1) == bucket + 1)
        }
        #expect(TokenHistogram.bucket(of: .max) == 31)
        #expect(TokenHistogram.bucket(of: .min) == 0)
    }

    @Test func thePercentileIsWithinAHalfOctaveOfTheTrueOne() throws {
        var random = SplitMix64(seed: 9)
        for _ in 0..<200 {
            var histogram = TokenHistogram()
            let answers = (0..<(8 + random.below(200))).map { _ in 1 + random.below(1 << (1 + random.below(18))) }
            for answer in answers { histogram.add(answer) }
            let rank = (answers.count * 95 + 99) / 100
            let exact = answers.sorted()[rank - 1]
            let learned = try #require(histogram.percentile95)
            #expect(learned >= exact)
            #expect(learned <= max(16, exact * 3 / 2))
        }
    }

    @Test func isBoundedAndNeverTraps() {
        var random = SplitMix64(seed: 4)
        var estimator = OutputEstimator(capacity: 16)
        for _ in 0..<20_000 {
            let facts = facts(cap: random.below(2) == 0 ? nil : random.anyCount(), choices: random.anyCount())
            let key = "k\(random.below(40))"
            var usage = TokenUsage()
            usage.completion = random.anyCount()
            estimator.learn(facts, key: key, model: "m", usage: usage)
            let output = estimator.outputTokens(facts, key: key, model: "m", modelCap: random.anyCount())
            #expect((0...TokenUsage.maximumTokens).contains(output))
            let demand = TokenDemand(prompt: random.anyCount(), output: output)
            #expect(demand.need <= demand.want)
            #expect(demand.need >= 0)
            #expect(estimator.count <= 16)
        }
    }

    @Test func needIsTheFloorAndWantTheEstimate() throws {
        let demand = TokenDemand(prompt: 100, output: 1024)
        #expect(demand.need == 116)
        #expect(demand.want == 1124)
        // No more is needed than the client asked for.
        #expect(TokenDemand(prompt: 100, output: 5).need == 105)
        #expect(TokenDemand(prompt: .max, output: .max).want == .max)
        let price = try #require(PriceTable.shared.price(kind: .openai, model: "gpt-4o"))
        // 100 × 2.5 + 16 × 10 = 410; 100 × 2.5 + 1,024 × 10 = 10,490 millionths of a dollar.
        let cost = try #require(demand.cost(at: price))
        #expect(cost.need == 410_000)
        #expect(cost.want == 10_490_000)
        #expect(demand.cost(at: Price(version: "test")) == nil)
    }
}
