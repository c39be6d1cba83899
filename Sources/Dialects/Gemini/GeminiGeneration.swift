/// What follows from a model's generation. The API has changed its thinking controls twice, and the
/// generation is written in the model's name only.
struct GeminiGeneration: Equatable {
    enum Thinking: Equatable {
        /// No thinking to control (before 2.5, and models that do not reason).
        case none
        /// `thinkingBudget`, in tokens (2.5).
        case budget
        /// `thinkingLevel` (from 3). Sending both is 400.
        case level
    }

    var thinking: Thinking
    /// Pro models cannot switch thinking off entirely.
    var isPro: Bool
    /// From 3 on: a function call that comes back without its thought signature is 400, calls have ids,
    /// and structured output may be combined with function tools.
    var isThreeOrLater: Bool
    /// `VALIDATED` as function calling mode (from 2.5).
    var hasValidatedMode: Bool

    /// Works on bytes: this runs for every request.
    init(model: String, capabilities: ModelCapabilities) {
        var rest = Array(model.utf8)[...]
        if let slash = rest.lastIndex(of: UInt8(ascii: "/")) { rest = rest[(slash + 1)...] }
        let isGemini = rest.prefix { $0 != UInt8(ascii: "-") }.elementsEqual("gemini".utf8)
        isPro = false
        var version: (major: Int, minor: Int)?
        while !rest.isEmpty {
            let word = rest.prefix { $0 != UInt8(ascii: "-") }
            rest = rest[word.endIndex...].dropFirst()
            if word.elementsEqual("pro".utf8) { isPro = true }
            version = version ?? Self.version(word)
        }
        guard isGemini else {
            // Gemma, LearnLM and tuned models: the table knows, or nobody does.
            thinking = capabilities.reasoning == true ? .level : .none
            isThreeOrLater = false
            hasValidatedMode = false
            return
        }
        // Aliases without a number, such as gemini-flash-latest, follow the newest generation.
        let known = version ?? (3, 0)
        isThreeOrLater = known.major >= 3
        hasValidatedMode = known >= (2, 5)
        if capabilities.reasoning == false || !hasValidatedMode {
            thinking = .none
        } else {
            thinking = isThreeOrLater ? .level : .budget
        }
    }

    /// `2.5`, `3`, `3.1`; dates and revision numbers such as `001` or `1206` are none.
    private static func version(_ word: ArraySlice<UInt8>) -> (major: Int, minor: Int)? {
        guard let first = word.first, let major = digit(first) else { return nil }
        let rest = word.dropFirst()
        if rest.isEmpty { return (major, 0) }
        guard rest.first == UInt8(ascii: "."), rest.count == 2, let minor = rest.last.flatMap(digit) else { return nil }
        return (major, minor)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        0x30...0x39 ~= byte ? Int(byte - 0x30) : nil
    }
}
