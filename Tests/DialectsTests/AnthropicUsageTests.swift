import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase
private typealias Events = AnthropicEvents

@Suite("Anthropic: usage")
struct AnthropicUsageTests {
    private func usage(_ usage: JSONValue) throws -> TokenUsage {
        let message = Case.message([Case.text("12345678")], ["usage": usage])
        let answer = try #require(Case.translate(message).answer)
        return try #require(answer.usage)
    }

    private func streamed(_ start: JSONValue, _ end: JSONValue) -> TokenUsage? {
        Events.run([Events.start(usage: start)] + Events.text(0, "12345678") + Events.end(usage: end)).usage
    }

    @Test func thePromptIncludesTheCache() throws {
        let usage = try usage([
            "input_tokens": 3, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 100, "output_tokens": 50,
            "output_tokens_details": ["thinking_tokens": 30],
        ])
        #expect(usage.prompt == 123)
        #expect(usage.cached == 100)
        #expect(usage.cacheWrite == 20)
        #expect(usage.completion == 50)
        #expect(usage.reasoning == 30)
        #expect(usage.total == 173)
        #expect(!usage.estimated)
    }

    @Test func writesMayBeStatedByLifetimeOnly() throws {
        let creation: JSONValue = ["ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 7]
        #expect(try usage(["input_tokens": 1, "output_tokens": 1, "cache_creation": creation]).cacheWrite == 12)
        #expect(
            try usage([
                "input_tokens": 1, "output_tokens": 1, "cache_creation": creation, "cache_creation_input_tokens": 9,
            ]).cacheWrite == 9)
    }

    @Test(arguments: [[:], nil, 3, ["service_tier": "standard"]] as [JSONValue])
    func missingUsageIsEstimated(_ stated: JSONValue) throws {
        let usage = try usage(stated)
        #expect(usage.estimated)
        #expect(usage.completion == 2)
    }

    @Test func nonsenseIsBounded() throws {
        let usage = try usage([
            "input_tokens": -5, "cache_read_input_tokens": 9_223_372_036_854_775_807, "output_tokens": 1e18,
            "output_tokens_details": ["thinking_tokens": 1e18], "cache_creation_input_tokens": "x",
        ])
        #expect(usage.prompt == TokenUsage.maximumTokens)
        #expect(usage.completion == TokenUsage.maximumTokens)
        #expect(usage.reasoning == usage.completion)
    }

    @Test func inStreamsTheLastValueWins() {
        let usage = streamed(
            ["input_tokens": 10, "cache_read_input_tokens": 4, "cache_creation_input_tokens": nil, "output_tokens": 1],
            ["input_tokens": 12, "cache_read_input_tokens": nil, "output_tokens": 9])
        #expect(usage?.prompt == 16)
        #expect(usage?.cached == 4)
        #expect(usage?.completion == 9)
        #expect(usage?.estimated == false)
    }

    @Test func olderModelsStateOnlyTheOutputAtTheEnd() {
        let usage = streamed(["input_tokens": 10, "output_tokens": 1], ["output_tokens": 9])
        #expect(usage?.prompt == 10)
        #expect(usage?.completion == 9)
    }

    @Test func theChunkSaysTheSame() {
        let events = [Events.start()] + Events.text(0, "Hi") + Events.end(usage: ["output_tokens": 7])
        let transcript = Events.transcript(events, Case.plan(stream: true, includeUsage: true))
        #expect(transcript.usage?["prompt_tokens"] == 10)
        #expect(transcript.usage?["completion_tokens"] == 7)
        #expect(transcript.usage?["total_tokens"] == 17)
    }

    @Test func aCutStreamCountsWhatWasDelivered() {
        let cut = Events.run([Events.start()] + Events.text(0, String(repeating: "word", count: 100)))
        #expect(cut.failure != nil)
        #expect(cut.usage?.prompt == 10)
        #expect(cut.usage?.completion == 100)
        #expect(cut.usage?.total == 110)
        #expect(cut.usage?.estimated == true)
    }

    @Test func withoutTheFinalCountWhatWasDeliveredCounts() {
        let events =
            [Events.start()] + Events.text(0, String(repeating: "word", count: 100)) + Events.end(usage: nil)
        #expect(Events.run(events).usage?.completion == 100)
    }

    @Test func beforeAnythingIsReportedThereIsNone() {
        #expect(Events.run([["type": "ping"]]).usage == nil)
        let whole = Events.run([Events.start(usage: nil)] + Events.text(0, "12345678") + Events.end(usage: nil))
        #expect(whole.usage?.estimated == true)
        #expect(whole.usage?.completion == 2)
    }
}
