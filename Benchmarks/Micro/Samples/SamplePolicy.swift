import Policy

/// A policy of the size a company has: forty names of its own and a dozen patterns.
enum SamplePolicy {
    static let exactModel = "house-model-27"
    static let wildcardModel = "gpt-4o-mini"
    static let unknownModel = "no-such-model"
    static let tenant = "acme"

    private static let patterns = [
        "gpt-*", "chatgpt-*", "o1*", "o3*", "o4*", "text-embedding-*", "claude-*", "gemini-*", "gemma-*", "llama-*",
        "mixtral-*", "*-preview",
    ]

    static func snapshot() throws -> PolicySnapshot {
        var text = """
            version: 1
            providers:
              main: {kind: openai, api_key: "env:SAMPLE_KEY"}
            models:

            """
        for index in 0..<40 { text += "  house-model-\(index): {targets: [{provider: main, model: gpt-4o-mini}]}\n" }
        for pattern in patterns { text += "  \"\(pattern)\": {targets: [{provider: main}]}\n" }
        text += """
            plans:
              standard: {models: ["house-*", "gpt-*", "claude-*", "gemini-*"]}
            tenants:
              \(tenant): {plan: standard}

            """
        return try PolicySnapshot(
            files: [PolicyFile(name: "sample.yaml", bytes: Array(text.utf8))],
            environment: ["SAMPLE_KEY": "sk-sample-0123456789"])
    }
}
