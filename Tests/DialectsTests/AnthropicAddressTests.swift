import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase

@Suite("Anthropic: address and headers")
struct AnthropicAddressTests {
    @Test(arguments: [
        ("https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"),
        ("http://proxy:8080/anthropic", "http://proxy:8080/anthropic/v1/messages"),
        ("http://proxy/anthropic/v1", "http://proxy/anthropic/v1/messages"),
    ])
    func theVersionIsInTheAddressOnce(_ base: String, _ url: String) throws {
        var target = Case.target(Case.Model.budget)
        target.baseURL = base
        let request = try ClientRequest.of(["model": "m", "messages": [Case.user("Hi")]])
        #expect(try Case.dialect.prepare(request, target: target, context: .sample).url == url)
    }

    @Test func theHeadersPinTheVersion() {
        let headers = Case.dialect.headers(apiKey: "sk-ant-1")
        #expect(headers.map(\.name) == ["content-type", "anthropic-version", "x-api-key"])
        #expect(headers.map(\.value) == ["application/json", "2023-06-01", "sk-ant-1"])
    }

    @Test(arguments: [nil, ""])
    func withoutAKeyThereIsNoKeyHeader(_ key: String?) {
        #expect(!Case.dialect.headers(apiKey: key).contains { $0.name == "x-api-key" })
    }

    @Test func embeddingsAreRefusedByName() {
        let refusal = Case.refusal(["input": "x"], endpoint: .embeddings)
        #expect(refusal?.status == 400)
        #expect(refusal?.param == "model")
        #expect(refusal?.message.contains("embeddings") == true)
    }

    @Test func severalChoicesAreRefused() {
        let refusal = Case.refusal(["messages": [Case.user("Hi")], "n": 2])
        #expect(refusal?.status == 400)
        #expect(refusal?.param == "n")
        #expect(Case.refusal(["messages": [Case.user("Hi")], "n": 1]) == nil)
    }

    @Test func mistakesInTheRequestNameTheMember() {
        #expect(Case.refusal(["messages": []])?.code == "empty_array")
        #expect(Case.refusal(["messages": [["role": "user"]]])?.param == "messages[0].content")
    }

    @Test func nothingIsFetched() throws {
        let image: JSONValue = [["type": "image_url", "image_url": ["url": "https://example.com/a.png"]]]
        let request = try ClientRequest.of(["model": "m", "messages": [Case.user(image)]])
        #expect(try Case.dialect.remoteFiles(in: request, target: Case.target("x")).isEmpty)
    }
}
