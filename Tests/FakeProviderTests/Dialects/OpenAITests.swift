import FakeProvider
import Testing
import WireJSON

@Suite("OpenAI", .timeLimit(.minutes(1)))
struct OpenAITests {
    @Test("A whole chat answer")
    func whole() async throws {
        try await Harness.run { fake in
            let answer = try await fake.chat("say hello there")
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "application/json")
            #expect(answer.header("x-request-id")?.hasPrefix("req_") == true)
            #expect(answer.header("openai-version") == "2020-10-01")
            let json = answer.json
            #expect(json["object"]?.stringValue == "chat.completion")
            #expect(json["id"]?.stringValue?.hasPrefix("chatcmpl-") == true)
            #expect(json["model"]?.stringValue == "test")
            let choice = json["choices"]?[0]
            #expect(choice?["message"]?["content"]?.stringValue == "hello there")
            #expect(choice?["message"]?["refusal"] == .null)
            #expect(choice?["finish_reason"]?.stringValue == "stop")
            #expect(json["usage"]?["prompt_tokens"]?.intValue == 4)
            #expect(json["usage"]?["completion_tokens"]?.intValue == 3)
            #expect(json["usage"]?["total_tokens"]?.intValue == 7)
        }
    }

    @Test("A stream: role first, words, one finish reason, end marker", arguments: [false, true])
    func stream(wantsUsage: Bool) async throws {
        try await Harness.run { fake in
            var body = Harness.chatBody("say one two three", stream: true).objectValue ?? [:]
            if wantsUsage { body["stream_options"] = ["include_usage": true] }
            let answer = try await fake.post("/v1/chat/completions", .object(body))
            #expect(answer.header("content-type") == "text/event-stream; charset=utf-8")
            #expect(answer.header("transfer-encoding") == "chunked")
            #expect(answer.events.last?.data == "[DONE]")
            let chunks = answer.dataObjects
            #expect(chunks.first?["choices"]?[0]?["delta"] == ["role": "assistant", "content": "", "refusal": nil])
            #expect(answer.deltaText == "one two three")
            #expect(Set(chunks.compactMap { $0["id"]?.stringValue }).count == 1)
            let reasons = chunks.compactMap { $0["choices"]?[0]?["finish_reason"]?.stringValue }
            #expect(reasons == ["stop"])
            if wantsUsage {
                #expect(chunks.last?["choices"] == .array([]))
                #expect(chunks.last?["usage"]?["total_tokens"]?.intValue == 9)
                #expect(chunks.dropLast().allSatisfy { $0["usage"] == .null })
            } else {
                #expect(chunks.allSatisfy { $0["usage"] == nil })
            }
        }
    }

    @Test("Limits, stop strings and several choices")
    func limits() async throws {
        try await Harness.run { fake in
            var body = Harness.chatBody("say one two three").objectValue ?? [:]
            body["max_completion_tokens"] = 1
            let cut = try await fake.post("/v1/chat/completions", .object(body)).json["choices"]?[0]
            #expect(cut?["finish_reason"]?.stringValue == "length")
            #expect(cut?["message"]?["content"]?.stringValue == "one ")
            body["max_completion_tokens"] = nil
            body["stop"] = [" two"]
            body["n"] = 2
            let choices = try await fake.post("/v1/chat/completions", .object(body)).json["choices"]?.arrayValue
            #expect(choices?.map { $0["message"]?["content"]?.stringValue } == ["one", "(choice 2) one"])
            body["stream"] = true
            let stream = try await fake.post("/v1/chat/completions", .object(body)).dataObjects
            let indices = stream.compactMap { $0["choices"]?[0]?["index"]?.intValue }
            #expect(Set(indices) == [0, 1])
            #expect(stream.compactMap { $0["choices"]?[0]?["finish_reason"]?.stringValue } == ["stop", "stop"])
        }
    }

    private func toolBody(stream: Bool) -> JSONValue {
        var body = Harness.chatBody("get_weather and get_time please", stream: stream).objectValue ?? [:]
        body["tools"] = [tool("get_weather"), tool("get_time")]
        return .object(body)
    }

    @Test("Parallel tool calls, whole")
    func tools() async throws {
        try await Harness.run { fake in
            let choice = try await fake.post("/v1/chat/completions", toolBody(stream: false)).json["choices"]?[0]
            #expect(choice?["finish_reason"]?.stringValue == "tool_calls")
            #expect(choice?["message"]?["content"] == .null)
            let calls = choice?["message"]?["tool_calls"]?.arrayValue ?? []
            #expect(calls.map { $0["function"]?["name"]?.stringValue } == ["get_weather", "get_time"])
            #expect(calls.allSatisfy { $0["function"]?["arguments"]?.stringValue == #"{"city":"demo"}"# })
            #expect(Set(calls.compactMap { $0["id"]?.stringValue }).count == 2)
        }
    }

    @Test("Parallel tool calls, streamed: name first, arguments in fragments, one after the other")
    func toolStream() async throws {
        try await Harness.run { fake in
            let answer = try await fake.post("/v1/chat/completions", toolBody(stream: true))
            let deltas = answer.dataObjects.compactMap { $0["choices"]?[0]?["delta"] }
            #expect(deltas.first?["content"] == .null)
            let parts = deltas.compactMap { $0["tool_calls"]?[0] }
            let heads = parts.filter { $0["id"] != nil }
            #expect(heads.map { $0["index"]?.intValue } == [0, 1])
            #expect(heads.allSatisfy { $0["function"]?["arguments"]?.stringValue == "" })
            #expect(parts.compactMap { $0["index"]?.intValue } == parts.compactMap { $0["index"]?.intValue }.sorted())
            for index in 0...1 {
                let arguments = parts.filter { $0["index"]?.intValue == index && $0["id"] == nil }
                #expect(arguments.count > 1)
                #expect(
                    arguments.compactMap { $0["function"]?["arguments"]?.stringValue }.joined() == #"{"city":"demo"}"#)
            }
        }
    }

    @Test("Tool results are answered")
    func toolResults() async throws {
        try await Harness.run { fake in
            let body: JSONValue = [
                "model": "m", "tools": [tool("get_weather")],
                "messages": [
                    ["role": "user", "content": "get_weather"],
                    [
                        "role": "assistant",
                        "tool_calls": [["id": "c", "function": ["name": "get_weather", "arguments": "{}"]]],
                    ],
                    ["role": "tool", "tool_call_id": "c", "content": "28 degrees"],
                ],
            ]
            let text = try await fake.post("/v1/chat/completions", body).json["choices"]?[0]?["message"]?["content"]?
                .stringValue
            #expect(text?.hasPrefix("The tool answered: 28 degrees.") == true)
        }
    }

    @Test("Images are counted with their types")
    func vision() async throws {
        try await Harness.run { fake in
            let body: JSONValue = [
                "model": "m",
                "messages": [
                    [
                        "role": "user",
                        "content": [
                            ["type": "text", "text": "what is this"],
                            ["type": "image_url", "image_url": ["url": "data:image/png;base64,AAAA"]],
                            ["type": "image_url", "image_url": ["url": "https://example.com/a.jpg"]],
                        ],
                    ]
                ],
            ]
            let text = try await fake.post("/v1/chat/completions", body).json["choices"]?[0]?["message"]?["content"]?
                .stringValue
            #expect(text?.contains("I can see 2 images (image/png, a link).") == true)
        }
    }

    @Test("Structured output and JSON mode")
    func formats() async throws {
        try await Harness.run { fake in
            var body = Harness.chatBody("answer in json").objectValue ?? [:]
            body["response_format"] = ["type": "json_schema", "json_schema": ["name": "c", "schema": citySchema]]
            let schema = try await fake.post("/v1/chat/completions", .object(body)).json
            #expect(schema["choices"]?[0]?["message"]?["content"]?.stringValue == #"{"city":"demo"}"#)
            body["response_format"] = ["type": "json_object"]
            let object = try await fake.post("/v1/chat/completions", .object(body)).json
            #expect(object["choices"]?[0]?["message"]?["content"]?.stringValue?.hasPrefix("{\"answer\":") == true)
            body["messages"] = [["role": "user", "content": "hello"]]
            #expect(try await fake.post("/v1/chat/completions", .object(body)).status == 400)
        }
    }

    @Test("Legacy completions, whole and streamed")
    func completions() async throws {
        try await Harness.run { fake in
            let whole = try await fake.post("/v1/completions", ["model": "m", "prompt": "say one two"]).json
            #expect(whole["object"]?.stringValue == "text_completion")
            #expect(whole["id"]?.stringValue?.hasPrefix("cmpl-") == true)
            #expect(whole["choices"]?[0]?["text"]?.stringValue == "one two")
            let stream = try await fake.post(
                "/v1/completions", ["model": "m", "prompt": "say one two", "stream": true])
            #expect(stream.dataObjects.compactMap { $0["choices"]?[0]?["text"]?.stringValue }.joined() == "one two")
            #expect(stream.events.last?.data == "[DONE]")
        }
    }
}
