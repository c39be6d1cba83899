/// The models each dialect lists; any other name is served as well.
enum FakeModels {
    static func names(_ dialect: FakeDialect) -> [String] {
        switch dialect {
        case .openai, .azure: ["demo", "gpt-4o", "gpt-4o-mini", "text-embedding-3-small"]
        case .groq: ["llama-3.3-70b-versatile", "openai/gpt-oss-120b", "whisper-large-v3", "gemma-retired"]
        case .openrouter: ["anthropic/claude-haiku-4.5", "openai/gpt-4o", "meta-llama/llama-3.3-70b-instruct:free"]
        case .ollama: ["llama3.1:latest", "qwen3:4b"]
        case .anthropic: ["claude-sonnet-4-5", "claude-haiku-4-5"]
        case .gemini: ["gemini-2.5-flash", "gemini-2.5-pro"]
        case .n8n: []
        }
    }
}
