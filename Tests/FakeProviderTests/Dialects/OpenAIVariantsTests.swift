import FakeProvider
import Testing
import WireJSON

@Suite("Variants of OpenAI's format", .timeLimit(.minutes(1)))
struct OpenAIVariantsTests {
    private func body(_ text: String = "say one two", tools: Bool = false, usage: Bool = false) -> JSONValue {
        var body = Harness.chatBody(text, stream: true).objectValue ?? [:]
        if tools { body["tools"] = [tool("get_weather"), tool("get_time")] }
        if usage { body["stream_options"] = ["include_usage": true] }
        return .object(body)
    }

    @Test("Groq: x_groq in the first and last chunk, usage there")
    func groqStream() async throws {
        try await Harness.run { fake in
            let chunks = try await fake.post("/openai/v1/chat/completions", body()).dataObjects
            #expect(chunks.first?["x_groq"]?["id"]?.stringValue?.hasPrefix("req_") == true)
            #expect(chunks.last?["choices"]?[0]?["finish_reason"]?.stringValue == "stop")
            #expect(chunks.last?["x_groq"]?["usage"]?["total_tokens"]?.intValue == 5)
            #expect(chunks.last?["usage"] == nil)
            let asked = try await fake.post("/openai/v1/chat/completions", body(usage: true)).dataObjects
            #expect(asked.last?["usage"]?["total_tokens"]?.intValue == 5)
            #expect(asked.allSatisfy { $0["choices"]?.arrayValue?.isEmpty == false })
        }
    }

    @Test("Groq: each tool call comes whole in one delta")
    func groqTools() async throws {
        try await Harness.run { fake in
            let answer = try await fake.post(
                "/openai/v1/chat/completions", body("get_weather and get_time", tools: true))
            let calls = answer.dataObjects.compactMap { $0["choices"]?[0]?["delta"]?["tool_calls"]?[0] }
            #expect(calls.count == 2)
            #expect(calls.allSatisfy { $0["function"]?["arguments"]?.stringValue == #"{"city":"demo"}"# })
        }
    }

    @Test("Groq: extras of a whole answer")
    func groqWhole() async throws {
        try await Harness.run { fake in
            let answer = try await fake.chat(path: "/openai/v1/chat/completions")
            #expect(answer.json["x_groq"]?["id"] != nil)
            #expect(answer.json["usage"]?["queue_time"] != nil)
            #expect(answer.header("x-groq-region") != nil)
            #expect(answer.header("x-ratelimit-limit-tokens") != nil)
        }
    }

    @Test("OpenRouter: comments, role in every delta, usage chunk that repeats the choice")
    func openRouter() async throws {
        try await Harness.run { fake in
            let answer = try await fake.post("/api/v1/chat/completions", body())
            #expect(answer.events.prefix(2).allSatisfy { $0.name == ":" })
            #expect(answer.text.hasPrefix(": OPENROUTER PROCESSING\n\n"))
            let chunks = answer.dataObjects
            #expect(chunks.allSatisfy { $0["choices"]?[0]?["delta"]?["role"]?.stringValue == "assistant" })
            #expect(chunks.allSatisfy { $0["provider"]?.stringValue == "Fake" })
            #expect(chunks.compactMap { $0["choices"]?[0]?["finish_reason"]?.stringValue } == ["stop", "stop"])
            #expect(chunks.last?["usage"]?["cost"] != nil)
            #expect(answer.events.last?.data == "[DONE]")
            #expect(answer.header("x-generation-id")?.hasPrefix("gen-") == true)
        }
    }

    @Test("OpenRouter: the usage chunk can have no choices, or not come", arguments: ["empty", "none"])
    func openRouterUsage(form: String) async throws {
        try await Harness.run { fake in
            let answer = try await fake.post("/api/v1/chat/completions", body(), ["x-fake": "usage=\(form)"])
            let usage = answer.dataObjects.filter { $0["usage"] != nil }
            #expect(usage.count == (form == "none" ? 0 : 1))
            #expect(usage.allSatisfy { $0["choices"] == .array([]) })
        }
    }

