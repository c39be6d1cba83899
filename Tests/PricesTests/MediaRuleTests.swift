import Dialects
import Testing

@testable import Prices

@Suite struct MediaRuleTests {
    private func tokens(
        _ kind: ProviderKind, _ model: String, _ width: Int, _ height: Int, _ detail: PromptMedia.Detail = .auto
    ) -> Int {
        MediaRule(kind: kind, model: model).tokens(.image(PixelSize(width: width, height: height), detail))
    }

    /// OpenAI's own examples come first.
    @Test(arguments: [
        ("gpt-4o", 1024, 1024, 765), ("gpt-4o", 2048, 4096, 1105), ("gpt-4o", 512, 512, 255),
        ("gpt-4o", 513, 512, 425), ("gpt-4o", 1, 1, 255), ("gpt-4o-2024-08-06", 2560, 1440, 1105),
        ("gpt-4.1", 1024, 1024, 765), ("gpt-4-turbo", 1024, 1024, 765), ("chatgpt-4o-latest", 1024, 1024, 765),
        ("gpt-4o-mini", 1024, 1024, 25_501), ("gpt-4o-mini-2024-07-18", 512, 512, 8500),
        ("o1", 1024, 1024, 675), ("o3-2025-04-16", 512, 512, 225), ("gpt-5", 1024, 1024, 630),
        ("gpt-5.1", 512, 512, 210), ("gpt-4.1-mini", 1024, 1024, 1659), ("gpt-4.1-nano", 1024, 1024, 2520),
        ("o4-mini", 512, 512, 441), ("gpt-5-mini", 1024, 1024, 1659), ("gpt-5-nano", 4000, 4000, 3779),
        ("gpt-5.2", 1024, 1024, 1229), ("gpt-5.4", 2560, 1440, 3000), ("gpt-5.5", 4032, 3024, 12_000),
        ("gpt-5.5", 5000, 5000, 12_000), ("gpt-6-sol", 1920, 1080, 2448), ("gpt-6.1-terra", 4032, 3024, 14_364),
    ])
    func openAI(_ model: String, _ width: Int, _ height: Int, _ expected: Int) {
        #expect(tokens(.openai, model, width, height) == expected)
        #expect(tokens(.openrouter, "openai/\(model):nitro", width, height) == expected)
    }

    @Test func openAIDetail() {
        #expect(tokens(.openai, "gpt-4o", 4000, 4000, .low) == 85)
        #expect(tokens(.openai, "gpt-4o-mini", 4000, 4000, .low) == 2833)
        #expect(tokens(.openai, "gpt-4o", 1024, 1024, .high) == 765)
        // Takes no notice of it.
        #expect(tokens(.openai, "gpt-4.1-mini", 1024, 1024, .low) == 1659)
        #expect(tokens(.openai, "gpt-6-sol", 4032, 3024, .high) == 3000)
        #expect(tokens(.openai, "gpt-6-sol", 4032, 3024, .original) == 14_364)
    }

    @Test(arguments: [
        ("claude-sonnet-4-5-20250929", 1024, 1024, 1369), ("claude-haiku-4-5", 1920, 1080, 1568),
        ("claude-haiku-4-5", 200, 200, 64), ("claude-3-5-sonnet-20241022", 8000, 8000, 1568),
        ("claude-opus-4-6", 1000, 1000, 1296), ("claude-opus-4-7", 1920, 1080, 2691),
        ("claude-opus-5-5", 8000, 8000, 4784), ("claude-sonnet-5", 2560, 1440, 4784),
    ])
    func anthropic(_ model: String, _ width: Int, _ height: Int, _ expected: Int) {
        #expect(tokens(.anthropic, model, width, height) == expected)
        #expect(tokens(.openaiCompatible, model, width, height) == expected)
    }

    @Test(arguments: [
        ("gemini-2.5-flash", 384, 384, 258), ("gemini-2.5-flash", 385, 384, 1032), ("gemini-2.5-pro", 960, 540, 1548),
        ("models/gemini-2.5-pro", 1536, 1536, 1032), ("gemini-2.0-flash-001", 2560, 1440, 2064),
        ("gemini-3.8-flash", 100, 100, 1120), ("gemini-4-argon", 8000, 8000, 1120),
    ])
    func gemini(_ model: String, _ width: Int, _ height: Int, _ expected: Int) {
        #expect(tokens(.gemini, model, width, height) == expected)
    }

    @Test(arguments: [
        (ProviderKind.openai, "gpt-4o", 1105), (.openai, "gpt-4.1-mini", 2489), (.anthropic, "claude-haiku-4-5", 1568),
        (.anthropic, "claude-opus-5-5", 4784), (.gemini, "gemini-2.5-pro", 2064), (.gemini, "gemini-3.8-flash", 1120),
        (.groq, "some/vision-model", 1105), (.demo, "", 1105),
    ])
    func imagesNobodyHasMeasured(_ kind: ProviderKind, _ model: String, _ expected: Int) {
        #expect(MediaRule(kind: kind, model: model).tokens(.image(nil, .auto)) == expected)
    }

    @Test func audioAndFiles() {
        let openAI = MediaRule(kind: .openai, model: "gpt-audio")
        let gemini = MediaRule(kind: .gemini, model: "gemini-2.5-flash")
        #expect(openAI.tokens(.audio(milliseconds: 90_000)) == 900)
        #expect(gemini.tokens(.audio(milliseconds: 90_000)) == 2880)
        #expect(openAI.tokens(.audio(milliseconds: 1)) == 1)
        #expect(openAI.tokens(.audio(milliseconds: -5)) == 0)
        // 200 KB: four pages.
        #expect(gemini.tokens(.file(bytes: 200_000, isText: false)) == 4 * 258)
        #expect(MediaRule(kind: .anthropic, model: "claude-opus-5").tokens(.file(bytes: 1, isText: false)) == 3000)
        #expect(openAI.tokens(.file(bytes: .max, isText: false)) == 1_500_000)
        #expect(openAI.tokens(.file(bytes: 4001, isText: true)) == 1001)
        #expect(openAI.tokens(.file(bytes: nil, isText: false)) == 15_000)
    }

    @Test func growsWithTheImageAndStaysBounded() {
        var random = SplitMix64(seed: 11)
        let models = [
            (ProviderKind.openai, "gpt-4.1-mini"), (.anthropic, "claude-opus-5-5"), (.gemini, "gemini-3.8-flash"),
            (.openai, "gpt-6-sol"), (.openai, "gpt-4o-mini"), (.gemini, "gemini-2.5-pro"),
        ]
        for _ in 0..<3000 {
            let (kind, model) = models[random.below(models.count)]
            let rule = MediaRule(kind: kind, model: model)
            let (width, height) = (1 + random.below(1 << random.below(40)), 1 + random.below(1 << random.below(40)))
            let count = rule.tokens(.image(PixelSize(width: width, height: height), .auto))
            #expect(count > 0)
            guard let size = PixelSize(width: width, height: height), size.longer < 2000, kind != .gemini else {
                continue
            }
            // The same shape, twice as large.
            let larger = rule.tokens(.image(PixelSize(width: width * 2, height: height * 2), .auto))
            #expect(larger >= count, "\(model) \(width)x\(height)")
        }
    }
}
