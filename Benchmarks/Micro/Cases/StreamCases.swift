import Dialects

/// From a provider's stream to OpenAI's; figures are per text chunk, with the stream's beginning and end shared out.
enum StreamCases {
    static func all() throws -> [Benchmark] {
        try stream("OpenAI", .openai, "gpt-4o-mini-2024-07-18", SampleStreams.openAI)
            + stream("Anthropic", .anthropic, "claude-sonnet-4-5", SampleStreams.anthropic)
            + stream("Gemini", .gemini, "gemini-2.5-flash", SampleStreams.gemini)
    }

    private static func stream(
        _ name: String, _ kind: ProviderKind, _ model: String, _ events: [[UInt8]]
    ) throws -> [Benchmark] {
        let dialect = kind.dialect(baseURL: kind.defaultBaseURL)
        let request = try SampleRequests.checked(SampleRequests.shortStream)
        let plan = try dialect.prepare(
            request, target: SampleRequests.target(kind, model), context: SampleRequests.context
        ).plan
        return [("OnePerRead", events), ("ManyPerRead", SampleStreams.bursts(events, of: 32))].map { split, reads in
            Benchmark("Dialects.Stream\(name).\(split)", unit: .chunk, unitsPerRun: SampleStreams.chunks) {
                try relay(reads, dialect.makeStream(head: SampleStreams.head, plan: plan))
            }
        }
    }

    /// As the pipeline does it: one output buffer, emptied after every read.
    private static func relay(_ reads: [[UInt8]], _ translator: any StreamTranslator) throws {
        var translator = translator
        var output: [UInt8] = []
        var state = StreamState.waiting
        for read in reads {
            state = translator.feed(read, into: &output)
            if output.isEmpty { continue }
            blackHole(output)
            output.removeAll(keepingCapacity: true)
        }
        if case .complete = state { return }
        guard case .complete = translator.end(into: &output), translator.usage != nil else {
            throw UnexpectedOutcome("the stream is not complete")
        }
    }
}