    @Test("OpenRouter: a whole answer has provider, native reason and cost")
    func openRouterWhole() async throws {
        try await Harness.run { fake in
            let json = try await fake.chat(path: "/api/v1/chat/completions").json
            #expect(json["id"]?.stringValue?.hasPrefix("gen-") == true)
            #expect(json["choices"]?[0]?["native_finish_reason"]?.stringValue == "stop")
            #expect(json["usage"]?["cost"]?.numberValue != nil)
            let padded = try await fake.chat(spec: "pings=2", path: "/api/v1/chat/completions")
            #expect(padded.text.hasPrefix("\n         \n\n"))
            #expect(padded.json["id"] != nil)
        }
    }

    @Test("Ollama: no role-only chunk, short ids, plain usage")
    func ollama() async throws {
        try await Harness.run { fake in
            let answer = try await fake.post("/v1/chat/completions", body(usage: true), ["x-fake": "as=ollama"])
            let chunks = answer.dataObjects
            #expect(chunks.first?["choices"]?[0]?["delta"] == ["role": "assistant", "content": "one"])
            #expect(chunks.first?["system_fingerprint"]?.stringValue == "fp_ollama")
            #expect(chunks.first?["id"]?.stringValue == "chatcmpl-1")
            #expect(chunks.last?["usage"]?.objectValue?.count == 3)
        }
    }

    @Test("Ollama's own API: NDJSON with `done`, whole when asked")
    func ollamaNative() async throws {
        try await Harness.run { fake in
            let chat: JSONObject = ["model": "llama3.1", "messages": [["role": "user", "content": "say one two"]]]
            let stream = try await fake.post("/api/chat", .object(chat))
            #expect(stream.header("content-type") == "application/x-ndjson")
            #expect(stream.lines.compactMap { $0["message"]?["content"]?.stringValue }.joined() == "one two")
            #expect(stream.lines.compactMap { $0["done"]?.boolValue } == [false, false, true])
            #expect(stream.lines.last?["eval_count"]?.intValue == 2)
            var whole = chat
            whole["stream"] = false
            #expect(try await fake.post("/api/chat", .object(whole)).json["done"]?.boolValue == true)
            let generated = try await fake.post("/api/generate", ["model": "m", "prompt": "say x", "stream": false])
            #expect(generated.json["response"]?.stringValue == "x")
            #expect(try await fake.get("/api/tags").json["models"]?[0]?["name"] != nil)
        }
    }

    @Test("Azure: filter results first, model by path")
    func azure() async throws {
        try await Harness.run { fake in
            let path = "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21"
            let chunks = try await fake.post(path, body()).dataObjects
            #expect(chunks.first?["choices"] == .array([]))
            #expect(chunks.first?["prompt_filter_results"] != nil)
            #expect(chunks.dropFirst().first?["model"]?.stringValue == "test")
            let whole = try await fake.post(path, ["messages": [["role": "user", "content": "say x"]]]).json
            #expect(whole["model"]?.stringValue == "my-gpt")
            #expect(whole["choices"]?[0]?["content_filter_results"] != nil)
        }
    }

    @Test(
        "Thoughts have each variant's name",
        arguments: [
            ("openai", "reasoning_content"), ("groq", "reasoning"), ("openrouter", "reasoning"),
            ("ollama", "reasoning"),
        ])
    func thoughts(dialect: String, member: String) async throws {
        try await Harness.run { fake in
            let spec = "as=\(dialect);thinking=2"
            let stream = try await fake.chat(spec: spec, stream: true).dataObjects
            #expect(stream.compactMap { $0["choices"]?[0]?["delta"]?[member]?.stringValue }.count == 2)
            let whole = try await fake.chat(spec: spec).json
            #expect(whole["choices"]?[0]?["message"]?[member]?.stringValue?.contains("step 2") == true)
            #expect(
                stream.contains { $0["choices"]?[0]?["delta"]?["reasoning_details"] != nil }
                    == (dialect == "openrouter"))
        }
    }

    @Test("Refusals stand in their own member")
    func refusal() async throws {
        try await Harness.run { fake in
            let message = try await fake.chat(spec: "refusal").json["choices"]?[0]?["message"]
            #expect(message?["content"] == .null)
            #expect(message?["refusal"]?.stringValue?.isEmpty == false)
            let stream = try await fake.chat(spec: "refusal", stream: true).dataObjects
            #expect(stream.contains { $0["choices"]?[0]?["delta"]?["refusal"]?.stringValue != nil })
        }
    }
}
