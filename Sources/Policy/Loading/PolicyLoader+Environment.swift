import Dialects

/// Providers that a key in the environment enables without any policy file.
extension PolicyLoader {
    private struct Preset {
        var kind: ProviderKind
        var variable: String
        /// Client names that go there as they are.
        var patterns: [String]
    }

    private static let presets = [
        Preset(
            kind: .openai, variable: "OPENAI_API_KEY",
            patterns: ["gpt-*", "chatgpt-*", "o1*", "o3*", "o4*", "text-embedding-*", "davinci-002", "babbage-002"]),
        Preset(kind: .anthropic, variable: "ANTHROPIC_API_KEY", patterns: ["claude-*"]),
        Preset(kind: .gemini, variable: "GEMINI_API_KEY", patterns: ["gemini-*", "gemma-*"]),
        Preset(kind: .groq, variable: "GROQ_API_KEY", patterns: []),
        Preset(kind: .openrouter, variable: "OPENROUTER_API_KEY", patterns: []),
    ]

    /// A policy's own definition of a provider or a model name wins.
    mutating func addEnvironmentProviders() {
        for preset in Self.presets {
            let name = preset.kind.rawValue
            guard let text = environment[preset.variable], !text.isEmpty, !isMentioned(name) else { continue }
            guard let key = Self.key(in: text) else {
                problems.add(
                    Diagnostic(
                        severity: .error, file: "environment", line: 0, path: preset.variable,
                        message: "the variable does not hold one key"))
                continue
            }
            var provider = ProviderPolicy(
                name: name, kind: preset.kind, baseURL: preset.kind.defaultBaseURL ?? "", source: "environment")
            provider.apiKeys = [.value(key)]
            providers[name] = provider
            for pattern in preset.patterns where models[pattern] == nil {
                models[pattern] = ModelPolicy(name: pattern, targets: [ModelTarget(provider: name)])
            }
            // With the provider's name in front, every model it has can be named.
            let prefixed = name + "/*"
            if models[prefixed] == nil {
                models[prefixed] = ModelPolicy(
                    name: prefixed, targets: [ModelTarget(provider: name, strippedPrefix: name + "/")])
            }
        }
    }

    mutating func addDemo() {
        providers["demo"] = ProviderPolicy(name: "demo", kind: .demo, baseURL: "", source: "built in")
        if models["demo"] == nil {
            models["demo"] = ModelPolicy(name: "demo", targets: [ModelTarget(provider: "demo", model: "demo")])
        }
    }
}
