import Dialects
import Testing
import WireJSON

/// Requests to services that speak the same format: bytes stay, single members change.
@Suite struct OpenAIRequestTests {
    static func target(
        _ kind: ProviderKind = .openai, base: String? = nil, model: String = "gpt-4o",
        _ edit: (inout ModelCapabilities) -> Void = { _ in }
    ) -> Target {
        var capabilities = ModelCapabilities()
        edit(&capabilities)
        return Target(
            provider: "p", kind: kind, baseURL: base ?? kind.defaultBaseURL ?? "http://localhost:8000/v1", model: model,
            capabilities: capabilities)
    }

    static func call(
        _ json: String, _ target: Target = target(), endpoint: Endpoint = .chatCompletions,
        context: CallContext = .sample
    ) throws -> ProviderCall {
        try OpenAIDialect(kind: target.kind).prepare(.of(json, endpoint), target: target, context: context)
    }

    static func body(_ json: String, _ target: Target = target(), endpoint: Endpoint = .chatCompletions) throws
        -> String
    {
        String(decoding: try call(json, target, endpoint: endpoint).body, as: UTF8.self)
    }

    static let messages = #""messages":[{"role":"user","content":"Hi"}]"#

    // MARK: Members

    @Test func replacesTheModelAndNothingElse() throws {
        let json = #"{ "temperature" : 0.50, "model": "smart" ,"x_custom":{"a":[1, 2]},\#(Self.messages) }"#
        #expect(try Self.body(json) == json.replacing(#""smart""#, with: #""gpt-4o""#))
    }

    @Test func leavesAFittingRequestAlone() throws {
        let json = #"{"model":"gpt-4o",\#(Self.messages)}"#
        #expect(try Self.body(json) == json)
    }

    @Test func escapesTheModelName() throws {
        let json = #"{"model":"x",\#(Self.messages)}"#
        #expect(try Self.body(json, Self.target(model: "a\"b")).hasPrefix(#"{"model":"a\"b","#))
    }

