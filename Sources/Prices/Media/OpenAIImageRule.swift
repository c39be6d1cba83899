import Dialects

/// How OpenAI's models count images (platform.openai.com, "Images and vision", "Calculating costs").
enum OpenAIImageRule: Hashable {
    /// Fit into 2048 px, then the shorter side into 768 px; so many tokens, and so many more for each square of
    /// 512 px. With low detail the first number alone.
    case tiles(base: Int, each: Int)
    /// Squares of 32 px, at most `high` of them (with low detail too: these models take no notice of it), or `auto`
    /// where the client does not ask for `high`; times a multiplier in percent.
    case patches(percent: Int, high: Int, auto: Int)

    /// Squares in an image of 12 megapixels; the newest models shrink none that are smaller.
    private static let twelveMegapixels = 12_000

    init(_ name: ModelName) {
        let (line, version) = (name.line, name.version)
        let isGPT = line.hasPrefix("gpt") && !line.hasPrefix("gpt-4o") && !version.isEmpty
        switch line {
        case _ where line.hasPrefix("gpt-4o-mini"): self = .tiles(base: 2833, each: 5667)
        case "o-mini": self = .patches(percent: 172, high: 1536, auto: 1536)
        case "gpt-mini": self = .patches(percent: 162, high: 1536, auto: 1536)
        case "gpt-nano": self = .patches(percent: 246, high: 1536, auto: 1536)
        case _ where line == "o" || line.hasPrefix("o-"): self = .tiles(base: 75, each: 150)
        case _ where isGPT: self = Self.generation(version)
        default: self = .tiles(base: 85, each: 170)
        }
    }

    /// Full-size models. Since GPT-5.2 the multiplier is 1.2, as users have measured it; 5.4 brought finer images,
    /// and 5.5 takes them as they are unless told `high`.
    private static func generation(_ version: [Int]) -> OpenAIImageRule {
        if version.lexicographicallyPrecedes([5]) { return .tiles(base: 85, each: 170) }
        if version.lexicographicallyPrecedes([5, 2]) { return .tiles(base: 70, each: 140) }
        if version.lexicographicallyPrecedes([5, 4]) { return .patches(percent: 120, high: 1536, auto: 1536) }
        if version.lexicographicallyPrecedes([5, 5]) { return .patches(percent: 120, high: 2500, auto: 2500) }
        if version.lexicographicallyPrecedes([6]) { return .patches(percent: 120, high: 2500, auto: 10_000) }
        return .patches(percent: 120, high: 2500, auto: twelveMegapixels)
    }

    /// Tokens of one image; `auto` counts as the finest the model makes of it.
    func tokens(_ size: PixelSize, _ detail: PromptMedia.Detail) -> Int {
        switch self {
        case .tiles(let base, let each):
            guard detail != .low else { return base }
            return base + size.fitting(longer: 2048).fitting(shorter: 768).squares(of: 512) * each
        case .patches(let percent, let high, let auto):
            // Shrinking an image into the bound leaves some squares unused: up to 6 % fewer than counted here.
            let squares = min(size.squares(of: 32), detail == .high ? high : auto)
            return (squares * percent + 99) / 100
        }
    }
}
