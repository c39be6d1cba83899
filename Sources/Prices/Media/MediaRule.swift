import Dialects

/// How a provider turns images, audio and files into tokens: its published rules, for one model.
struct MediaRule {
    enum Images: Hashable {
        case openAI(OpenAIImageRule)
        /// 28 px squares, up to `most`, after scaling to a longer side of `longer`.
        case anthropic(longer: Int, most: Int)
        case geminiTiles
        case fixed(Int)
    }

    /// Anthropic, "PDF support": 1,500 to 3,000 tokens of text a page, and each page's image besides. Google, "Document
    /// understanding": 258 tokens a page. OpenAI: text and an image of each page.
    enum Pages: Int {
        case anthropic = 3000
        case gemini = 258
        case other = 1500
    }

    /// No published rule: a page of a PDF takes about this much, and a file that lies with the provider has this many.
    private static let bytesPerPage = 64 << 10
    private static let usualPages = 10
    private static let mostPages = 1000

    let images: Images
    let pages: Pages
    let audioTokensPerSecond: Int

    /// OpenRouter's and others' models are told by their names (`google/gemini-…`); unknown ones count as OpenAI's.
    init(kind: ProviderKind, model: String) {
        let base = model.split(separator: "/").last.map { String($0.prefix { $0 != ":" }) } ?? model
        let name = ModelName(ModelName.undated(base))
        if kind == .anthropic || name.line.hasPrefix("claude") {
            // platform.claude.com, "Images and vision": ⌈width / 28⌉ × ⌈height / 28⌉ visual tokens (for long stated as
            // width × height / 750). The native resolution is 1568 px and 1,568 tokens, since Opus 4.7 2576 px
            // and 4,784 tokens.
            let isFine = !name.version.lexicographicallyPrecedes([4, 7])
            images = isFine ? .anthropic(longer: 2576, most: 4784) : .anthropic(longer: 1568, most: 1568)
            pages = .anthropic
            audioTokensPerSecond = Self.openAIAudio
        } else if kind == .gemini || name.line.hasPrefix("gemini") {
            // ai.google.dev, "Media resolution": images of Gemini 3 and later make up to 1,120 tokens by default.
            images = (name.version.first ?? 0) >= 3 ? .fixed(1120) : .geminiTiles
            pages = .gemini
            // ai.google.dev, "Understand and count tokens": audio makes 32 tokens per second.
            audioTokensPerSecond = 32
        } else {
            images = .openAI(OpenAIImageRule(name))
            pages = .other
            audioTokensPerSecond = Self.openAIAudio
        }
    }

    /// OpenAI, "Managing costs" (Realtime): a user's audio makes 1 token per 100 ms.
    private static let openAIAudio = 10

    func tokens(_ media: PromptMedia) -> Int {
        switch media {
        case .image(let size, let detail): tokens(size ?? .typical, detail)
        case .audio(let milliseconds):
            (min(max(0, milliseconds), TokenUsage.maximumTokens) * audioTokensPerSecond + 999) / 1000
        case .file(let bytes?, isText: true):
            TokenUsage.estimate(promptBytes: bytes, completionBytes: 0).prompt
        case .file(let bytes?, isText: false):
            min(max(0, bytes) / Self.bytesPerPage + 1, Self.mostPages) * pages.rawValue
        case .file(nil, _): Self.usualPages * pages.rawValue
        }
    }

    private func tokens(_ size: PixelSize, _ detail: PromptMedia.Detail) -> Int {
        switch images {
        case .openAI(let rule): rule.tokens(size, detail)
        case .anthropic(let longer, let most): min(size.fitting(longer: longer).squares(of: 28), most)
        case .geminiTiles: Self.geminiTiles(size) * 258
        case .fixed(let tokens): tokens
        }
    }

    /// Google's rule before Gemini 3 ("Image understanding"): up to 384 px on both sides one tile; else tiles of the
    /// shorter side / 1.5, at least 256 px and at most 768 px.
    private static func geminiTiles(_ size: PixelSize) -> Int {
        guard size.longer > 384 else { return 1 }
        return size.squares(of: min(768, max(256, size.shorter * 2 / 3)))
    }
}
