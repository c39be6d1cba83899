extension ProviderKind {
    /// The dialect that speaks to this kind of provider.
    ///
    /// - Parameter baseURL: the provider's address, if known: what depends on it is then found out once.
    package func dialect(baseURL: String? = nil) -> any Dialect {
        switch self {
        case .openai, .openaiCompatible, .demo, .groq, .openrouter: OpenAIDialect(kind: self, baseURL: baseURL)
        case .anthropic: AnthropicDialect()
        case .gemini: GeminiDialect()
        case .n8n: N8NDialect()
        }
    }
}
