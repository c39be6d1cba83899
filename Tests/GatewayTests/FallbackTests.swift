import FakeProvider
import Listener
import NIOCore
import Testing
import WireJSON

@testable import Gateway

@Suite("Going on to the next target")
struct FallbackTests {
    /// `pair-…` is asked at openai under its own name, which may carry a fault, then at anthropic.
    private static let policy =
        TestGateway.everyDialect + "\n"
            + """
              "pair-*": {targets: [{provider: openai}, {provider: anthropic, model: claude-sonnet-4-5}]}
              "once-*": {attempts_per_target: 1, targets: [{provider: openai}, {provider: anthropic, model: claude-sonnet-4-5}]}
              "stay-*": {fallback_on: [server_error], targets: [{provider: openai}, {provider: anthropic, model: claude-sonnet-4-5}]}
              both-fail: {targets: [{provider: openai, model: gpt-fake-status-500}, {provider: gemini, model: g-fake-status-503}]}
            """

    @Test(
        "a failure before the first token goes unnoticed",
        arguments: [
            ("status-500", 3), ("error-overloaded", 3), ("refuse", 3), ("error-auth", 2), ("error-billing", 2),
        ], [false, true])
    func unnoticed(fault: (name: String, attempts: Int), stream: Bool) async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let answer = try await gateway.post(gateway.chat("pair-fake-\(fault.name)", stream: stream))
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.header("x-martlet-provider") == "anthropic")
            #expect(answer.header("x-martlet-model") == "claude-sonnet-4-5")
            #expect(answer.header("x-martlet-attempts") == "\(fault.attempts)")
            if stream { #expect(answer.events.last == "[DONE]") }
        }
    }

    @Test("each target is asked as often as the policy says")
    func attemptsPerTarget() async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let answer = try await gateway.post(gateway.chat("once-fake-status-500"))
            #expect(answer.header("x-martlet-attempts") == "2")
            #expect(gateway.fake.requests.count == 2)
        }
    }

    @Test("what the policy does not name stays where it is")
    func fallbackOn() async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let named = try await gateway.post(gateway.chat("stay-fake-status-500"))
            #expect(named.status == 200)
            let before = gateway.fake.requests.count
            let other = try await gateway.post(gateway.chat("stay-fake-error-auth"))
            #expect(other.status == 502)
            #expect(gateway.fake.requests.count == before + 1)
        }
    }

    @Test("a wrong request is asked once", arguments: ["error-bad_request", "error-content_filter"])
    func clientFault(fault: String) async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let answer = try await gateway.post(gateway.chat("pair-fake-\(fault)"))
            #expect(answer.status == 400, "\(answer.text)")
            #expect(gateway.fake.requests.count == 1)
        }
    }

    @Test("when all fail, one error lists what was tried", arguments: [false, true])
    func exhausted(stream: Bool) async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let answer = try await gateway.post(gateway.chat("both-fail", stream: stream))
            #expect(answer.status == 503)
            #expect(answer.header("x-should-retry") == "false")
            #expect(answer.header("x-martlet-attempts") == "4")
            let message = try #require(answer.error?["message"]?.stringValue)
            #expect(message.contains("openai/gpt-fake-status-500: server after"))
            #expect(message.contains("gemini/g-fake-status-503: overloaded after"))
        }
    }

    @Test("a silent target is left after its first-token limit, and not asked again", arguments: [false, true])
    func silence(stream: Bool) async throws {
        let policy = Self.policy.replacing(
            "kind: openai,", with: "kind: openai, timeouts: {first_token: 100ms, answer: 100ms},")
        try await TestGateway.run(policy: policy) { gateway in
            let answer = try await gateway.post(gateway.chat("pair-fake-silent", stream: stream))
            #expect(answer.status == 200)
            #expect(answer.header("x-martlet-attempts") == "2")
            #expect(answer.header("x-martlet-provider") == "anthropic")
        }
    }

    @Test("on the last target the first token may take all the time there is")
    func lastTarget() async throws {
        let policy = TestGateway.everyDialect.replacing(
            "kind: openai,", with: "kind: openai, timeouts: {first_token: 50ms, answer: 50ms},")
        try await TestGateway.run(policy: policy) { gateway in
            let answer = try await gateway.post(gateway.chat("openai-fake-ttft-200ms", stream: true))
            #expect(answer.status == 200)
            #expect(answer.events.last == "[DONE]")
        }
    }

    @Test(
        "a stream that broke after its first token is not asked anew: the error is in band",
        arguments: ["cut-2", "malformed-2"])
    func midStream(fault: String) async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let answer = try await gateway.post(gateway.chat("pair-fake-chunks-5-\(fault)", stream: true))
            #expect(answer.status == 200)
            #expect(answer.header("x-martlet-provider") == "openai")
            #expect(!answer.events.contains("[DONE]"))
            let last = try JSONValue(parsing: answer.events.last ?? "")
            #expect(last["error"]?["code"] != nil)
            #expect(!answer.text.contains(#""finish_reason":"stop""#))
            #expect(gateway.fake.requests.count == 1)
        }
    }

    @Test("comments that were sent meanwhile do not hinder a fallback")
    func commentsFirst() async throws {
        let policy = Self.policy.replacing("kind: openai,", with: "kind: openai, timeouts: {first_token: 150ms},")
        try await TestGateway.run(policy: policy, listener: { $0.keepAliveInterval = .milliseconds(30) }) { gateway in
            let answer = try await gateway.post(gateway.chat("pair-fake-silent", stream: true))
            #expect(answer.status == 200)
            #expect(answer.text.contains(": keep-alive"))
            #expect(answer.header("x-martlet-provider") == nil)
            #expect(answer.events.last == "[DONE]")
        }
    }

    @Test("several keys take turns, and a key that is refused rests while the others serve")
    func keys() async throws {
        let policy = TestGateway.everyDialect.replacing(
            #"kind: openai, base_url: FAKE/v1, api_key: "env:KEY""#,
            with: #"kind: openai, base_url: FAKE/v1, api_key: ["env:KEY", "env:OTHER"]"#)
        try await TestGateway.run(policy: policy, environment: ["KEY": "sk-one", "OTHER": "sk-two"]) { gateway in
            for _ in 0..<4 {
                let answer = try await gateway.post(gateway.chat("openai-x"))
                #expect(answer.status == 200)
            }
            let used = gateway.fake.requests.compactMap { $0.header("authorization") }
            #expect(used.filter { $0 == "Bearer sk-one" }.count == 2)
            #expect(used.filter { $0 == "Bearer sk-two" }.count == 2)
        }
    }

    @Test("the client's deadline holds over all attempts")
    func clientDeadline() async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let answer = try await gateway.post(
                gateway.chat("pair-fake-silent"), headers: [("x-martlet-timeout", "150ms")])
            #expect(answer.status == 504)
        }
    }
}
