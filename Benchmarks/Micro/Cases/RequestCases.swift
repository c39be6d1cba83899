import Dialects

/// From a client's body to a provider's.
enum RequestCases {
    static func all() throws -> [Benchmark] {
        try checks() + parsing() + prepare("OpenAI", .openai, "gpt-4o-mini-2024-07-18")
            + prepare("Anthropic", .anthropic, "claude-sonnet-4-5") + prepare("Gemini", .gemini, "gemini-2.5-flash")
    }

    private static let bodies = [
        ("0.5KB", SampleRequests.short), ("3KB-Tools", SampleRequests.tools), ("100KB", SampleRequests.long),
    ]

    private static func checks() -> [Benchmark] {
        bodies.map { size, body in
            Benchmark("Dialects.Check.\(size)") { blackHole(try SampleRequests.checked(body)) }
        }
    }

    private static func parsing() throws -> [Benchmark] {
        try bodies.map { size, body in
            let request = try SampleRequests.checked(body)
            return Benchmark("Dialects.ChatRequest.\(size)") { blackHole(try ChatRequest(parsing: request)) }
        }
    }

    private static func prepare(_ name: String, _ kind: ProviderKind, _ model: String) throws -> [Benchmark] {
        let dialect = kind.dialect(baseURL: kind.defaultBaseURL)
        let target = SampleRequests.target(kind, model)
        return try (bodies + [("0.5KB-Stream", SampleRequests.shortStream)]).map { size, body in
            let request = try SampleRequests.checked(body)
            return Benchmark("Dialects.Prepare\(name).\(size)") {
                blackHole(try dialect.prepare(request, target: target, context: SampleRequests.context))
            }
        }
    }
}
