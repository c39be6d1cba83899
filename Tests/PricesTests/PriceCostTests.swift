import Dialects
import Policy
import Prices
import Testing

@Suite struct PriceCostTests {
    private func price(_ kind: ProviderKind, _ model: String) throws -> Price {
        try #require(PriceTable.shared.price(kind: kind, model: model))
    }

    private func usage(
        _ prompt: Int, cached: Int = 0, written: Int = 0, _ completion: Int = 0, reasoning: Int = 0
    ) -> TokenUsage {
        var usage = TokenUsage()
        (usage.prompt, usage.cached, usage.cacheWrite) = (prompt, cached, written)
        (usage.completion, usage.reasoning) = (completion, reasoning)
        return usage
    }

    /// Worked out by hand from dollars per million tokens; the last column is nano-dollars.
    @Test func agreesWithExamplesByHand() throws {
        // gpt-4o: 1,000 × 2.50 + 500 × 10.00 = 7,500 millionths of a dollar.
        #expect(try price(.openai, "gpt-4o").cost(of: usage(1000, 500)) == 7_500_000)
        // gpt-4o, 800 of 1,000 cached: 200 × 2.50 + 800 × 1.25 + 500 × 10.00 = 6,500.
        #expect(try price(.openai, "gpt-4o").cost(of: usage(1000, cached: 800, 500)) == 6_500_000)
        // gpt-4o-mini, one token each: 0.15 + 0.60 = 0.75 millionths = 750 nano-dollars.
        #expect(try price(.openai, "gpt-4o-mini").cost(of: usage(1, 1)) == 750)
        // claude-sonnet-4-5: 100 × 3 + 2,000 × 0.30 + 400 × 3.75 + 50 × 15 = 300 + 600 + 1,500 + 750 = 3,150.
        let sonnet = try price(.anthropic, "claude-sonnet-4-5")
        #expect(sonnet.cost(of: usage(2500, cached: 2000, written: 400, 50)) == 3_150_000)
        // The same with 300 of the 400 written for an hour: 300 + 600 + 100 × 3.75 + 300 × 6 + 750 = 3,825.
        var media = MediaUsage()
        media.cacheWriteHourTokens = 300
        #expect(sonnet.cost(of: usage(2500, cached: 2000, written: 400, 50), media: media) == 3_825_000)
        // o3, 900 of 1,000 output tokens thought: all at 8.00; 10 × 2 + 1,000 × 8 = 8,020.
        #expect(try price(.openai, "o3").cost(of: usage(10, 1000, reasoning: 900)) == 8_020_000)
        // text-embedding-3-small: 0.02 dollars a million; 12,345 tokens = 246.9 millionths.
        #expect(try price(.openai, "text-embedding-3-small").cost(of: usage(12_345)) == 246_900)
    }

    @Test func pricesMedia() throws {
        var media = MediaUsage()
        // gpt-audio: 100 of 300 input tokens are audio, 50 of 60 output tokens: 200 × 2.5 + 100 × 32 + 10 × 10
        // + 50 × 64 = 500 + 3,200 + 100 + 3,200 = 7,000.
        (media.audioInputTokens, media.audioOutputTokens) = (100, 50)
        #expect(try price(.openai, "gpt-audio").cost(of: usage(300, 60), media: media) == 7_000_000)
        // gpt-image-1: 50 text × 5 + 100 image × 10 + 1,000 image out × 40 = 41,250; the answer's kind need not be said.
        media = MediaUsage()
        media.imageInputTokens = 100
        #expect(try price(.openai, "gpt-image-1").cost(of: usage(150, 1000), media: media) == 41_250_000)
        // whisper-1: 0.0001 dollars a second; 90.5 seconds.
        media = MediaUsage()
        media.audioMilliseconds = 90_500
        #expect(try price(.openai, "whisper-1").cost(of: usage(0), media: media) == 9_050_000)
        // groq's turbo: 0.00001111 dollars a second; 60 seconds = 666,600 nano-dollars.
        media.audioMilliseconds = 60_000
        #expect(try price(.groq, "whisper-large-v3-turbo").cost(of: usage(0), media: media) == 666_600)
        // tts-1: 15 dollars a million characters.
        media = MediaUsage()
        media.inputCharacters = 1000
        #expect(try price(.openai, "tts-1").cost(of: usage(0), media: media) == 15_000_000)
        // gemini-3-pro-image: 0.134 dollars an image, 0.0011 for one in the prompt.
        media = MediaUsage()
        (media.images, media.inputImages) = (2, 1)
        #expect(try price(.gemini, "gemini-3-pro-image").cost(of: usage(0), media: media) == 269_100_000)
        // Without rates of their own, audio and images are tokens like others.
        media = MediaUsage()
        (media.audioInputTokens, media.imageInputTokens) = (10, 10)
        #expect(try price(.openai, "gpt-4o").cost(of: usage(30), media: media) == 75_000)
    }

