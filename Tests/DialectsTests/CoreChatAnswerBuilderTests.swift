import Dialects
import Testing
import WireJSON

@Suite struct CoreChatAnswerBuilderTests {
    @Test func writesExactlyOpenAIsBytes() {
        var builder = ChatAnswerBuilder(plan: .sample())
        builder.content = "Hé\n"
        builder.usage = TokenUsage(prompt: 3, completion: 2)
        #expect(
            String(decoding: builder.body(), as: UTF8.self)
                == #"{"id":"chatcmpl-0123456789abcdef0123456789abcdef","object":"chat.completion","created":1795000000,"model":"served-model","choices":[{"index":0,"message":{"role":"assistant","content":"Hé\n","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"system_fingerprint":null}"#
        )
    }

    private func parsed(_ builder: ChatAnswerBuilder, _ endpoint: Endpoint = .chatCompletions) throws -> JSONValue {
        #expect(OpenAIAnswerCheck.problems(in: builder.body(), endpoint: endpoint) == [])
        return try JSONValue(parsing: builder.body())
    }

    @Test func writesToolCalls() throws {
        var builder = ChatAnswerBuilder(plan: .sample())
        builder.id = "chatcmpl-x"
        builder.model = "m"
        builder.reasoning = "hm"
        builder.toolCalls = [
            ChatToolCall(id: "call_1", name: "f", arguments: #"{"a":"b"}"#, thoughtSignature: "sig"),
            ChatToolCall(id: "", name: "g", arguments: "{}"),
        ]
        builder.finish = .toolCalls
        let answer = try parsed(builder)
        #expect(answer["id"] == "chatcmpl-x")
        #expect(answer["model"] == "m")
        let message = answer["choices"]?[0]?["message"]
        #expect(message?["content"]?.isNull == true)
        #expect(message?["reasoning_content"] == "hm")
        let calls = message?["tool_calls"]
        #expect(calls?[0]?["function"]?["arguments"] == #"{"a":"b"}"#)
        #expect(calls?[0]?["extra_content"]?["google"]?["thought_signature"] == "sig")
        #expect(calls?[1]?["id"]?.stringValue?.hasPrefix("call_") == true)
        #expect(calls?[1]?["extra_content"] == nil)
    }

    @Test func writesRefusalsAndEmptyAnswers() throws {
        var builder = ChatAnswerBuilder(plan: .sample())
        builder.refusal = "no"
        #expect(try parsed(builder)["choices"]?[0]?["message"]?["content"]?.isNull == true)
        builder.refusal = nil
        builder.finish = .contentFilter
        let message = try parsed(builder)["choices"]?[0]?["message"]
        #expect(message?["content"] == "")
        #expect(message?["tool_calls"] == nil)
        #expect(message?["reasoning_content"] == nil)
    }

    @Test func writesSeveralChoices() throws {
        var builder = ChatAnswerBuilder(plan: .sample())
        builder.content = "a"
        builder.annotations = [["type": "url_citation"]]
        builder.logprobs = ["content": []]
        var second = ChatAnswerBuilder.Choice()
        second.toolCalls = [ChatToolCall(id: "", name: "f", arguments: "{}")]
        second.finish = .toolCalls
        builder.addChoice(second)
        let choices = try parsed(builder)["choices"]
        #expect(choices?.arrayValue?.count == 2)
        #expect(choices?[0]?["logprobs"]?["content"] == [])
        #expect(choices?[0]?["message"]?["annotations"]?[0]?["type"] == "url_citation")
        #expect(choices?[1]?["finish_reason"] == "tool_calls")
    }

    @Test func estimatesMissingUsage() throws {
        var plan = AnswerPlan.sample()
        plan.promptBytes = 8
        var builder = ChatAnswerBuilder(plan: plan)
        builder.content = "12345"
        #expect(builder.usageOrEstimate.estimated)
        #expect(try parsed(builder)["usage"]?["prompt_tokens"] == 2)
        #expect(try parsed(builder)["usage"]?["completion_tokens"] == 2)
    }

    @Test func writesTheOldShape() throws {
        var builder = ChatAnswerBuilder(plan: .sample(.completions))
        builder.content = "Hi"
        builder.reasoning = "hidden"
        builder.finish = .length
        let answer = try parsed(builder, .completions)
        #expect(answer["object"] == "text_completion")
        #expect(answer["id"]?.stringValue?.hasPrefix("cmpl-") == true)
        #expect(answer["choices"]?[0]?["text"] == "Hi")
        #expect(answer["choices"]?[0]?["message"] == nil)
    }
}
