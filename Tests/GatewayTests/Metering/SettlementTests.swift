import Dialects
import FakeProvider
import Listener
import Testing
import Upstream
import WireJSON

@testable import Gateway

@Suite("Settlement over the wire", .serialized)
struct SettlementTests {
    private static let policy = TestGateway.limited(
        "{scope: tenant, resource: requests, per: minute, max: 1000}",
        "{scope: tenant, resource: tokens, per: minute, max: 1000000}",
        "{scope: tenant, resource: cost, per: minute, max: 1000}", "{scope: key, resource: concurrency, max: 50}")

    @Test(
        "what is settled is what the provider counted", arguments: ["openai", "anthropic", "gemini"], [false, true])
    func usage(dialect: String, stream: Bool) async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let answer = try await gateway.post(gateway.chat("\(dialect)-fake-in-123-out-45", stream: stream))
            #expect(answer.status == 200, "\(answer.text)")
            let limits = try await gateway.settledLimits()
            #expect(limits.used("requests") == "1")
            #expect(limits.used("tokens") == "168")
            #expect(limits.used("concurrency") == "0")
            #expect(try await gateway.post(gateway.chat("\(dialect)-fake-in-1-out-1", stream: stream)).status == 200)
            #expect(try await gateway.settledLimits().used("tokens") == "170")
        }
    }

    @Test("completions and embeddings are settled as chats are")
    func completionsAndEmbeddings() async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let completion: JSONValue = ["model": "openai-fake-in-20-out-3", "prompt": "Hello"]
            #expect(try await gateway.post(completion, path: "/v1/completions").status == 200)
            #expect(try await gateway.settledLimits().used("tokens") == "23")
            let embedding: JSONValue = ["model": "openai-fake-in-7", "input": "Hello"]
            #expect(try await gateway.post(embedding, path: "/v1/embeddings").status == 200)
            let limits = try await gateway.settledLimits()
            #expect(limits.used("tokens") == "30")
            #expect(limits.used("requests") == "2")
        }
    }

    @Test(
        "a provider's failure costs the request, and no tokens or money",
        arguments: ["error-server", "error-auth", "error-context", "refuse", "reset", "empty", "cut-head"],
        [false, true])
    func failure(fault: String, stream: Bool) async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let answer = try await gateway.post(gateway.chat("priced-fake-\(fault)", stream: stream))
            #expect(answer.status >= 400, "\(answer.text)")
            #expect(answer.header("x-ratelimit-remaining-requests") == "999")
            let limits = try await gateway.settledLimits()
            #expect(limits.used("requests") == "1")
            #expect(limits.used("tokens") == "0")
            #expect(limits.used("cost") == "0.00")
        }
    }

    @Test("a stream that fails before its first token costs no tokens")
    func failedStream() async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let answer = try await gateway.post(gateway.chat("priced-fake-fail-0", stream: true))
            #expect(answer.status >= 400, "\(answer.text)")
            let limits = try await gateway.settledLimits()
            #expect(limits.used("requests") == "1")
            #expect(limits.used("tokens") == "0")
            #expect(limits.used("cost") == "0.00")
        }
    }

    @Test("a request that we ourselves refuse costs nothing")
    func invalid() async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let content: JSONValue = [["type": "image_url", "image_url": ["url": "http://127.0.0.1:1/a.png"]]]
            let bodies: [JSONValue] = [
                gateway.chat("gemini-model", ["messages": [["role": "user", "content": content]]]),
                gateway.chat("unheard-of"), ["model": "openai-model"],
            ]
            for body in bodies { #expect((400...404).contains(try await gateway.post(body).status)) }
            let late = try await gateway.post(gateway.chat("openai-model"), headers: [("x-martlet-timeout", "soon")])
            #expect(late.status == 400)
            #expect(try await gateway.settledLimits().map { $0["used"]?.numberValue?.text } == ["0", "0", "0.00", "0"])
            #expect(gateway.fake.requests.isEmpty)
        }
    }

    @Test("a stream that is cut counts what was delivered", arguments: ["openai", "anthropic"])
    func cutStream(dialect: String) async throws {
        var used: [Int] = []
        for chunks in [10, 18] {
            let tokens = try await TestGateway.run(policy: Self.policy) { gateway in
                let model = "\(dialect)-fake-chunks-20-size-8-cut-\(chunks)"
                let answer = try await gateway.post(gateway.chat(model, stream: true))
                #expect(answer.status == 200)
                #expect(answer.content.utf8.count == chunks * 8)
                #expect(!answer.events.contains("[DONE]"))
                let limits = try await gateway.settledLimits()
                #expect(limits.used("requests") == "1")
                return limits.used("tokens").flatMap { Int($0) } ?? -1
            }
            used.append(tokens)
        }
        // Eight chunks more of eight bytes, and four bytes are a token.
        #expect(used[1] - used[0] == 16, "\(used)")
        #expect((21...200).contains(used[0]), "\(used)")
    }

    @Test("a client that leaves in the middle pays for what it got, and its slot is free")
    func disconnect() async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let response = try await gateway.open(gateway.chat("openai-fake-chunks-40-size-40-stall-20", stream: true))
            _ = try await response.next()
            _ = try await gateway.fake.waitForRequest { $0.chunksSent >= 20 }
            #expect(try await gateway.limits().last?["reserved"] == 1)
            response.cancel()
            let limits = try await gateway.settledLimits()
            #expect(limits.used("requests") == "1")
            let tokens = limits.used("tokens").flatMap { Int($0) } ?? -1
            // At most twenty chunks of ten tokens, and the prompt; nothing like the thousand that were reserved.
            #expect((10...400).contains(tokens))
        }
    }

    @Test("a client that leaves before the answer pays the request, and its slot is free", arguments: [false, true])
    func earlyDisconnect(stream: Bool) async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let waiting = Task { try await gateway.open(gateway.chat("openai-fake-silent", stream: stream)) }
            _ = try await gateway.fake.waitForRequest { _ in true }
            #expect(try await gateway.limits().last?["reserved"] == 1)
            waiting.cancel()
            let limits = try await gateway.settledLimits()
            #expect(limits.used("requests") == "1")
            #expect(limits.used("tokens") == "0")
            _ = try await gateway.fake.waitForRequest { $0.closedByPeer != nil }
        }
    }

    @Test("a drained stream counts to its end although its client has left")
    func drained() async throws {
        let policy = Self.policy.replacing("kind: openai,", with: "kind: openai, on_disconnect: drain,")
        try await TestGateway.run(policy: policy) { gateway in
            let response = try await gateway.open(
                gateway.chat("openai-fake-chunks-20-gap-5ms-in-100-out-77", stream: true))
            _ = try await response.next()
            response.cancel()
            #expect(try await gateway.settledLimits().used("tokens") == "177")
        }
    }

    @Test("answers that were cut off do not teach that answers are short")
    func learning() async throws {
        try await TestGateway.run(policy: Self.policy) { gateway in
            let body = gateway.chat("openai-fake-chunks-9-stall-1", stream: true)
            // Eight answers are enough to learn from, on whichever event loop they are.
            for _ in 0..<40 {
                let response = try await gateway.open(body)
                _ = try await response.next()
                response.cancel()
            }
            #expect(try await gateway.settledLimits().used("requests") == "40")
            for _ in 0..<8 {
                let estimate = try await gateway.check(body).json["estimate"]
                #expect(estimate?["completion_tokens"] == 1024)
            }
        }
    }
}
