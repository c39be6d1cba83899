/// The wire formats the server speaks; the path of a request decides, `as=` in a spec overrides it.
package enum FakeDialect: String, Sendable, Hashable, CaseIterable {
    case openai
    case azure
    case groq
    case openrouter
    /// Ollama's OpenAI-compatible layer and its native API.
    case ollama
    case anthropic
    case gemini
    case n8n

    /// Whether the dialect is a variant of OpenAI's chat completions.
    var isOpenAILike: Bool {
        switch self {
        case .openai, .azure, .groq, .openrouter, .ollama: true
        case .anthropic, .gemini, .n8n: false
        }
    }
}
