import FakeProvider
import Testing
import WireJSON

@Suite("Errors in every dialect", .timeLimit(.minutes(1)))
struct ErrorTests {
    private func send(_ dialect: FakeDialect, _ spec: String, stream: Bool = false, _ fake: Harness) async throws
        -> RawAnswer
    {
        switch dialect {
        case .openai: try await fake.chat(spec: spec, stream: stream)
        case .azure, .ollama: try await fake.chat(spec: "as=\(dialect.rawValue);" + spec, stream: stream)
        case .groq: try await fake.chat(spec: spec, stream: stream, path: "/openai/v1/chat/completions")
        case .openrouter: try await fake.chat(spec: spec, stream: stream, path: "/api/v1/chat/completions")
        case .anthropic: try await fake.messages("say one two three", spec: spec, stream: stream)
        case .gemini: try await fake.gemini("say one two three", spec: spec, stream: stream)
        case .n8n: try await fake.webhook(stream ? "stream" : "object", spec: spec)
        }
    }

    @Test("Every kind has a status and a readable body", arguments: FakeDialect.allCases, FakeErrorKind.allCases)
    func all(dialect: FakeDialect, kind: FakeErrorKind) async throws {
        try await Harness.run { fake in
            let answer = try await send(dialect, "error=\(kind.rawValue)", fake)
            #expect((400...599).contains(answer.status))
            #expect(!answer.body.isEmpty)
            if dialect != .n8n { #expect(answer.json["error"]?["message"]?.stringValue?.isEmpty == false) }
        }
    }

    @Test(
        "The words that tell the kinds apart",
        arguments: [
            (.openai, "rate_limit", 429, "\"code\":\"rate_limit_exceeded\""),
            (.openai, "quota", 429, "insufficient_quota"),
            (.openai, "context", 400, "context_length_exceeded"), (.openai, "auth", 401, "invalid_api_key"),
            (.openai, "overloaded", 503, "server_is_overloaded"), (.openai, "not_found", 404, "model_not_found"),
            (.openai, "daily", 429, "requests per day"), (.azure, "rate_limit", 429, "RateLimitReached"),
            (.azure, "filter", 400, "\"code\":\"content_filter\""), (.ollama, "not_found", 404, "not_found_error"),
            (.ollama, "server", 500, "api_error"), (.groq, "capacity", 498, "capacity_exceeded"),
            (.groq, "tool_use_failed", 400, "failed_generation"), (.groq, "too_large", 413, "rate_limit_exceeded"),
            (.openrouter, "filter", 403, "flagged_input"), (.openrouter, "quota", 402, "openrouter_credits"),
            (.openrouter, "daily", 429, "X-RateLimit-Reset"), (.openrouter, "context", 400, "maximum context length"),
            (.anthropic, "overloaded", 529, "overloaded_error"),
            (.anthropic, "quota", 429, "enforced_spend_limit_reached"),
            (.anthropic, "billing", 400, "credit balance is too low"),
            (.anthropic, "context", 400, "prompt is too long: "),
            (.anthropic, "not_found", 404, "not_found_error"), (.gemini, "auth", 400, "API_KEY_INVALID"),
            (.gemini, "rate_limit", 429, "PerMinute"), (.gemini, "daily", 429, "PerDay"),
            (.gemini, "quota", 429, "limit: 0"),
            (.gemini, "overloaded", 503, "UNAVAILABLE"),
            (.gemini, "context", 400, "exceeds the maximum number of tokens"),
            (.n8n, "server", 500, "Error in workflow"), (.n8n, "auth", 401, "Authorization is required!"),
            (.n8n, "permission", 403, "Authorization data is wrong!"), (.n8n, "timeout", 504, "<html>"),
        ] as [(FakeDialect, String, Int, String)])
    func words(dialect: FakeDialect, kind: String, status: Int, words: String) async throws {
        try await Harness.run { fake in
            let answer = try await send(dialect, "error=\(kind)", fake)
            #expect(answer.status == status)
            #expect(answer.text.contains(words), "\(answer.text)")
        }
    }

    @Test(
        "A bare status becomes the kind it stands for",
        arguments: [400, 401, 402, 403, 404, 408, 413, 418, 429, 498, 500, 502, 503, 529])
    func statuses(status: Int) async throws {
        try await Harness.run { fake async throws in
            for dialect in FakeDialect.allCases {
                #expect(try await send(dialect, "status=\(status)", fake).status == status, "\(dialect)")
            }
        }
    }

    @Test("The wait stands where each dialect's clients look for it")
    func waits() async throws {
        try await Harness.run { fake in
            let spec = "error=rate_limit;retry=1500ms"
            let openai = try await send(.openai, spec, fake)
            #expect(openai.header("retry-after") == "2")
            #expect(openai.header("retry-after-ms") == "1500")
            #expect(openai.text.contains("Please try again in 1.5s."))
            #expect(try await send(.groq, spec, fake).header("retry-after") == "2")
            #expect(try await send(.anthropic, spec, fake).header("retry-after") == "2")
            #expect(try await send(.openrouter, spec, fake).header("retry-after") == "2")
            let gemini = try await send(.gemini, spec, fake)
            #expect(gemini.header("retry-after") == nil)
            #expect(gemini.json["error"]?["details"]?[1]?["retryDelay"]?.stringValue == "1.5s")
        }
    }

    @Test("OpenRouter's daily limit names the reset in milliseconds since 1970")
    func openRouterReset() async throws {
        var options = FakeProviderOptions()
        options.now = { 1000 }
        try await Harness.run(options) { fake in
            let metadata = try await send(.openrouter, "error=daily;retry=2s", fake).json["error"]?["metadata"]
            #expect(metadata?["headers"]?["X-RateLimit-Reset"]?.stringValue == "1002000")
        }
    }

    @Test("Status, text, headers and the whole body can be set")
    func overrides() async throws {
        try await Harness.run { fake in
            let answer = try await fake.chat(spec: "error=server;status=200;message=odd%3B%20but%20true;header=x-a:b")
            #expect(answer.status == 200)
            #expect(answer.json["error"]?["message"]?.stringValue == "odd; but true")
            #expect(answer.header("x-a") == "b")
            let body = try await fake.chat(spec: "status=502;body=%3Chtml%3E;type=html")
            #expect(body.status == 502)
            #expect(body.text == "<html>")
            #expect(body.header("content-type") == "text/html; charset=utf-8")
            let redirect = try await fake.chat(spec: "status=302;body=;header=location:http://127.0.0.1:1/")
            #expect(redirect.status == 302)
            #expect(redirect.header("location") == "http://127.0.0.1:1/")
        }
    }

    @Test("An error event inside a 200 stream", arguments: FakeDialect.allCases)
    func inStream(dialect: FakeDialect) async throws {
        try await Harness.run { fake in
            let answer = try await send(dialect, "fail=2;error=rate_limit;message=boom", stream: true, fake)
            #expect(answer.status == 200)
            #expect(answer.isComplete)
            #expect(answer.text.contains("boom"))
            #expect(!answer.text.contains("[DONE]") && !answer.text.contains("message_stop"))
            #expect(!answer.text.contains("three"))
            #expect(answer.text.contains(" two"))
            let last = answer.events.last
            switch dialect {
            case .anthropic, .groq: #expect(last?.name == "error")
            case .openrouter:
                let choice = answer.dataObjects.last?["choices"]?[0]
                #expect(choice?["finish_reason"]?.stringValue == "error")
            case .n8n: #expect(answer.lines.last?["type"]?.stringValue == "error")
            default: #expect(answer.dataObjects.last?["error"] != nil)
            }
        }
    }

    @Test("An error event before any content, overloaded unless another kind is named")
    func firstEvent() async throws {
        try await Harness.run { fake in
            let answer = try await send(.anthropic, "fail=0", stream: true, fake)
            #expect(answer.dataObjects.last?["error"]?["type"]?.stringValue == "overloaded_error")
            #expect(answer.events.count { $0.name == "content_block_delta" } == 0)
        }
    }

    @Test("Endpoints with framings of their own fail in them")
    func otherFramings() async throws {
        try await Harness.run { fake in
            let headers = ["x-fake": "fail=1;error=quota"]
            let responses = try await fake.post(
                "/v1/responses", ["model": "m", "input": "say a b", "stream": true], headers)
            #expect(responses.events.suffix(2).map(\.name) == ["error", "response.failed"])
            #expect(responses.dataObjects.last?["response"]?["error"]?["code"]?.stringValue == "insufficient_quota")
            let contents: JSONValue = ["contents": [["parts": [["text": "say a b"]]]]]
            for place in 0...1 {
                let spec = ["x-fake": "fail=\(place)"]
                let array = try await fake.post("/v1beta/models/m:streamGenerateContent", contents, spec)
                #expect(array.json.arrayValue?.count == place + 1)
                #expect(array.json[place]?["error"]?["status"]?.stringValue == "UNAVAILABLE")
            }
            let native = try await fake.post(
                "/api/chat", ["model": "m", "messages": [["role": "user", "content": "say a b"]]], headers)
            #expect(native.lines.last?["error"]?.stringValue?.isEmpty == false)
        }
    }
}
