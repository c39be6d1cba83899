import Dialects
import Foundation
import Testing
import WireJSON

private typealias Case = AnthropicCase
private typealias Recordings = AnthropicRecordings

/// Every recorded exchange with Anthropic.
@Suite("Anthropic: recordings", .enabled(if: Fixture.areAvailable))
struct AnthropicFixtureTests {
    private func plan(_ fixture: Fixture, stream: Bool) -> AnswerPlan {
        AnswerPlan.sample(kind: .anthropic, stream: stream, includeUsage: stream, model: fixture.model ?? "x")
    }

    private func check(_ usage: TokenUsage?, _ reading: AnthropicReading) {
        #expect(usage?.prompt == reading.prompt)
        #expect(usage?.cached == reading.cached)
        #expect(usage?.cacheWrite == reading.cacheWrite)
        #expect(usage?.completion == reading.completion)
        #expect(usage?.reasoning == reading.reasoning)
        #expect(usage?.total == reading.prompt + reading.completion)
        #expect(usage?.estimated == false)
    }

    private func check(_ thoughts: [ThoughtRecord], _ reading: AnthropicReading) throws {
        guard let call = reading.calls.first, !reading.thinkingBlocks.isEmpty else {
            #expect(thoughts == [])
            return
        }
        #expect(thoughts.map(\.toolCallID) == [call.id])
        let payload = Data(try #require(thoughts.first).payload.utf8)
        #expect(try JSONSerialization.jsonObject(with: payload) as? NSArray == reading.thinkingBlocks as NSArray)
    }

    private func arguments(_ text: String?) -> NSDictionary? {
        (try? JSONSerialization.jsonObject(with: Data((text ?? "").utf8))) as? NSDictionary
    }

    @Test func allAreLookedAt() {
        let used =
            Recordings.whole.count + Recordings.streams.count + Recordings.brokenStreams.count + Recordings.errors.count
        #expect(used + Recordings.skipped.count == Fixture.all("anthropic").count)
    }

    @Test(arguments: Recordings.whole)
    func wholeAnswers(_ fixture: Fixture) throws {
        let body = try #require(fixture.response)
        let reading = AnthropicReading(message: body)
        let outcome = Case.dialect.translate(body, head: fixture.head, plan: plan(fixture, stream: false))
        let answer = try #require(outcome.answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body) == [])
        let json = Case.parsed(answer)
        let message = json["choices"]?[0]?["message"]
        #expect(json["id"]?.stringValue == "chatcmpl-" + reading.id.replacingOccurrences(of: "msg_", with: ""))
        #expect(json["model"]?.stringValue == reading.model)
        #expect(message?["content"]?.stringValue ?? "" == reading.text)
        #expect(message?["reasoning_content"]?.stringValue ?? "" == reading.thinking)
        let calls = message?["tool_calls"]?.arrayValue ?? []
        #expect(calls.map { $0["id"]?.stringValue } == reading.calls.map(\.id))
        #expect(calls.map { $0["function"]?["name"]?.stringValue } == reading.calls.map(\.name))
        #expect(calls.map { arguments($0["function"]?["arguments"]?.stringValue) } == reading.calls.map(\.input))
        #expect(json["choices"]?[0]?["finish_reason"]?.stringValue == reading.finish)
        #expect((message?["refusal"]?.stringValue != nil) == (reading.finish == "content_filter"))
        check(answer.usage, reading)
        try check(answer.thoughts, reading)
    }

    /// The same body in answer to a request for a stream.
    @Test(arguments: Recordings.whole)
    func wholeAnswersToStreamRequests(_ fixture: Fixture) throws {
        let body = try #require(fixture.response)
        let reading = AnthropicReading(message: body)
        let stream = Driver.everySplit(body) {
            Case.dialect.makeStream(
                head: .of(200, [("content-type", "application/json")]), plan: plan(fixture, stream: true))
        }
        try check(stream, reading)
    }

    @Test(arguments: Recordings.streams)
    func streams(_ fixture: Fixture) throws {
        let body = try #require(fixture.response)
        let reading = AnthropicReading(stream: body)
        #expect(reading.isOver)
        let stream = Driver.everySplit(body) {
            Case.dialect.makeStream(head: fixture.head, plan: plan(fixture, stream: true))
        }
        try check(stream, reading)
    }

    private func check(_ stream: DrivenStream, _ reading: AnthropicReading) throws {
        #expect(stream.isComplete)
        let transcript = StreamTranscript(stream.output, includeUsage: true)
        #expect(transcript.problems == [])
        #expect(
            transcript.chunks[0]["id"]?.stringValue
                == "chatcmpl-" + reading.id.replacingOccurrences(of: "msg_", with: ""))
        #expect(transcript.chunks[0]["model"]?.stringValue == reading.model)
        #expect(transcript.content == reading.text)
        #expect(transcript.choice(0).reasoning == reading.thinking)
        #expect(transcript.toolCalls.map(\.id) == reading.calls.map(\.id))
        #expect(transcript.toolCalls.map(\.name) == reading.calls.map(\.name))
        #expect(transcript.toolCalls.map { arguments($0.arguments) } == reading.calls.map(\.input))
        #expect(transcript.finish == reading.finish)
        #expect(transcript.choice(0).refusal.isEmpty == (reading.finish != "content_filter"))
        #expect(transcript.usage?["prompt_tokens"]?.intValue == reading.prompt)
        #expect(transcript.usage?["completion_tokens"]?.intValue == reading.completion)
        check(stream.usage, reading)
        try check(stream.thoughts, reading)
    }

