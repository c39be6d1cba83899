import Testing

@testable import Dialects

/// One line or event of a provider's stream takes bounded memory: beyond it the stream counts as malformed.
@Suite struct CoreStreamBoundsTests {
    private static let megabyte = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)

    /// Feeds megabytes that never end a line; gives how many were taken, and the failure.
    private static func flood(_ dialect: any Dialect, _ kind: ProviderKind, _ opening: String) -> (
        Int, ProviderFailure?
    ) {
        let head = AnswerHead.of(200, [("content-type", "text/event-stream")])
        var stream = dialect.makeStream(head: head, plan: .sample(kind: kind, stream: true))
        var output: [UInt8] = []
        _ = stream.feed(Array(opening.utf8), into: &output)
        for count in 1...80 {
            let state = stream.feed(megabyte, into: &output)
            guard let failure = state.failure else { continue }
            #expect(output.isEmpty)
            #expect(stream.feed(megabyte, into: &output).failure == failure)
            #expect(stream.end(into: &output).failure == failure)
            return (count, failure)
        }
        return (80, nil)
    }

    @Test(arguments: ["data: ", "data: a\ndata: ", "event: ", ": ", "x"])
    func openAI(opening: String) {
        let (taken, failure) = Self.flood(OpenAIDialect(kind: .openai), .openai, opening)
        #expect(taken <= 17)
        #expect(failure?.failureClass == .streamBroken)
    }

    @Test(arguments: ["data: ", "event: message_start\ndata: "])
    func anthropic(opening: String) {
        let (taken, failure) = Self.flood(AnthropicDialect(), .anthropic, opening)
        #expect(taken <= 17)
        #expect(failure?.failureClass == .streamBroken)
    }

    /// Pictures come as one event.
    @Test func gemini() {
        let (taken, failure) = Self.flood(GeminiDialect(), .gemini, "data: ")
        #expect((17...33).contains(taken))
        #expect(failure?.failureClass == .streamBroken)
    }

    @Test func workflow() {
        let (taken, failure) = Self.flood(N8NDialect(), .n8n, "{\"type\":\"begin\"}\n{\"type\":\"item\",\"content\":\"")
        #expect(taken <= 17)
        #expect(failure?.failureClass == .streamBroken)
    }

    @Test func workflowThatDoesNotStream() {
        let (taken, failure) = Self.flood(N8NDialect(), .n8n, "{\"output\":\"")
        #expect(taken <= 65)
        #expect(failure?.failureClass == .streamBroken)
    }

    @Test(arguments: ["{\"a\":\"", "[{\"a\":\"", "[{},{\"a\":\""])
    func geminiDocuments(opening: String) {
        var splitter = GeminiDocumentSplitter(maxDocumentBytes: 100)
        splitter.feed(Array(opening.utf8))
        while splitter.next() != nil {}
        for _ in 0..<9 {
            splitter.feed([UInt8](repeating: UInt8(ascii: "x"), count: 10))
            #expect(splitter.next() == nil)
            #expect(!splitter.isBroken)
        }
        splitter.feed([UInt8](repeating: UInt8(ascii: "x"), count: 10))
        #expect(splitter.next() == nil)
        #expect(splitter.isBroken)
    }
}
