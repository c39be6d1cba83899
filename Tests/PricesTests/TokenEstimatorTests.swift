import Dialects
import Testing

@testable import Prices

@Suite struct TokenEstimatorTests {
    private func facts(bytes: Int, endpoint: Endpoint = .chatCompletions) -> PromptFacts {
        var facts = PromptFacts(endpoint: endpoint)
        facts.textBytes = bytes
        return facts
    }

    private func usage(_ prompt: Int) -> TokenUsage { TokenUsage(prompt: prompt, completion: 1) }

    @Test func startsAtFourBytesPerToken() {
        var estimator = TokenEstimator()
        #expect(estimator.promptTokens(facts(bytes: 400), kind: .openai, model: "gpt-4o") == 103)
        #expect(estimator.promptTokens(facts(bytes: 401), kind: .openai, model: "gpt-4o") == 104)
        #expect(estimator.promptTokens(facts(bytes: 400, endpoint: .embeddings), kind: .openai, model: "e") == 100)
        #expect(estimator.promptTokens(facts(bytes: 0), kind: .openai, model: "gpt-4o") == 3)
        var ids = facts(bytes: 0, endpoint: .embeddings)
        ids.tokenIDs = 17
        #expect(estimator.promptTokens(ids, kind: .openai, model: "e") == 17)
        #expect(estimator.count == 0)
    }

    @Test func addsMediaByTheTargetsRule() {
        var estimator = TokenEstimator()
        var facts = facts(bytes: 400)
        facts.media = [.image(PixelSize(width: 1024, height: 1024), .auto), .audio(milliseconds: 10_000)]
        #expect(estimator.promptTokens(facts, kind: .openai, model: "gpt-4o") == 103 + 765 + 100)
        #expect(estimator.promptTokens(facts, kind: .gemini, model: "gemini-3.8-flash") == 103 + 1120 + 320)
        #expect(estimator.promptTokens(facts, kind: .anthropic, model: "claude-haiku-4-5") == 103 + 1369 + 100)
    }

    @Test func learnsEachModelsRatio() {
        var estimator = TokenEstimator()
        let prompt = facts(bytes: 30_000)
        // Five bytes a token.
        for _ in 0..<200 { estimator.learn(prompt, kind: .openai, model: "a", usage: usage(6003)) }
        let estimate = estimator.promptTokens(prompt, kind: .openai, model: "a")
        #expect((6003...6040).contains(estimate))
        #expect(estimator.ratio(kind: .openai, model: "a") > 20_380)
        #expect(estimator.ratio(kind: .openai, model: "a") <= 20_480)
        #expect(estimator.ratio(kind: .groq, model: "a") == 16_384)
        // One step of a large prompt: a sixteenth of the way from 4 to 5; of a small one, far less.
        estimator.learn(prompt, kind: .openai, model: "b", usage: usage(6003))
        #expect(estimator.ratio(kind: .openai, model: "b") == 16_384 + 256)
        estimator.learn(facts(bytes: 512), kind: .openai, model: "c", usage: usage(512 / 5 + 3))
        #expect((16_384 + 32...16_384 + 33).contains(estimator.ratio(kind: .openai, model: "c")))
    }

    @Test func staysWithinItsBounds() {
        var estimator = TokenEstimator()
        for _ in 0..<500 {
            estimator.learn(facts(bytes: 1_000_000), kind: .openai, model: "lean", usage: usage(10))
            estimator.learn(facts(bytes: 4096), kind: .openai, model: "dense", usage: usage(1_000_000))
        }
        #expect((49_100...49_152).contains(estimator.ratio(kind: .openai, model: "lean")))
        #expect((4096...4140).contains(estimator.ratio(kind: .openai, model: "dense")))
    }

    @Test func learnsNothingFromWhatTellsNothing() {
        var estimator = TokenEstimator()
        var estimated = usage(10)
        estimated.estimated = true
        var withMedia = facts(bytes: 10_000)
        withMedia.media = [.audio(milliseconds: 1)]
        var withIDs = facts(bytes: 10_000)
        withIDs.tokenIDs = 1
        estimator.learn(facts(bytes: 10_000), kind: .openai, model: "m", usage: estimated)
        estimator.learn(withMedia, kind: .openai, model: "m", usage: usage(100))
        estimator.learn(withIDs, kind: .openai, model: "m", usage: usage(100))
        for count in [.min, -1, 0, 3] {
            estimator.learn(
                facts(bytes: 10_000), kind: .openai, model: "m", usage: TokenUsage(prompt: count, completion: 0))
        }
        estimator.learn(facts(bytes: 0), kind: .openai, model: "m", usage: usage(100))
        #expect(estimator.count == 0)
        #expect(estimator.ratio(kind: .openai, model: "m") == 16_384)
    }

    @Test func forgetsTheModelUnusedForLongest() {
        var estimator = TokenEstimator(capacity: 2)
        let prompt = facts(bytes: 30_000)
        estimator.learn(prompt, kind: .openai, model: "a", usage: usage(6003))
        estimator.learn(prompt, kind: .openai, model: "b", usage: usage(6003))
        _ = estimator.promptTokens(prompt, kind: .openai, model: "a")
        estimator.learn(prompt, kind: .openai, model: "c", usage: usage(6003))
        #expect(estimator.count == 2)
        #expect(estimator.ratio(kind: .openai, model: "a") == 16_640)
        #expect(estimator.ratio(kind: .openai, model: "b") == 16_384)
        #expect(estimator.ratio(kind: .openai, model: "c") == 16_640)
    }

    @Test func neverTrapsAndGrowsWithTheText() {
        var random = SplitMix64(seed: 3)
        var estimator = TokenEstimator(capacity: 8)
        for _ in 0..<20_000 {
            var facts = facts(bytes: random.anyCount())
            facts.tokenIDs = random.below(3) == 0 ? random.anyCount() : 0
            if random.below(4) == 0 {
                facts.media = [
                    .file(bytes: random.anyCount(), isText: random.below(2) == 0),
                    .audio(milliseconds: random.anyCount()),
                ]
            }
            let model = "m\(random.below(20))"
            var usage = TokenUsage()
            usage.prompt = random.anyCount()
            estimator.learn(facts, kind: .openai, model: model, usage: usage)
            #expect(TokenEstimator.ratios.contains(estimator.ratio(kind: .openai, model: model)))
            let tokens = estimator.promptTokens(facts, kind: .openai, model: model)
            #expect(tokens >= 0)
            #expect(tokens <= TokenUsage.maximumTokens)
            facts.textBytes = max(0, min(facts.textBytes, .max - 5000)) + random.below(5000)
            #expect(estimator.promptTokens(facts, kind: .openai, model: model) >= tokens)
            #expect(estimator.count <= 8)
        }
    }
}