    @Test func theErrorAtTheStartOfAStream() throws {
        let fixture = try Fixture.named("anthropic/stream-error-first-event")
        let stream = AnthropicEvents.run(try #require(fixture.response))
        #expect(stream.failure?.failureClass == .overloaded)
        #expect(stream.output.isEmpty)
        #expect(stream.usage == nil)
    }

    @Test func theStreamThatIsCut() throws {
        let fixture = try Fixture.named("anthropic/stream-truncated-no-message-stop")
        let stream = AnthropicEvents.run(try #require(fixture.response))
        #expect(stream.failure?.failureClass == .streamBroken)
        #expect(stream.usage?.prompt == 12)
    }

    @Test(arguments: Recordings.errors)
    func failures(_ fixture: Fixture) throws {
        let body = try #require(fixture.response)
        let failure = try #require(
            Case.dialect.translate(body, head: fixture.head, plan: plan(fixture, stream: false)).failure)
        #expect(failure.failureClass == Recordings.classes[fixture.name])
        #expect(failure.upstreamStatus == fixture.status)
        let stated = try JSONValue(parsing: body)["error"]
        #expect(failure.message == stated?["message"]?.stringValue)
        #expect(OpenAIAnswerCheck.envelopeProblems(in: WireError(failure).encoded()) == [])
    }

    // MARK: Requests

    @Test(arguments: Recordings.requests)
    func whatWasAcceptedIsWhatIsSent(_ fixture: Fixture) throws {
        let recorded = try JSONValue(parsing: try #require(fixture.request))
        guard let mirror = AnthropicRequestMirror(recorded) else {
            #expect(["citations-text", "code-execution-server-tool"].contains(fixture.name))
            return
        }
        let thoughts = mirror.thoughts
        let context = CallContext(created: 1, idSeed: "ab", thoughts: { thoughts[$0] })
        let body = try Case.body(mirror.members, model: try #require(fixture.model), context: context)
        let wanted = AnthropicRequestMirror.normalized(recorded)
        let sent = AnthropicRequestMirror.normalized(body)
        #expect(sent == wanted)
    }

    /// A tool loop with thinking: the second request is made from what the first answer left behind.
    @Test func thinkingSurvivesTheToolLoop() throws {
        let first = try Fixture.named("anthropic/thinking-with-tool-turn1")
        let second = try JSONValue(
            parsing: try #require(Fixture.named("anthropic/thinking-with-tool-turn2").request))
        let outcome = Case.dialect.translate(
            try #require(first.response), head: first.head, plan: plan(first, stream: false))
        let answer = try #require(outcome.answer)
        let message = try #require(Case.parsed(answer)["choices"]?[0]?["message"])
        let call = try #require(message["tool_calls"]?[0])
        #expect(answer.thoughts.map(\.toolCallID) == [call["id"]?.stringValue])

        let mirror = try #require(AnthropicRequestMirror(second))
        var members = mirror.members
        // The client sends back what it was given: no thinking, no signatures.
        members["messages"] = [
            mirror.members["messages"]?[0] ?? .null,
            ["role": "assistant", "content": message["content"] ?? .null, "tool_calls": [call]],
            mirror.members["messages"]?[2] ?? .null,
        ]
        let thoughts = answer.thoughts
        let context = CallContext(created: 1, idSeed: "ab", thoughts: { id in thoughts.first { $0.toolCallID == id } })
        let body = try Case.body(members, model: "claude-sonnet-4-0", context: context)
        #expect(AnthropicRequestMirror.normalized(body) == AnthropicRequestMirror.normalized(second))
    }
}
