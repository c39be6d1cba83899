import Dialects
import Prices
import Testing

@Suite struct PricePropertyTests {
    private static let prices: [Price] = [
        (ProviderKind.openai, "gpt-5.6"), (.openai, "gpt-audio"), (.anthropic, "claude-opus-5-5"),
        (.gemini, "gemini-2.5-pro"), (.gemini, "gemini-2.5-flash-image"), (.openai, "gpt-image-1"), (.demo, "any"),
    ].compactMap { PriceTable.shared.price(kind: $0.0, model: $0.1) }

    private func anyUsage(_ random: inout SplitMix64) -> TokenUsage {
        var usage = TokenUsage()
        usage.prompt = random.anyCount()
        usage.cached = random.anyCount()
        usage.cacheWrite = random.anyCount()
        usage.completion = random.anyCount()
        usage.reasoning = random.anyCount()
        usage.total = random.anyCount()
        return usage
    }

    private func anyMedia(_ random: inout SplitMix64) -> MediaUsage {
        var media = MediaUsage()
        media.audioInputTokens = random.anyCount()
        media.imageInputTokens = random.anyCount()
        media.cacheWriteHourTokens = random.anyCount()
        media.audioOutputTokens = random.anyCount()
        media.imageOutputTokens = random.anyCount()
        media.images = random.anyCount()
        media.inputImages = random.anyCount()
        media.audioMilliseconds = random.anyCount()
        media.inputCharacters = random.anyCount()
        return media
    }

    @Test func neverTrapsAndIsNeverNegative() {
        var random = SplitMix64(seed: 1)
        var saturated = 0
        for _ in 0..<20_000 {
            let index = random.below(Self.prices.count + 1)
            var price = index < Self.prices.count ? Self.prices[index] : Price(version: "test")
            if index == Self.prices.count {
                (price.input, price.output) = (random.anyCount(), random.anyCount())
                (price.cachedInput, price.cacheWrite) = (random.anyCount(), random.anyCount())
                (price.perImage, price.perAudioSecond) = (random.anyCount(), random.anyCount())
                price.longContext = .init(aboveInputTokens: random.anyCount())
                price.longContext?.input = random.anyCount()
            }
            let media = random.below(2) == 0 ? MediaUsage() : anyMedia(&random)
            guard let cost = price.cost(of: anyUsage(&random), media: media) else { continue }
            #expect(cost >= 0)
            if cost == .max { saturated += 1 }
        }
        #expect(saturated > 100)
    }

    @Test func saturatesInsteadOfOverflowing() throws {
        var price = Price(version: "test")
        (price.input, price.output) = (.max, .max)
        var usage = TokenUsage()
        (usage.prompt, usage.completion) = (.max, .max)
        #expect(price.cost(of: usage) == .max)
        (price.input, price.output) = (1_000_000, 0)
        // One nano-dollar a token: exact up to the last one.
        #expect(price.cost(of: usage) == .max)
        usage.prompt = .max - 1
        #expect(price.cost(of: usage) == .max - 1)
        #expect(price.cost(prompt: .max, completion: .max) == .max)
    }

    /// More tokens never cost less. (More *cached* tokens of as many tokens do.)
    @Test func isMonotoneInUsage() throws {
        var random = SplitMix64(seed: 2)
        for _ in 0..<5_000 {
            let price = Self.prices[random.below(Self.prices.count)]
            var usage = TokenUsage()
            usage.prompt = random.below(600_000)
            usage.cached = random.below(usage.prompt + 1)
            usage.cacheWrite = random.below(usage.prompt - usage.cached + 1)
            usage.completion = random.below(100_000)
            usage.reasoning = random.below(usage.completion + 1)
            let before = try #require(price.cost(of: usage))
            var more = usage
            more.prompt += random.below(100_000)
            #expect(try #require(price.cost(of: more)) >= before, "\(usage)")
            more = usage
            more.completion += random.below(100_000)
            #expect(try #require(price.cost(of: more)) >= before, "\(usage)")
            more = usage
            more.cached += 1
            if more.cached + more.cacheWrite <= more.prompt {
                #expect(try #require(price.cost(of: more)) <= before, "\(usage)")
            }
        }
    }

    /// Away from tiers, a sum of requests costs what they cost together, but for rounding.
    @Test func isLinearBelowTheTier() throws {
        var random = SplitMix64(seed: 3)
        let price = try #require(PriceTable.shared.price(kind: .anthropic, model: "claude-haiku-5-5"))
        for _ in 0..<1_000 {
            let (a, b) = (random.below(1_000_000), random.below(1_000_000))
            let (c, d) = (random.below(1_000_000), random.below(1_000_000))
            let apart =
                try #require(price.cost(prompt: a, completion: b)) + #require(price.cost(prompt: c, completion: d))
            #expect(try #require(price.cost(prompt: a + c, completion: b + d)) == apart)
        }
    }
}