    @Test(arguments: [
        ("", #","stream_options":{"include_usage":true}"#),
        (#","stream_options":{"include_usage":false}"#, #","stream_options":{"include_usage":true}"#),
        (#","stream_options":{"include_usage":null}"#, #","stream_options":{"include_usage":true}"#),
        (#","stream_options":null"#, #","stream_options":{"include_usage":true}"#),
        (#","stream_options":{}"#, #","stream_options":{"include_usage":true}"#),
        (
            #","stream_options":{"include_obfuscation":false}"#,
            #","stream_options":{"include_obfuscation":false,"include_usage":true}"#
        ),
        (
            #","stream_options":{"include_usage":true,"x":1}"#, #","stream_options":{"include_usage":true,"x":1}"#
        ),
    ])
    func alwaysAsksForUsage(_ sent: String, _ expected: String) throws {
        let json = #"{"model":"gpt-4o",\#(Self.messages),"stream":true\#(sent)}"#
        let call = try Self.call(json)
        #expect(
            String(decoding: call.body, as: UTF8.self)
                == #"{"model":"gpt-4o",\#(Self.messages),"stream":true\#(expected)}"#)
        #expect(call.plan.includeUsage == sent.contains(#""include_usage":true"#))
        #expect(call.plan.stream)
    }

    @Test func asksForNoUsageWithoutAStream() throws {
        let json = #"{"model":"gpt-4o",\#(Self.messages),"stream":false}"#
        #expect(try Self.body(json) == json)
    }

    @Test func fillsThePlan() throws {
        let plan = try Self.call(#"{"model":"smart",\#(Self.messages)}"#).plan
        #expect(plan.clientModel == "smart")
        #expect(plan.upstreamModel == "gpt-4o")
        #expect(plan.kind == .openai)
        #expect(plan.promptBytes == #"[{"role":"user","content":"Hi"}]"#.utf8.count)
    }

    @Test func leavesFilesOutOfThePromptsSize() throws {
        let image = String(repeating: "QUJD", count: 10_000)
        let json =
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},"#
            + #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(image)"}}]}]}"#
        let size = try Self.call(json).plan.promptBytes
        #expect(20...3000 ~= size)
    }

    // MARK: Token limits

    @Test(arguments: ["o1", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "gpt-5.4-nano", "gpt-6-luna"])
    func renamesMaxTokensForReasoningModels(_ model: String) throws {
        for known in [nil, true] as [Bool?] {
            let target = Self.target(model: model) { $0.reasoning = known }
            let body = try Self.body(#"{"model":"x","max_tokens":7,\#(Self.messages)}"#, target)
            #expect(body == #"{"model":"\#(model)","max_completion_tokens":7,\#(Self.messages)}"#)
        }
    }

    @Test(arguments: [
        "gpt-4o", "gpt-4.1-mini", "gpt-3.5-turbo", "gpt-35-turbo", "omni-moderation", "chatgpt-4o-latest",
    ])
    func keepsMaxTokensForOthers(_ model: String) throws {
        let body = try Self.body(#"{"model":"x","max_tokens":7,\#(Self.messages)}"#, Self.target(model: model))
        #expect(body == #"{"model":"\#(model)","max_tokens":7,\#(Self.messages)}"#)
    }

    @Test func prefersTheNewerLimit() throws {
        let both = #"{"model":"x","max_tokens":7,"max_completion_tokens":9,\#(Self.messages)}"#
        for model in ["gpt-4o", "o3"] {
            let body = try Self.body(both, Self.target(model: model))
            #expect(body == #"{"model":"\#(model)","max_completion_tokens":9,\#(Self.messages)}"#)
        }
        let null = #"{"model":"x","max_tokens":7,"max_completion_tokens":null,\#(Self.messages)}"#
        #expect(
            try Self.body(null, Self.target(model: "o3"))
                == #"{"model":"o3","max_completion_tokens":7,\#(Self.messages)}"#)
    }

    @Test func leavesCompletionsTheirLimit() throws {
        let json = #"{"model":"gpt-5","prompt":"Hi","max_tokens":7}"#
        #expect(try Self.body(json, Self.target(model: "gpt-5"), endpoint: .completions) == json)
    }

    // MARK: What OpenAI rejects

    @Test func dropsSamplingWhereTheModelHasNone() throws {
        let json = #"{"temperature":1,"model":"m","top_p":0.5,\#(Self.messages)}"#
        #expect(
            try Self.body(json, Self.target(model: "m") { $0.samplingParameters = false })
                == #"{"model":"m",\#(Self.messages)}"#)
        #expect(try Self.body(json, Self.target(model: "m")) == json)
    }

    @Test func dropsExtensionsOfOtherServices() throws {
        let json =
            #"{"provider":{"order":["x"]},"model":"gpt-4o","transforms":[],"top_k":4,\#(Self.messages),"#
            + #""reasoning":{"effort":"low"},"reasoning_format":"raw","thinking":{},"store":true}"#
        #expect(try Self.body(json) == #"{"model":"gpt-4o",\#(Self.messages),"store":true}"#)
        #expect(try Self.body(json, Self.target(.openaiCompatible)) == json)
        #expect(try Self.body(json, Self.target(.openrouter)) == json)
    }

    @Test func dropsReasoningSentBack() throws {
        let json =
            #"{"model":"gpt-4o","messages":[{"role":"assistant","reasoning_content":"hm","content":"a","#
            + #""reasoning":"x"},"#
            + #"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","#
            + #""arguments":"{}"},"extra_content":{"google":{"thought_signature":"s"}}}],"reasoning_details":[]}]}"#
        let expected =
            #"{"model":"gpt-4o","messages":[{"role":"assistant","content":"a"},"#
            + #"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","#
            + #""arguments":"{}"}}]}]}"#
        #expect(try Self.body(json) == expected)
        #expect(try Self.body(json, Self.target(.openaiCompatible)) == json)
    }

    @Test func leavesTextThatOnlySpeaksOfIt() throws {
        let json =
            #"{"model":"gpt-4o","messages":[{"role":"user","content":"say \"reasoning_content\" and \"name\""}]}"#
        #expect(try Self.body(json) == json)
        #expect(try Self.body(json, Self.target(.groq)) == json)
    }

    // MARK: Roles

    static let system =
        #"{"model":"m","messages":[{"content":"be brief","role":"system"},{"role":"user","content":"system"}]}"#

    @Test(
        arguments: [
            ("o3", nil, "developer"), ("o3-mini", false, "developer"), ("o1", true, "system"), ("o1-mini", nil, "user"),
            ("o1-preview", nil, "user"), ("gpt-5", nil, "system"), ("gpt-4o", nil, "system"),
        ] as [(String, Bool?, String)])
    func renamesSystemWhereNeeded(_ model: String, _ takesSystem: Bool?, _ role: String) throws {
        let target = Self.target(model: model) { $0.systemMessages = takesSystem }
        let expected = Self.system.replacing(#""role":"system""#, with: #""role":"\#(role)""#)
        #expect(try Self.body(Self.system, target) == expected.replacing(#""m""#, with: "\"\(model)\""))
    }

    @Test(arguments: [
        (ProviderKind.openai, "developer"), (.groq, "developer"), (.openrouter, "developer"),
        (.openaiCompatible, "system"),
    ])
    func renamesDeveloperForOpenModels(_ kind: ProviderKind, _ role: String) throws {
        let json = Self.system.replacing(#""role":"system""#, with: #""role":"developer""#)
        let body = try Self.body(json, Self.target(kind, model: "m"))
        #expect(body == json.replacing(#""role":"developer""#, with: #""role":"\#(role)""#))
    }

    // MARK: Headers and addresses

    @Test func sendsABearerToken() {
        let headers = OpenAIDialect(kind: .openai).headers(apiKey: "sk-1", baseURL: "https://api.openai.com/v1")
        #expect(headers.map(\.name) == ["content-type", "authorization"])
        #expect(headers.map(\.value) == ["application/json", "Bearer sk-1"])
        #expect(OpenAIDialect(kind: .openaiCompatible).headers(apiKey: nil).map(\.name) == ["content-type"])
        #expect(OpenAIDialect(kind: .groq).headers(apiKey: "k").last?.value == "Bearer k")
    }

    @Test(arguments: [
        (ProviderKind.openai, "https://api.openai.com/v1/chat/completions"),
        (.groq, "https://api.groq.com/openai/v1/chat/completions"),
        (.openrouter, "https://openrouter.ai/api/v1/chat/completions"),
        (.openaiCompatible, "http://localhost:8000/v1/chat/completions"),
        (.demo, "http://localhost:8000/v1/chat/completions"),
    ])
    func addressesChat(_ kind: ProviderKind, _ url: String) throws {
        #expect(try Self.call(#"{"model":"x",\#(Self.messages)}"#, Self.target(kind)).url == url)
    }

    @Test func addressesOtherEndpoints() throws {
        let completions = try Self.call(#"{"model":"x","prompt":"Hi"}"#, endpoint: .completions)
        #expect(completions.url == "https://api.openai.com/v1/completions")
        let embeddings = try Self.call(#"{"model":"x","input":"Hi","encoding_format":"base64"}"#, endpoint: .embeddings)
        #expect(embeddings.url == "https://api.openai.com/v1/embeddings")
        #expect(embeddings.plan.base64Embeddings)
        #expect(try !Self.call(#"{"model":"x","input":"Hi"}"#, endpoint: .embeddings).plan.base64Embeddings)
    }

    /// Every recorded request stays what it is when it is sent where it was recorded, but for what must change.
    @Test(
        .enabled(if: Fixture.areAvailable),
        arguments: Fixture.all("openai", "openrouter", "ollama") {
            OpenAIFixtureTests.isServed($0) && $0.request != nil && $0.status == 200
        })
    func keepsRecordedRequests(_ fixture: Fixture) throws {
        let recorded = try #require(fixture.request)
        let kind = OpenAIFixtureTests.kind(fixture)
        let request = try ClientRequest(checking: recorded, endpoint: OpenAIFixtureTests.endpoint(fixture))
        let target = Self.target(kind, model: request.model)
        let sent = try OpenAIDialect(kind: kind).prepare(request, target: target, context: .sample)
        var expected = try #require(try JSONValue(parsing: recorded).objectValue)
        if request.stream { expected["stream_options"] = ["include_usage": true] }
        #expect(try JSONValue(parsing: sent.body) == .object(expected))
    }
}
