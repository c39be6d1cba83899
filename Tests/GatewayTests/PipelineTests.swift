import FakeProvider
import Listener
import NIOCore
import NIOHTTP1
import Policy
import Testing
import Upstream
import WireJSON

@testable import Gateway

@Suite("The pipeline over the wire")
struct PipelineTests {
    @Test("answers whole, with the headers a client can rely on", arguments: ["openai", "anthropic", "gemini"])
    func whole(dialect: String) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.post(gateway.chat("\(dialect)-model"))
            #expect(answer.status == 200)
            #expect(answer.json["object"] == "chat.completion")
            #expect(answer.json["choices"]?[0]?["message"]?["content"]?.stringValue?.isEmpty == false)
            #expect(answer.header("x-request-id")?.count == 36)
            #expect(answer.header("x-martlet-provider") == dialect)
            #expect(answer.header("x-martlet-model") == "\(dialect)-model")
            #expect(answer.header("x-martlet-attempts") == "1")
            #expect(answer.header("x-martlet-overhead-us").flatMap { Int($0) } != nil)
            #expect(answer.header("openai-version") == "2020-10-01")
            #expect(answer.header("content-type") == "application/json")
        }
    }

    @Test("streams what it answers whole", arguments: ["openai", "anthropic", "gemini"])
    func stream(dialect: String) async throws {
        try await TestGateway.run { gateway in
            let whole = try await gateway.post(gateway.chat("\(dialect)-model"))
            let stream = try await gateway.post(gateway.chat("\(dialect)-model", stream: true))
            #expect(stream.header("content-type") == "text/event-stream; charset=utf-8")
            #expect(stream.header("cache-control") == "no-cache")
            #expect(stream.content == whole.json["choices"]?[0]?["message"]?["content"]?.stringValue)
            #expect(stream.events.last == "[DONE]")
        }
    }

    @Test("sends the provider what it wants, and the client's headers to nobody")
    func upstreamRequest() async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.post(
                gateway.chat("openai-model", stream: true), headers: [("x-secret", "of the client"), ("cookie", "a=b")])
            let sent = try await gateway.fake.waitForRequest { _ in true }
            #expect(sent.path == "/v1/chat/completions")
            let headers = Dictionary(
                sent.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { a, _ in a })
            #expect(headers["authorization"] == "Bearer sk-test-key")
            #expect(headers["x-secret"] == nil && headers["cookie"] == nil)
            let body = try JSONValue(parsing: sent.body)
            #expect(body["stream_options"]?["include_usage"] == true)
        }
    }

    @Test("a provider on a private address is refused unless its policy allows it")
    func privateAddress() async throws {
        let policy = TestGateway.everyDialect.replacing(", allow_private_network: true", with: "")
        try await TestGateway.run(policy: policy) { gateway in
            let answer = try await gateway.post(gateway.chat("openai-model"))
            #expect(answer.status == 502)
            #expect(gateway.fake.requests.isEmpty)
        }
    }

    @Test("an image URL on a private address is refused whatever the provider may do")
    func privateImage() async throws {
        try await TestGateway.run { gateway in
            let url = "http://127.0.0.1:\(gateway.port)/secret.png"
            let content: JSONValue = [["type": "image_url", "image_url": ["url": .string(url)]]]
            let answer = try await gateway.post(
                gateway.chat("gemini-model", ["messages": [["role": "user", "content": content]]]))
            #expect(answer.status == 400)
            #expect(answer.error?["code"] == "invalid_image_url")
        }
    }

    @Test(
        "a timeout names its phase",
        arguments: [(false, "silent"), (true, "silent"), (true, "stall-2"), (true, "pings-3-stall-head")])
    func timeouts(stream: Bool, fault: String) async throws {
        let policy = TestGateway.everyDialect.replacing(
            "kind: openai,",
            with: "kind: openai, timeouts: {first_token: 400ms, answer: 400ms, idle: 400ms, total: 400ms},")
        try await TestGateway.run(policy: policy) { gateway in
            let answer = try await gateway.post(gateway.chat("openai-fake-chunks-5-\(fault)", stream: stream))
            let error: JSONValue?
            if fault == "stall-2" {
                #expect(answer.status == 200)
                error = answer.events.last.flatMap { try? JSONValue(parsing: $0) }?["error"]
                #expect(!answer.events.contains("[DONE]"))
            } else {
                #expect(answer.status == 504)
                error = answer.error
            }
            #expect(error?["code"] == "upstream_timeout")
            #expect(error?["message"]?.stringValue?.contains("400 ms") == true)
        }
    }

    @Test("the client's own deadline counts")
    func clientDeadline() async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.post(
                gateway.chat("openai-fake-silent"), headers: [("x-martlet-timeout", "100ms")])
            #expect(answer.status == 504)
            let bad = try await gateway.post(gateway.chat("openai-x"), headers: [("x-martlet-timeout", "-1")])
            #expect(bad.status == 400)
            #expect(bad.error?["param"] == "x-martlet-timeout")
        }
    }

    @Test("comments while the provider thinks commit the status, and an error then travels in the stream")
    func keepAlive() async throws {
        try await TestGateway.run(listener: { $0.keepAliveInterval = .milliseconds(30) }) { gateway in
            let answer = try await gateway.post(gateway.chat("openai-fake-ttft-150ms-fail-0", stream: true))
            #expect(answer.status == 200)
            #expect(answer.text.contains(": keep-alive"))
            #expect(answer.events.count == 1)
            let last = try JSONValue(parsing: answer.events.last ?? "")
            #expect(last["error"]?["type"] != nil)
        }
    }

    @Test("a client that leaves cancels the upstream call, unless the policy drains it", arguments: [false, true])
    func disconnect(drains: Bool) async throws {
        let policy = TestGateway.everyDialect.replacing(
            "kind: openai,", with: "kind: openai, on_disconnect: \(drains ? "drain" : "cancel"),")
        try await TestGateway.run(policy: policy) { gateway in
            let response = try await gateway.open(gateway.chat("openai-fake-chunks-30-gap-10ms", stream: true))
            _ = try await response.next()
            response.cancel()
            let seen = try await gateway.fake.waitForRequest { $0.isAnswered || $0.closedByPeer != nil }
            #expect(seen.isAnswered == drains)
        }
    }

    @Test("thinking survives a tool loop for a client that never saw it")
    func thoughts() async throws {
        try await TestGateway.run { gateway in
            let tools: JSONValue = [
                ["type": "function", "function": ["name": "get_weather", "parameters": ["type": "object"]]]
            ]
            let question: JSONValue = ["role": "user", "content": "Call get_weather"]
            let common: JSONObject = ["tools": tools, "reasoning_effort": "low", "max_tokens": 4096]
            var first = common
            first.append("messages", [question])
            let answer = try await gateway.post(gateway.chat("claude-think", first))
            let calls = try #require(answer.json["choices"]?[0]?["message"]?["tool_calls"])
            let id = try #require(calls[0]?["id"])

            // What a client keeps that knows nothing of thinking: the call, and nothing beside it.
            let turn: JSONValue = ["role": "assistant", "content": nil, "tool_calls": calls]
            var second = common
            second.append("messages", [question, turn, ["role": "tool", "tool_call_id": id, "content": "31"]])
            #expect(try await gateway.post(gateway.chat("claude-think", second)).status == 200)
            let sent = try #require(gateway.fake.requests.last?.json)
            #expect(sent["thinking"]?["type"] == "enabled")
            #expect(sent["messages"]?[1]?["content"]?[0]?["type"] == "thinking")
            #expect(sent["messages"]?[1]?["content"]?[0]?["signature"]?.stringValue?.isEmpty == false)
        }
    }

    @Test("no secret is logged")
    func secrets() async throws {
        try await TestGateway.run { gateway in
            _ = try await gateway.post(gateway.chat("openai-model"))
            _ = try await gateway.post(gateway.chat("openai-fake-error-auth"))
            _ = try await gateway.post(gateway.chat("anthropic-fake-refuse"))
            let secret = try #require(gateway.key.split(separator: "-").last)
            #expect(!gateway.logs.text.contains(secret))
            #expect(!gateway.logs.text.contains("sk-test-key"))
            #expect(!gateway.logs.text.contains("tell me something"))
            #expect(gateway.logs.text.contains("attempt failed"))
        }
    }

    @Test("a policy change counts for the next request")
    func install() async throws {
        try await TestGateway.run { gateway in
            #expect(try await gateway.post(gateway.chat("fresh")).status == 404)
            let snapshot = gateway.gateway.snapshot
            #expect(snapshot.model(for: "fresh") == nil)
            let text = TestGateway.everyDialect + "\n  fresh: {targets: [{provider: openai, model: gpt-4o}]}\n"
            gateway.gateway.install(try TestGateway.snapshot(text, fakePort: gateway.fakePort))
            await gateway.gateway.settle()
            let answer = try await gateway.post(gateway.chat("fresh"))
            #expect(answer.status == 200, "\(answer.text)")
        }
    }
}
