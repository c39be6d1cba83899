/// The wire dialects Martlet speaks to a provider.
package enum ProviderKind: String, Sendable, Hashable, CaseIterable {
    case openai
    case anthropic
    case gemini
    case groq
    case openrouter
    case n8n
    case openaiCompatible = "openai_compatible"
    case demo

    /// Where the provider answers when a policy names no `base_url`; nil where every
    /// installation has its own address.
    package var defaultBaseURL: String? {
        switch self {
        case .openai: "https://api.openai.com/v1"
        case .anthropic: "https://api.anthropic.com"
        case .gemini: "https://generativelanguage.googleapis.com/v1beta"
        case .groq: "https://api.groq.com/openai/v1"
        case .openrouter: "https://openrouter.ai/api/v1"
        case .n8n, .openaiCompatible, .demo: nil
        }
    }
}
