import Dialects
import Testing

@Suite struct CoreCapabilityTableTests {
    private func of(_ kind: ProviderKind, _ model: String) -> ModelCapabilities {
        CapabilityTable.shared.capabilities(kind: kind, model: model)
    }

    @Test func findsExactNames() {
        let opus = of(.anthropic, "claude-opus-5-5")
        #expect(opus.contextWindow == 1_000_000)
        #expect(opus.maxOutput == 128_000)
        #expect(opus.promptCacheMinimumTokens == 512)
        #expect(opus.samplingParameters == false)
        #expect(opus.assistantPrefill == false)
        #expect(opus.forcedToolUse == false)
        #expect(opus.thinkingAlwaysOn == true)
        #expect(opus.adaptiveThinking == true)
        #expect(opus.midConversationSystem == true)
        #expect(opus.effortExtraHigh == true)
        #expect(opus.effortMax == true)
        #expect(opus.parallelTools == nil)
        let sonnet = of(.anthropic, "claude-sonnet-4-5")
        #expect(sonnet.assistantPrefill == true)
        #expect(sonnet.samplingParameters == nil)
        #expect(of(.openai, "gpt-4o").reasoning == nil)
        #expect(of(.openai, "o3-mini").vision == false)
        #expect(of(.gemini, "gemini-3.8-flash").samplingParameters == false)
        #expect(of(.gemini, "gemini-2.5-pro").audioInput == true)
        #expect(of(.groq, "openai/gpt-oss-20b").contextWindow == 131_072)
        #expect(of(.openrouter, "openai/gpt-5.2").contextWindow == 400_000)
    }

    @Test(arguments: [
        (ProviderKind.anthropic, "claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        (.anthropic, "claude-haiku-4-5@20251001", "claude-haiku-4-5"),
        (.anthropic, "claude-opus-5-latest", "claude-opus-5"), (.openai, "gpt-4o-2024-08-06", "gpt-4o"),
        (.openai, "gpt-4o-mini-2024-07-18", "gpt-4o-mini"), (.openai, "gpt-3.5-turbo-0125", "gpt-3.5-turbo"),
        (.openai, "o1-2024-12-17", "o1"), (.gemini, "gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash"),
        (.gemini, "gemini-2.5-pro-preview-06-05", "gemini-2.5-pro"),
        (.gemini, "models/gemini-2.5-pro", "gemini-2.5-pro"),
        (.gemini, "gemini-2.5-flash-001", "gemini-2.5-flash"), (.gemini, "gemini-2.5-pro-exp", "gemini-2.5-pro"),
    ])
    func findsDatedNames(_ kind: ProviderKind, _ dated: String, _ plain: String) {
        #expect(of(kind, dated) == of(kind, plain))
        #expect(of(kind, plain).contextWindow != nil)
    }

    @Test func findsAggregatedNames() {
        #expect(of(.openrouter, "openai/gpt-5.2:nitro") == of(.openrouter, "openai/gpt-5.2"))
        #expect(of(.openrouter, "anthropic/claude-opus-4.5:online").maxOutput == 32_000)
        // Not in the aggregator's rows: the vendor's own.
        #expect(of(.openrouter, "anthropic/claude-opus-5.5") == of(.anthropic, "claude-opus-5-5"))
        #expect(of(.openrouter, "openai/gpt-4o:extended") == of(.openai, "gpt-4o"))
        #expect(of(.openrouter, "google/gemini-3.8-flash") == of(.gemini, "gemini-3.8-flash"))
        #expect(of(.openrouter, "openai/gpt-oss-20b:free") == of(.groq, "openai/gpt-oss-20b"))
        #expect(of(.openrouter, "vendor/unknown:thinking").reasoning == true)
        #expect(of(.openrouter, "vendor/unknown") == ModelCapabilities())
    }

    @Test func findsWellKnownNamesBehindOtherServers() {
        #expect(of(.openaiCompatible, "gpt-4o") == of(.openai, "gpt-4o"))
        #expect(of(.openaiCompatible, "claude-opus-5-5") == of(.anthropic, "claude-opus-5-5"))
        #expect(of(.openaiCompatible, "gemini-2.5-pro") == of(.gemini, "gemini-2.5-pro"))
        #expect(of(.openaiCompatible, "openai/gpt-oss-20b") == of(.groq, "openai/gpt-oss-20b"))
        for model in ["llama3.2:3b", "qwen3:8b", "gpt-oss:20b", "mistral-7b-instruct", "phi-4", ""] {
            #expect(of(.openaiCompatible, model) == ModelCapabilities(), "\(model)")
        }
    }

    @Test func infersFromRelatives() {
        // Newer than all known: as the newest.
        #expect(of(.anthropic, "claude-opus-7") == of(.anthropic, "claude-opus-5-5"))
        #expect(of(.gemini, "gemini-3.9-flash") == of(.gemini, "gemini-3.8-flash"))
        // Between two known: as the older.
        #expect(of(.openai, "gpt-5.3") == of(.openai, "gpt-5.2"))
        #expect(of(.openai, "o5").reasoning == true)
        // Only a newer relative: its abilities, not its limits.
        let older = of(.anthropic, "claude-opus-4-1-20250805")
        #expect(older.assistantPrefill == true)
        #expect(older.adaptiveThinking == nil)
        #expect(older.maxOutput == nil)
        #expect(older.contextWindow == nil)
        #expect(of(.gemini, "gemini-3-pro-preview").reasoning == true)
        // Mythos behaves as Fable.
        #expect(of(.anthropic, "claude-mythos-5").forcedToolUse == false)
        #expect(of(.anthropic, "claude-fable-5").thinkingAlwaysOn == true)
        // A variant: the abilities of the main line.
        #expect(of(.openai, "gpt-5.3-codex").reasoning == true)
        #expect(of(.openai, "gpt-5.3-codex").maxOutput == nil)
    }

    @Test(arguments: [
        (ProviderKind.anthropic, "claude-3-5-sonnet-latest"), (.anthropic, "claude-2.1"), (.anthropic, ""),
        (.anthropic, "-"), (.anthropic, "latest"), (.openai, "davinci-002"), (.openai, "ft:gpt-4o:acme::x"),
        (.openai, "99999999999999999999-1-2"), (.gemini, "gemma-3-27b-it"), (.n8n, "gpt-4o"), (.demo, "gpt-4o"),
        (.groq, "llama-3.3-70b-versatile"),
    ])
    func saysNothingAboutTheUnknown(_ kind: ProviderKind, _ model: String) {
        #expect(of(kind, model) == ModelCapabilities())
    }

    @Test(arguments: 0..<50)
    func survivesAnyName(_ seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        for name in ["claude-opus-4-5-20251101", "openai/gpt-5.2:free", "gemini-2.5-pro-preview-06-05", "o3-mini"] {
            let damaged = String(decoding: Mutation.of(Array(name.utf8), using: &generator), as: UTF8.self)
            for kind in ProviderKind.allCases { _ = of(kind, damaged) }
        }
    }
}
