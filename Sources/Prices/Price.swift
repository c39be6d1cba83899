package import Dialects

/// What one model costs. Rates are nano-dollars per million units: tokens, unless the name says otherwise.
/// nil means that nobody has stated it, which is not the same as free.
package struct Price: Sendable, Hashable {
    /// Where the rates come from, for ledger rows: the day of the price table (`2026-11-21`), `policy`, both
    /// (`2026-11-21+policy`), or `demo`.
    package var version: String

    /// Input that was neither read from the provider's cache nor written to it.
    package var input: Int?
    /// Input read from the cache; nil: as ``input``.
    package var cachedInput: Int?
    /// Input written to the cache for five minutes; nil: as ``input``.
    package var cacheWrite: Int?
    /// Input written to the cache for an hour; nil: as ``cacheWrite``.
    package var cacheWriteHour: Int?
    package var output: Int?
    /// Output spent on thinking; nil: as ``output``.
    package var reasoning: Int?
    /// Audio tokens; nil: as ``input`` and ``output``.
    package var audioInput: Int?
    package var audioOutput: Int?
    /// Image tokens; nil: as ``input`` and ``output``.
    package var imageInput: Int?
    package var imageOutput: Int?

    /// A million produced images.
    package var perImage: Int?
    /// A million images in the prompt.
    package var perInputImage: Int?
    /// A million seconds of audio.
    package var perAudioSecond: Int?
    /// A million characters of text to be spoken.
    package var perInputCharacter: Int?

    package var longContext: LongContext?

    /// Rates of the WHOLE request once its input has more tokens than the threshold. A nil rate is the base rate,
    /// but for cache writes: those grow as the input's rate does (providers state them as a multiple of it).
    package struct LongContext: Sendable, Hashable {
        package var aboveInputTokens: Int
        package var input: Int?
        package var cachedInput: Int?
        package var cacheWrite: Int?
        package var output: Int?

        package init(aboveInputTokens: Int) {
            self.aboveInputTokens = aboveInputTokens
        }
    }

    /// No rate known.
    package init(version: String) {
        self.version = version
    }

    /// Known to cost nothing.
    package static let free = Price(version: "demo").with(rate: 0)

    /// The same rate for everything.
    func with(rate: Int) -> Price {
        var copy = self
        let all: [WritableKeyPath<Price, Int?>] = [
            \.input, \.cachedInput, \.cacheWrite, \.cacheWriteHour, \.output, \.reasoning, \.audioInput, \.audioOutput,
            \.imageInput, \.imageOutput, \.perImage, \.perInputImage, \.perAudioSecond, \.perInputCharacter,
        ]
        for path in all { copy[keyPath: path] = rate }
        return copy
    }

    /// Whether every answer of an endpoint can be priced before it is known: input, and output where there is one.
    package func covers(_ endpoint: Endpoint) -> Bool {
        input != nil && (output != nil || endpoint == .embeddings)
    }
}
