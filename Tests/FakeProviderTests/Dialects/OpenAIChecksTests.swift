import FakeProvider
import Testing
import WireJSON

@Suite("What OpenAI refuses", .timeLimit(.minutes(1)))
struct OpenAIChecksTests {
    private static let user: JSONValue = [["role": "user", "content": "hi"]]

    @Test(
        "Bad requests are 400 with the parameter's path",
        arguments: [
            (["model": "m"], "messages"), (["model": "m", "messages": []], "messages"),
            (["model": "m", "messages": [["role": "nobody"]]], "messages[0].role"),
            (["model": "m", "messages": [["role": "tool", "content": "x"]]], "messages[0].tool_call_id"),
            (["model": "m", "messages": user, "max_tokens": 0], "max_tokens"),
            (["model": "m", "messages": user, "stream_options": ["include_usage": true]], "stream_options"),
            (["model": "m", "messages": user, "response_format": ["type": "json_schema"]], "response_format"),
            (["model": "gpt-5-mini", "messages": user, "max_tokens": 5], "max_tokens"),
            (["model": "o3", "messages": user, "temperature": 0.5], "temperature"),
        ] as [(JSONValue, String)])
    func refused(body: JSONValue, param: String) async throws {
        try await Harness.run { fake in
            let answer = try await fake.post("/v1/chat/completions", body)
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["param"]?.stringValue == param)
            #expect(answer.json["error"]?["type"]?.stringValue == "invalid_request_error")
        }
    }

    @Test("Reasoning models take max_completion_tokens and temperature 1")
    func accepted() async throws {
        try await Harness.run { fake async throws in
            let body: JSONValue = [
                "model": "gpt-5", "messages": Self.user, "max_completion_tokens": 50, "temperature": 1,
            ]
            #expect(try await fake.post("/v1/chat/completions", body).status == 200)
        }
    }

    @Test("A body that is no JSON object", arguments: ["", "[]", "{", "\"x\"", "\u{FEFF}"])
    func notJSON(body: String) async throws {
        try await Harness.run { fake in
            let answer = try await fake.exchange("POST", "/v1/chat/completions", body: Array(body.utf8))
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["message"]?.stringValue?.contains("JSON") == true)
        }
    }

    @Test("Unknown paths and methods are 404 in the dialect's words")
    func unknown() async throws {
        try await Harness.run { fake async throws in
            #expect(try await fake.get("/v1/chat/completions").status == 404)
            #expect(try await fake.post("/v1/models", [:]).status == 404)
            #expect(try await fake.post("/v1/nope", [:]).json["error"]?["code"]?.stringValue == "model_not_found")
            #expect(try await fake.post("/v1/messages/nope", [:]).json["type"]?.stringValue == "error")
        }
    }

    @Test("Groq refuses what it does not know", arguments: ["logprobs", "logit_bias", "n", "name"])
    func groq(member: String) async throws {
        try await Harness.run { fake async throws in
            var body: JSONObject = ["model": "m", "messages": Self.user]
            switch member {
            case "n": body["n"] = 2
            case "name": body["messages"] = [["role": "user", "content": "hi", "name": "x"]]
            default: body[member] = true
            }
            #expect(try await fake.post("/openai/v1/chat/completions", .object(body)).status == 400)
            #expect(try await fake.post("/v1/chat/completions", .object(body)).status == 200)
        }
    }
}
