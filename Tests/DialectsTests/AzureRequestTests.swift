import Dialects
import Testing

/// Azure's addresses, keys and API versions (contracts, section 2.5).
@Suite struct AzureRequestTests {
    static let host = "https://res.openai.azure.com"

    private func target(_ path: String, model: String = "gpt-4o") -> Target {
        OpenAIRequestTests.target(.openaiCompatible, base: Self.host + path, model: model)
    }

    @Test(arguments: [
        (
            "/openai/deployments/dep?api-version=2024-10-21",
            "/openai/deployments/dep/chat/completions?api-version=2024-10-21"
        ),
        ("/openai/deployments/dep/?api-version=x", "/openai/deployments/dep/chat/completions?api-version=x"),
        ("/openai/v1", "/openai/v1/chat/completions"),
        ("/openai/v1?api-version=preview", "/openai/v1/chat/completions?api-version=preview"),
        ("/openai/deployments?api-version=x", "/openai/deployments/gpt-4o/chat/completions?api-version=x"),
        ("/models?api-version=2024-05-01-preview", "/models/chat/completions?api-version=2024-05-01-preview"),
    ])
    func putsThePathBeforeTheQuery(_ base: String, _ expected: String) throws {
        let call = try OpenAIRequestTests.call(#"{"model":"x",\#(OpenAIRequestTests.messages)}"#, target(base))
        #expect(call.url == Self.host + expected)
    }

    @Test func escapesTheDeployment() throws {
        let target = target("/openai/deployments", model: "a b/ü")
        let call = try OpenAIRequestTests.call(#"{"model":"x",\#(OpenAIRequestTests.messages)}"#, target)
        #expect(call.url == Self.host + "/openai/deployments/a%20b%2F%C3%BC/chat/completions")
    }

    @Test(arguments: [
        "https://res.openai.azure.com/openai/v1", "https://res.services.ai.azure.com/models?api-version=x",
        "https://res.cognitiveservices.azure.com:443/openai",
    ])
    func sendsTheKeyInItsOwnHeader(_ base: String) {
        for kind in [ProviderKind.openai, .openaiCompatible] {
            let headers = OpenAIDialect(kind: kind).headers(apiKey: "secret", baseURL: base)
            #expect(headers.map(\.name) == ["content-type", "api-key"])
            #expect(headers.last?.value == "secret")
        }
    }

    @Test(arguments: ["https://openai.azure.com.evil.example/v1", "https://example.com/.openai.azure.com", ""])
    func sendsABearerTokenElsewhere(_ base: String) {
        let headers = OpenAIDialect(kind: .openaiCompatible).headers(apiKey: "secret", baseURL: base)
        #expect(headers.last?.name == "authorization")
    }

    @Test(arguments: [
        ("2024-06-01", false), ("2024-08-01-preview", false), ("2023-05-15", false), ("2024-09-01-preview", true),
        ("2024-10-21", true), ("2025-04-01-preview", true), ("preview", true), ("latest", true),
    ])
    func asksOldVersionsForNoUsage(_ version: String, _ asks: Bool) throws {
        for options in ["", #","stream_options":{"include_usage":true}"#] {
            let json = #"{"model":"x",\#(OpenAIRequestTests.messages),"stream":true\#(options)}"#
            let body = try OpenAIRequestTests.body(json, target("/openai/deployments/d?api-version=\(version)"))
            #expect(body.contains("include_usage") == asks)
        }
    }

    @Test func treatsModelsAsOpenAIs() throws {
        let body = try OpenAIRequestTests.body(
            #"{"model":"x","max_tokens":5,"top_k":1,\#(OpenAIRequestTests.messages)}"#,
            target("/openai/v1", model: "o3"))
        #expect(body == #"{"model":"o3","max_completion_tokens":5,\#(OpenAIRequestTests.messages)}"#)
    }
}
