import Dialects
import Prices
import Testing

@Suite struct PriceTableTests {
    private let table = PriceTable.shared

    /// Dollars per million tokens as the price pages state them.
    @Test(arguments: [
        (ProviderKind.openai, "gpt-4o", 2.5, 1.25, 10), (.openai, "gpt-5-nano", 0.05, 0.005, 0.4),
        (.anthropic, "claude-sonnet-4-5", 3, 0.3, 15), (.gemini, "gemini-2.5-flash", 0.3, 0.03, 2.5),
        (.groq, "openai/gpt-oss-safeguard-20b", 0.075, 0.037, 0.3), (.openrouter, "x-ai/grok-4", 3, 0.75, 15),
    ])
    func holdsStatedPrices(_ kind: ProviderKind, _ model: String, _ input: Double, _ cached: Double, _ output: Double)
        throws
    {
        let price = try #require(table.price(kind: kind, model: model))
        #expect(price.input == Int((input * 1e9).rounded()))
        #expect(price.cachedInput == Int((cached * 1e9).rounded()))
        #expect(price.output == Int((output * 1e9).rounded()))
        #expect(price.version == "2026-11-21")
    }

    @Test func holdsTheRarerPrices() throws {
        let opus = try #require(table.price(kind: .anthropic, model: "claude-opus-5-5"))
        #expect(opus.cacheWrite == 5_000_000_000)
        #expect(opus.cacheWriteHour == 8_000_000_000)
        let audio = try #require(table.price(kind: .openai, model: "gpt-audio"))
        #expect(audio.audioInput == 32_000_000_000)
        #expect(audio.audioOutput == 64_000_000_000)
        #expect(audio.cachedInput == nil)
        let image = try #require(table.price(kind: .gemini, model: "gemini-3-pro-image"))
        #expect(image.perImage == 134_000_000_000_000)
        #expect(image.perInputImage == 1_100_000_000_000)
        #expect(image.imageOutput == 120_000_000_000)
        // 0.00003083 dollars a second.
        let speech = try #require(table.price(kind: .groq, model: "whisper-large-v3"))
        #expect(speech.perAudioSecond == 30_830_000_000)
        #expect(speech.input == nil)
        #expect(table.price(kind: .openai, model: "tts-1")?.perInputCharacter == 15_000_000_000)
        let tier = try #require(table.price(kind: .gemini, model: "gemini-2.5-pro")?.longContext)
        #expect(tier.aboveInputTokens == 200_000)
        #expect(tier.input == 2_500_000_000)
        #expect(tier.output == 15_000_000_000)
        #expect(table.price(kind: .openai, model: "omni-moderation-latest")?.input == 0)
    }

    @Test(arguments: [
        (ProviderKind.openai, "gpt-4o-2024-08-06", "gpt-4o"), (.openai, "gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        (.anthropic, "claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        (.anthropic, "claude-haiku-4-5@20251001", "claude-haiku-4-5"),
        (.anthropic, "claude-opus-5-latest", "claude-opus-5"), (.gemini, "models/gemini-2.5-pro", "gemini-2.5-pro"),
        (.gemini, "gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash"),
        (.gemini, "gemini-2.5-flash-image-preview", "gemini-2.5-flash-image"),
    ])
    func findsOtherSpellings(_ kind: ProviderKind, _ name: String, _ plain: String) throws {
        let price = try #require(table.price(kind: kind, model: name))
        #expect(price == table.price(kind: kind, model: plain))
    }

    @Test func findsAggregatedNames() throws {
        let own = try #require(table.price(kind: .openrouter, model: "openai/gpt-5.2"))
        #expect(table.price(kind: .openrouter, model: "openai/gpt-5.2:nitro") == own)
        let vendors = try #require(table.price(kind: .openrouter, model: "anthropic/claude-opus-5.5"))
        #expect(vendors == table.price(kind: .anthropic, model: "claude-opus-5-5"))
        #expect(table.price(kind: .openrouter, model: "google/gemini-3.8-flash")?.output == 3_750_000_000)
        #expect(table.price(kind: .openrouter, model: "openai/gpt-4o:extended")?.input == 2_500_000_000)
        #expect(table.price(kind: .openrouter, model: "vendor/any:free")?.cost(prompt: 1000, completion: 1000) == 0)
        #expect(table.price(kind: .openrouter, model: "vendor/any") == nil)
        #expect(table.price(kind: .openrouter, model: "gpt-4o") == nil)
    }

    /// A relative's price is no price.
    @Test(arguments: [
        (ProviderKind.openai, "gpt-5.3"), (.openai, "gpt-4o-audio-preview"), (.openai, "gpt-4"),
        (.openai, "ft:gpt-4o-2024-08-06:org::id"), (.openai, "gpt-5.1-codex"), (.anthropic, "claude-opus-6"),
        (.gemini, "gemini-9-pro"), (.groq, "gpt-4o"), (.anthropic, ""), (.gemini, "models/"), (.openai, "-"),
        (.n8n, "gpt-4o"), (.n8n, "workflow"), (.openaiCompatible, "gpt-4o"), (.openaiCompatible, "llama3"),
    ])
    func leavesOthersUnknown(_ kind: ProviderKind, _ model: String) {
        #expect(table.price(kind: kind, model: model) == nil)
    }

    @Test func demoIsFreeAndKnown() {
        let price = table.price(kind: .demo, model: "anything")
        #expect(price?.cost(prompt: .max, completion: .max) == 0)
        #expect(price?.version == "demo")
        #expect(table.version == "2026-11-21")
    }

    /// Every model that answers chat requests can be priced before it does.
    @Test(arguments: [
        ProviderKind.openai, .anthropic, .gemini, .groq, .openrouter,
    ])
    func coversWhatTheCapabilityTableLists(_ kind: ProviderKind) throws {
        let models = CapabilityTable.shared.models(kind: kind)
        #expect(models.count >= 4)
        for model in models {
            let price = try #require(table.price(kind: kind, model: model), "\(model)")
            #expect(price.covers(.chatCompletions), "\(model)")
        }
        #expect(table.price(kind: .openai, model: "whisper-1")?.covers(.chatCompletions) == false)
        #expect(table.price(kind: .openai, model: "gpt-image-1")?.covers(.embeddings) == true)
    }
}
