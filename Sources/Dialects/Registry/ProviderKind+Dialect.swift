extension ProviderKind {
    /// The dialect that speaks to this kind of provider.
    package var dialect: any Dialect {
        switch self {
        case .openai, .openaiCompatible, .demo: OpenAIDialect(kind: self)
        case .groq: OpenAIDialect(kind: .groq)
        case .openrouter: OpenAIDialect(kind: .openrouter)
        case .anthropic: GeminiDialect()
        case .gemini: GeminiDialect()
        case .n8n: N8NDialect()
        }
    }
}
