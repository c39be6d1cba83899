import Dialects
import Testing
import WireJSON

@Suite struct CoreWholeAnswerStreamTests {
    private func stream(
        _ plan: AnswerPlan, _ outcome: @escaping @Sendable ([UInt8]) -> AnswerOutcome
    ) -> WholeAnswerStream {
        WholeAnswerStream(plan: plan, head: .of(200)) { body, _, _ in outcome(body) }
    }

    private func answer(_ plan: AnswerPlan, _ fill: (inout ChatAnswerBuilder) -> Void) -> [UInt8] {
        var builder = ChatAnswerBuilder(plan: plan)
        builder.usage = TokenUsage(prompt: 4, completion: 6)
        fill(&builder)
        return builder.body()
    }

    @Test func replaysAWholeAnswer() throws {
        let plan = AnswerPlan.sample(stream: true, includeUsage: true)
        let body = answer(plan) { builder in
            builder.id = "chatcmpl-abc"
            builder.model = "named"
            builder.reasoning = "hm"
            builder.content = "Hello"
            builder.toolCalls = [
                ChatToolCall(id: "call_1", name: "f", arguments: #"{"a":1}"#, thoughtSignature: "s"),
                ChatToolCall(id: "call_2", name: "g", arguments: "{}"),
            ]
            builder.finish = .toolCalls
        }
        let record = ThoughtRecord(toolCallID: "call_1", kind: .gemini, payload: "s")
        let driven = Driver.everySplit(body) {
            stream(plan) { body in
                .answer(TranslatedAnswer(body: body, usage: TokenUsage(prompt: 4, completion: 6), thoughts: [record]))
            }
        }
        #expect(driven.isComplete)
        #expect(driven.usage?.total == 10)
        #expect(driven.thoughts == [record])
        #expect(driven.deliveredBytes == 16)
        let transcript = StreamTranscript(driven.output, includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.content == "Hello")
        #expect(transcript.choice(0).reasoning == "hm")
        #expect(transcript.toolCalls.map(\.arguments) == [#"{"a":1}"#, "{}"])
        #expect(transcript.toolCalls[0].thoughtSignature == "s")
        #expect(transcript.finish == "tool_calls")
        #expect(transcript.chunks[0]["id"] == "chatcmpl-abc")
        #expect(transcript.chunks[0]["model"] == "named")
    }

    @Test func replaysSeveralChoicesAndRefusals() {
        let plan = AnswerPlan.sample(stream: true)
        let body = answer(plan) { builder in
            builder.content = "a"
            builder.finish = .length
            var second = ChatAnswerBuilder.Choice()
            second.refusal = "no"
            builder.addChoice(second)
        }
        let driven = Driver.run(stream(plan) { .answer(TranslatedAnswer(body: $0, usage: nil)) }, body)
        let transcript = StreamTranscript(driven.output)
        #expect(transcript.problems == [])
        #expect(transcript.finish == "length")
        #expect(transcript.choice(1).refusal == "no")
        #expect(transcript.choice(1).finish == "stop")
    }

    @Test func replaysTheOldShape() {
        let plan = AnswerPlan.sample(.completions, stream: true, includeUsage: true)
        let body = answer(plan) { $0.content = "Hi" }
        let driven = Driver.run(stream(plan) { .answer(TranslatedAnswer(body: $0, usage: nil)) }, body)
        let transcript = StreamTranscript(driven.output, endpoint: .completions, includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.content == "Hi")
        #expect(transcript.usage?["total_tokens"] == 10)
    }

    @Test func failsWithTheTranslationsFailure() {
        let failure = ProviderFailure(.overloaded, upstreamStatus: 200, message: "busy")
        let driven = Driver.everySplit(Array("{}".utf8)) { stream(.sample(stream: true)) { _ in .failure(failure) } }
        #expect(driven.failure == failure)
        #expect(driven.output.isEmpty)
    }

    @Test(arguments: ["", "no json", "{}", #"{"choices":[]}"#])
    func failsOnAnswersWithoutChoices(_ body: String) {
        let driven = Driver.run(
            stream(.sample(stream: true)) { .answer(TranslatedAnswer(body: $0, usage: nil)) }, Array(body.utf8))
        #expect(driven.failure?.failureClass == .streamBroken)
        #expect(driven.output.isEmpty)
    }

    @Test func refusesEndlessBodies() {
        var translator = stream(.sample(stream: true)) { _ in
            .failure(ProviderFailure(.server, upstreamStatus: 200, message: "not reached"))
        }
        var output: [UInt8] = []
        let piece = [UInt8](repeating: 0x20, count: 16 * 1024 * 1024)
        var state = StreamState.waiting
        for _ in 0..<5 { state = translator.feed(piece, into: &output) }
        #expect(state.failure?.message == "The provider's answer is too large.")
        #expect(translator.end(into: &output).failure?.failureClass == .streamBroken)
    }
}