    @Test func longContextPricesTheWholeRequest() throws {
        let pro = try price(.gemini, "gemini-2.5-pro")
        // 200,000 × 1.25 + 100 × 10 = 251,000; one token more: 200,001 × 2.50 + 100 × 15 = 501,502.5.
        #expect(pro.cost(of: usage(200_000, 100)) == 251_000_000)
        #expect(pro.cost(of: usage(200_001, 100)) == 501_502_500)
        // Output does not count towards the threshold; cached input does.
        #expect(pro.cost(of: usage(199_999, 100_000)) == 249_998_750 + 1_000_000_000)
        // 200,001 × 0.25 = 50,000.25.
        #expect(pro.cost(of: usage(200_001, cached: 200_001)) == 50_000_250)
        // gpt-5.6: a write costs 1.25 of the input in either tier: 5 and 10 dollars.
        let gpt = try price(.openai, "gpt-5.6")
        #expect(gpt.cost(of: usage(272_000, written: 272_000)) == 1_360_000_000)
        #expect(gpt.cost(of: usage(272_001, written: 272_001)) == 2_720_010_000)
    }

    @Test func roundsHalfUpOnce() {
        var price = Price(version: "test")
        (price.input, price.output) = (250_000, 250_000)
        // A quarter of a nano-dollar each: rounded apart, both would vanish.
        #expect(price.cost(of: usage(1)) == 0)
        #expect(price.cost(of: usage(1, 1)) == 1)
        price.input = 499_999
        #expect(price.cost(of: usage(1)) == 0)
        price.input = 500_000
        #expect(price.cost(of: usage(1)) == 1)
        #expect(price.cost(of: usage(2)) == 1)
        #expect(price.cost(of: usage(3)) == 2)
    }

    @Test func missingRatesFallBack() {
        var price = Price(version: "test")
        price.input = 1_000_000
        price.output = 5_000_000
        #expect(price.cost(of: usage(10, cached: 4, written: 3, 2, reasoning: 1)) == 20)
        price.cacheWrite = 2_000_000
        var media = MediaUsage()
        media.cacheWriteHourTokens = 2
        #expect(price.cost(of: usage(10, cached: 4, written: 3), media: media) == 13)
        price.reasoning = 7_000_000
        #expect(price.cost(of: usage(0, 2, reasoning: 1)) == 12)
    }

    @Test func unknownIsNotFree() throws {
        var price = Price(version: "test")
        #expect(price.cost(of: usage(1)) == nil)
        #expect(price.cost(of: usage(0, 1)) == nil)
        #expect(price.cost(of: usage(0)) == 0)
        price.input = 1_000_000
        #expect(price.cost(of: usage(5)) == 5)
        #expect(price.cost(of: usage(5, 1)) == nil)
        var media = MediaUsage()
        media.images = 1
        #expect(price.cost(of: usage(5), media: media) == nil)
        price.output = 0
        #expect(price.cost(of: usage(5, 1)) == 5)
    }

    @Test func theProvidersOwnCostWins() throws {
        var stated = usage(1000, 1000)
        stated.costNanodollars = 42
        let price = try price(.openai, "gpt-4o")
        #expect(price.cost(of: stated) == 42)
        #expect(Charge(usage: stated, price: nil) == Charge(nanodollars: 42, version: "provider"))
        #expect(Charge(usage: stated, price: price) == Charge(nanodollars: 42, version: "provider"))
        stated.costNanodollars = -1
        #expect(price.cost(of: stated) == 0)
        #expect(Charge(usage: stated, price: nil)?.nanodollars == 0)
        #expect(Charge(usage: usage(1000, 500), price: price) == Charge(nanodollars: 7_500_000, version: "2026-11-21"))
        #expect(Charge(usage: usage(1), price: nil) == nil)
        #expect(Charge(usage: usage(1), price: Price(version: "test")) == nil)
    }

    @Test func contradictoryCountsAreSettled() throws {
        let price = try price(.openai, "gpt-4o")
        // All of a prompt is cached at most: 10 × 1.25.
        #expect(price.cost(of: usage(10, cached: 99, written: 99)) == 12_500)
        #expect(price.cost(of: usage(10, cached: -5)) == 25_000)
        #expect(price.cost(of: usage(-10, -10)) == 0)
        #expect(price.cost(of: usage(0, 10, reasoning: 99)) == 100_000)
    }
}
