/// A failure before it has been put into a dialect's words.
struct FakeFailure: Error, Sendable, Hashable {
    var kind: FakeErrorKind
    /// Overrides the dialect's status for the kind.
    var status: Int?
    var message: String?
    var param: String?
    var model = ""
    /// The announced wait in milliseconds.
    var retry: Int?
    /// Serial number of the request, for request ids.
    var serial = 0
    /// Unix seconds, for reset times.
    var now = 0

    /// The wait, with the kind's usual one where none is set.
    var retryMilliseconds: Int {
        retry ?? (kind == .daily ? 26_000_000 : 2000)
    }

    /// Whole seconds, rounded up, as in `retry-after`.
    var retrySeconds: Int { (retryMilliseconds &+ 999) / 1000 }

    /// `1.5s`, `2s`, `7h13m20s`: durations as Go prints them, which OpenAI, Groq and Google send.
    var retryDuration: String {
        let (seconds, rest) = retryMilliseconds.quotientAndRemainder(dividingBy: 1000)
        var fraction = rest == 0 ? "" : "." + String(1000 + rest).dropFirst()
        while fraction.hasSuffix("0") { fraction.removeLast() }
        if seconds < 60 { return "\(seconds)\(fraction)s" }
        if seconds < 3600 { return "\(seconds / 60)m\(seconds % 60)\(fraction)s" }
        return "\(seconds / 3600)h\(seconds / 60 % 60)m\(seconds % 60)\(fraction)s"
    }

    /// The answer in a dialect's format.
    func answer(in dialect: FakeDialect) -> FakeAnswer {
        switch dialect {
        case .openai, .azure: OpenAIErrors(failure: self, dialect: dialect).answer
        case .groq: GroqErrors(failure: self).answer
        case .openrouter: OpenRouterErrors(failure: self).answer
        case .ollama: OpenAIErrors(failure: self, dialect: dialect).answer
        case .anthropic: AnthropicErrors(failure: self).answer
        case .gemini: GeminiErrors(failure: self).answer
        case .n8n: N8NErrors(failure: self).answer
        }
    }
}
