import FakeProvider
import Testing
import WireJSON

@Suite("Anthropic", .timeLimit(.minutes(1)))
struct AnthropicTests {
    private func body(_ members: JSONObject) -> JSONValue {
        var body = Harness.messagesBody("say one two").objectValue ?? [:]
        for (key, value) in members { body[key] = value.isNull ? nil : value }
        return .object(body)
    }

    @Test("A whole message")
    func whole() async throws {
        try await Harness.run { fake in
            let answer = try await fake.messages("say one two")
            #expect(answer.status == 200)
            #expect(answer.header("request-id")?.hasPrefix("req_") == true)
            #expect(answer.header("anthropic-ratelimit-input-tokens-reset") != nil)
            let json = answer.json
            #expect(json["type"]?.stringValue == "message")
            #expect(json["id"]?.stringValue?.hasPrefix("msg_") == true)
            #expect(json["content"] == [["type": "text", "text": "one two"]])
            #expect(json["stop_reason"]?.stringValue == "end_turn")
            #expect(json["usage"]?["input_tokens"]?.intValue == 3)
            #expect(json["usage"]?["output_tokens"]?.intValue == 2)
        }
    }

    @Test("A stream: event names, ping, padding, cumulative usage")
    func stream() async throws {
        try await Harness.run { fake in
            let answer = try await fake.messages("say one two", stream: true)
            #expect(answer.header("content-type") == "text/event-stream; charset=utf-8")
            #expect(
                answer.events.map(\.name) == [
                    "message_start", "content_block_start", "ping", "content_block_delta", "content_block_delta",
                    "content_block_stop", "message_delta", "message_stop",
                ])
            #expect(answer.dataObjects.allSatisfy { $0["type"]?.stringValue != nil })
            #expect(zip(answer.events, answer.dataObjects).allSatisfy { $0.name == $1["type"]?.stringValue })
            let start = answer.dataObjects.first?["message"]
            #expect(start?["usage"]?["output_tokens"]?.intValue == 1)
            #expect(start?["stop_reason"] == .null)
            let deltas = answer.dataObjects.compactMap { $0["delta"]?["text"]?.stringValue }
            #expect(deltas.joined() == "one two")
            let last = answer.dataObjects.first { $0["type"]?.stringValue == "message_delta" }
            #expect(last?["delta"]?["stop_reason"]?.stringValue == "end_turn")
            #expect(last?["usage"]?["output_tokens"]?.intValue == 2)
            #expect(answer.text.contains("  }\n\n"))
        }
    }

    @Test("Cached tokens are not among the input tokens")
    func cached() async throws {
        try await Harness.run { fake in
            let usage = try await fake.messages("x", spec: "in=100;cached=60").json["usage"]
            #expect(usage?["input_tokens"]?.intValue == 40)
            #expect(usage?["cache_read_input_tokens"]?.intValue == 60)
        }
    }

    @Test(
        "Stop reasons",
        arguments: [
            (["max_tokens": 1], "", "max_tokens"), (["stop_sequences": [" two"]], "", "stop_sequence"),
            ([:], "refusal", "refusal"), ([:], "call=x", "tool_use"),
        ] as [(JSONObject, String, String)])
    func stopReasons(members: JSONObject, spec: String, reason: String) async throws {
        try await Harness.run { fake in
            let json = try await fake.post("/v1/messages", body(members), Harness.anthropicHeaders(spec)).json
            #expect(json["stop_reason"]?.stringValue == reason)
            #expect(json["stop_sequence"]?.stringValue == (reason == "stop_sequence" ? " two" : nil))
        }
    }

    private let tools: JSONValue = [
        ["name": "get_weather", "input_schema": citySchema],
        ["name": "no_arguments", "input_schema": ["type": "object"]],
    ]

    @Test("Tool use, whole")
    func tools() async throws {
        try await Harness.run { fake in
            let asked = body(["messages": [["role": "user", "content": "get_weather, no_arguments"]], "tools": tools])
            let content = try await fake.post("/v1/messages", asked, Harness.anthropicHeaders()).json["content"]
            #expect(content?.arrayValue?.compactMap { $0["type"]?.stringValue } == ["tool_use", "tool_use"])
            #expect(content?[0]?["input"] == ["city": "demo"])
            #expect(content?[1]?["input"] == .object([:]))
        }
    }

    @Test("Tool use, streamed: an empty first fragment, and nothing else without arguments")
    func toolStream() async throws {
        try await Harness.run { fake in
            let asked = body([
                "messages": [["role": "user", "content": "get_weather, no_arguments"]], "tools": tools, "stream": true,
            ])
            let answer = try await fake.post("/v1/messages", asked, Harness.anthropicHeaders())
            let deltas = answer.dataObjects.filter { $0["delta"]?["type"]?.stringValue == "input_json_delta" }
            let first = deltas.filter { $0["index"]?.intValue == 0 }.compactMap {
                $0["delta"]?["partial_json"]?.stringValue
            }
            #expect(first.first == "")
            #expect(first.count > 2)
            #expect(first.joined() == #"{"city":"demo"}"#)
            let second = deltas.filter { $0["index"]?.intValue == 1 }
            #expect(second.compactMap { $0["delta"]?["partial_json"]?.stringValue } == [""])
            let starts = answer.dataObjects.compactMap { $0["content_block"]?["name"]?.stringValue }
            #expect(starts == ["get_weather", "no_arguments"])
        }
    }

    @Test(
        "The tool choice",
        arguments: [("any", ["get_weather"]), ("tool", ["no_arguments"]), ("none", []), ("auto", [])]
            as [(String, [String])])
    func toolChoice(type: String, called: [String]) async throws {
        try await Harness.run { fake in
            let choice: JSONValue = ["type": .string(type), "name": "no_arguments"]
            let asked = body(["tools": tools, "tool_choice": choice])
            let content = try await fake.post("/v1/messages", asked, Harness.anthropicHeaders()).json["content"]
            #expect(content?.arrayValue?.compactMap { $0["name"]?.stringValue } == called)
        }
    }

    @Test("Tool results are answered")
    func toolResults() async throws {
        try await Harness.run { fake in
            let asked = body([
                "messages": [
                    ["role": "user", "content": "get_weather"],
                    [
                        "role": "assistant",
                        "content": [["type": "tool_use", "id": "t1", "name": "get_weather", "input": [:]]],
                    ],
                    [
                        "role": "user",
                        "content": [["type": "tool_result", "tool_use_id": "t1", "content": "28 degrees"]],
                    ],
                ],
                "tools": tools,
            ])
            let content = try await fake.post("/v1/messages", asked, Harness.anthropicHeaders()).json["content"]
            #expect(content?[0]?["text"]?.stringValue?.contains("28 degrees") == true)
        }
    }

    @Test("Thinking comes first, with its signature last")
    func thinking() async throws {
        try await Harness.run { fake in
            let whole = try await fake.messages("say a", spec: "thinking=2").json
            #expect(whole["content"]?[0]?["type"]?.stringValue == "thinking")
            #expect(whole["content"]?[0]?["signature"]?.stringValue?.isEmpty == false)
            #expect(whole["usage"]?["output_tokens_details"]?["thinking_tokens"]?.intValue ?? 0 > 0)
            let stream = try await fake.messages("say a", spec: "thinking=2", stream: true)
            let types = stream.dataObjects.compactMap { $0["delta"]?["type"]?.stringValue }
            #expect(types == ["thinking_delta", "thinking_delta", "signature_delta", "text_delta"])
            #expect(stream.dataObjects.filter { $0["type"]?.stringValue == "content_block_start" }.count == 2)
        }
    }

    @Test("Images, structured output and token counts")
    func others() async throws {
        try await Harness.run { fake in
            let image: JSONValue = [
                "type": "image", "source": ["type": "base64", "media_type": "image/webp", "data": "AA"],
            ]
            let asked = body(["messages": [["role": "user", "content": [image, ["type": "text", "text": "what"]]]]])
            let seen = try await fake.post("/v1/messages", asked, Harness.anthropicHeaders()).json
            #expect(seen["content"]?[0]?["text"]?.stringValue?.contains("1 image (image/webp)") == true)
            let format: JSONValue = ["format": ["type": "json_schema", "schema": citySchema]]
            let json = try await fake.post("/v1/messages", body(["output_config": format]), Harness.anthropicHeaders())
                .json
            #expect(json["content"]?[0]?["text"]?.stringValue == #"{"city":"demo"}"#)
            let count = try await fake.post(
                "/v1/messages/count_tokens", body(["max_tokens": nil]), Harness.anthropicHeaders())
            #expect(count.json["input_tokens"]?.intValue == 3)
            let models = try await fake.get("/v1/models", Harness.anthropicHeaders()).json
            #expect(models["has_more"]?.boolValue == false)
            #expect(try await fake.get("/v1/models/nope", Harness.anthropicHeaders()).status == 404)
        }
    }

    @Test(
        "What Anthropic refuses",
        arguments: [
            ["max_tokens": nil], ["model": nil], ["messages": []], ["temperature": 1.5],
            ["messages": [["role": "robot", "content": "x"]]], ["messages": [["role": "user"]]],
            ["messages": [["role": "user", "content": [["type": "text", "text": ""]]]]],
            ["messages": [["role": "assistant", "content": [["type": "tool_use", "id": "a", "name": "b"]]]]],
            [
                "messages": [
                    ["role": "user", "content": [["type": "tool_result", "tool_use_id": "zz", "content": "x"]]]
                ]
            ],
            ["thinking": ["type": "enabled", "budget_tokens": 100]],
            ["thinking": ["type": "enabled", "budget_tokens": 2000]],
        ] as [JSONObject])
    func refused(members: JSONObject) async throws {
        try await Harness.run { fake in
            let answer = try await fake.post("/v1/messages", body(members), Harness.anthropicHeaders())
            #expect(answer.status == 400)
            #expect(answer.json["type"]?.stringValue == "error")
            #expect(answer.json["error"]?["type"]?.stringValue == "invalid_request_error")
        }
    }

    @Test("The version header is needed, and the newer version takes no temperature")
    func version() async throws {
        try await Harness.run { fake async throws in
            #expect(try await fake.post("/v1/messages", body([:])).status == 400)
            let newer = ["anthropic-version": "2026-10-21"]
            #expect(try await fake.post("/v1/messages", body([:]), newer).status == 200)
            #expect(try await fake.post("/v1/messages", body(["temperature": 1]), newer).status == 400)
            #expect(
                try await fake.post("/v1/messages", body(["temperature": 1]), Harness.anthropicHeaders()).status == 200)
        }
    }
}
