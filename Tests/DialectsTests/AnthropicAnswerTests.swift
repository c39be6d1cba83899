import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase

@Suite("Anthropic: whole answers")
struct AnthropicAnswerTests {
    private func answer(
        _ content: [JSONValue], stop: JSONValue = "end_turn", _ more: JSONObject = [:], _ plan: AnswerPlan = Case.plan()
    ) throws -> JSONValue {
        let answer = try #require(Case.translate(Case.message(content, stop: stop, more), plan).answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body, endpoint: plan.endpoint) == [])
        return Case.parsed(answer)
    }

    @Test func isTranslatedWhole() throws {
        #expect(
            try answer([Case.text("Hi"), Case.text(" there")]) == [
                "id": "chatcmpl-01abc", "object": "chat.completion", "created": 1_795_000_000,
                "model": "claude-sonnet-4-5-20250929",
                "choices": [
                    [
                        "index": 0,
                        "message": ["role": "assistant", "content": "Hi there", "refusal": nil, "annotations": []],
                        "logprobs": nil, "finish_reason": "stop",
                    ]
                ],
                "usage": [
                    "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15,
                    "prompt_tokens_details": ["cached_tokens": 0, "audio_tokens": 0],
                    "completion_tokens_details": [
                        "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                        "rejected_prediction_tokens": 0,
                    ],
                ],
                "system_fingerprint": nil,
            ])
    }

    @Test func callsAreNumberedAmongThemselves() throws {
        let message = try answer(
            [Case.text("So"), Case.toolUse("t1", "look", ["a": [1.50, "ü"]]), Case.toolUse("t2", "listen", nil)],
            stop: "tool_use")["choices"]?[0]?["message"]
        #expect(message?["content"] == "So")
        #expect(
            message?["tool_calls"] == [
                ["id": "t1", "type": "function", "function": ["name": "look", "arguments": "{\"a\":[1.5,\"ü\"]}"]],
                ["id": "t2", "type": "function", "function": ["name": "listen", "arguments": "{}"]],
            ])
    }

    @Test func callsAloneHaveNullContent() throws {
        let message = try answer([Case.toolUse("t1")], stop: "tool_use")["choices"]?[0]?["message"]
        #expect(message?["content"] == .some(nil))
    }

    @Test func missingIdsAreInvented() throws {
        let first: JSONValue = ["type": "tool_use", "name": "look"]
        let calls = try answer([first, first], stop: "tool_use")["choices"]?[0]?["message"]?["tool_calls"]
        #expect(calls?[0]?["id"] != calls?[1]?["id"])
    }

    @Test func theModelAndIdFallBackToThePlans() throws {
        let answer = try answer([Case.text("x")], ["id": nil, "model": nil])
        #expect(answer["id"] == "chatcmpl-0123456789abcdef0123456789abcdef")
        #expect(answer["model"] == "claude-sonnet-4-5")
    }

    @Test func blocksThatAreNotTheClientsAreSkipped() throws {
        let choice = try answer([
            ["type": "server_tool_use", "id": "s", "name": "web_search", "input": ["query": "x"]],
            ["type": "web_search_tool_result", "tool_use_id": "s", "content": []], ["type": "fallback"],
            ["type": "container_upload", "file_id": "f"], ["type": "new_thing"], "nonsense",
            ["type": "text", "text": "Hi", "citations": [["type": "char_location"]]],
        ])["choices"]?[0]
        #expect(choice?["message"]?["content"] == "Hi")
        #expect(choice?["finish_reason"] == "stop")
    }

    @Test(
        arguments: [
            ("end_turn", "stop"), ("stop_sequence", "stop"), ("pause_turn", "stop"), ("max_tokens", "length"),
            ("model_context_window_exceeded", "length"), ("refusal", "content_filter"), ("tool_use", "stop"),
            ("something_new", "stop"), (nil, "stop"),
        ] as [(JSONValue, JSONValue)])
    func finishReasons(_ stop: JSONValue, _ finish: JSONValue) throws {
        #expect(try answer([Case.text("x")], stop: stop)["choices"]?[0]?["finish_reason"] == finish)
    }

    @Test func cutCallsEndWithLength() throws {
        #expect(try answer([Case.toolUse("t")], stop: "max_tokens")["choices"]?[0]?["finish_reason"] == "length")
    }

    @Test func refusalsAreExplained() throws {
        let details: JSONValue = ["type": "refusal", "category": "cyber", "explanation": "Not this."]
        let explained = try answer([], stop: "refusal", ["stop_details": details])["choices"]?[0]?["message"]
        #expect(explained?["refusal"] == "Not this.")
        #expect(explained?["content"] == .some(nil))
        let bare = try answer([Case.text("Well,")], stop: "refusal", ["stop_details": nil])["choices"]?[0]?["message"]
        #expect(bare?["refusal"]?.stringValue?.isEmpty == false)
        #expect(bare?["content"] == "Well,")
    }

    @Test func emptyAnswersHaveEmptyContent() throws {
        #expect(try answer([])["choices"]?[0]?["message"]?["content"] == "")
    }

    @Test func completionsGetTheOldShape() throws {
        let answer = try answer([Case.text("x")], [:], Case.plan(.completions))
        #expect(answer["id"] == "cmpl-01abc")
        #expect(answer["choices"]?[0]?["text"] == "x")
    }

    // MARK: Not an answer

    @Test(arguments: ["", "{", "null", "[]", "\"x\"", "{\"type\":\"message\"}", "{\"content\":\"x\"}"])
    func whatIsNoMessageIsAFailure(_ body: String) {
        let outcome = Case.dialect.translate(Array(body.utf8), head: .of(200), plan: Case.plan())
        #expect(outcome.failure?.failureClass == .server)
        #expect(outcome.failure?.upstreamStatus == 200)
    }

    @Test func anErrorInsideA200IsAFailure() {
        let error: JSONValue = ["type": "error", "error": ["type": "overloaded_error", "message": "Overloaded"]]
        let failure = Case.translate(error).failure
        #expect(failure?.failureClass == .overloaded)
        #expect(failure?.upstreamStatus == 200)
        #expect(failure?.message == "Overloaded")
    }
}
