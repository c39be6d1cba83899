import Dialects

/// From a provider's whole answer to OpenAI's.
enum AnswerCases {
    static func all() throws -> [Benchmark] {
        [
            try whole("OpenAI", .openai, "gpt-4o-mini-2024-07-18", SampleAnswers.openAI),
            try whole("Anthropic", .anthropic, "claude-sonnet-4-5", SampleAnswers.anthropic),
            try whole("Gemini", .gemini, "gemini-2.5-flash", SampleAnswers.gemini),
            Benchmark("Dialects.AnswerHead.ContentType") {
                guard SampleAnswers.head.contentType == "application/json" else { throw UnexpectedOutcome("no type") }
            },
        ]
    }

    private static func whole(
        _ name: String, _ kind: ProviderKind, _ model: String, _ body: [UInt8]
    ) throws -> Benchmark {
        let dialect = kind.dialect(baseURL: kind.defaultBaseURL)
        let request = try SampleRequests.checked(SampleRequests.short)
        let plan = try dialect.prepare(
            request, target: SampleRequests.target(kind, model), context: SampleRequests.context
        ).plan
        return Benchmark("Dialects.Whole\(name).1KB") {
            guard case .answer(let answer) = dialect.translate(body, head: SampleAnswers.head, plan: plan) else {
                throw UnexpectedOutcome("the answer was taken for a failure")
            }
            blackHole(answer)
        }
    }
}
