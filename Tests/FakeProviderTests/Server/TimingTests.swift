import FakeProvider
import NIOCore
import Testing
import WireJSON

/// Lower bounds only: a busy machine makes everything later, never earlier.
@Suite("Delays", .timeLimit(.minutes(1)))
struct TimingTests {
    /// Milliseconds from a request to the end of its connection, and what came.
    private func exchange(_ fake: Harness, _ spec: String, stream: Bool = true) async throws -> (
        ms: Int64, text: String
    ) {
        let start = NIODeadline.now()
        let client = try await begin(fake, spec + ";close", stream: stream)
        _ = await client.end()
        return ((NIODeadline.now() - start).nanoseconds / 1_000_000, client.text)
    }

    private func begin(_ fake: Harness, _ spec: String, stream: Bool = true) async throws -> RawClient {
        let client = try await fake.connect()
        let body = Harness.chatBody("say one two three", stream: stream)
        try await client.post("/v1/chat/completions", body, ["x-fake": spec])
        return client
    }

    @Test("Late first byte", arguments: [false, true])
    func late(stream: Bool) async throws {
        try await Harness.run { fake in
            let answer = try await exchange(fake, "late=60ms", stream: stream)
            #expect(answer.ms >= 59)
            #expect(answer.text.contains("three"))
        }
    }

    @Test("Late first token: the head comes at once, the content later")
    func firstToken() async throws {
        try await Harness.run { fake in
            let answer = try await exchange(fake, "ttft=60ms")
            #expect(answer.ms >= 59)
            #expect(answer.text.contains("three"))
            // With a minute's wait there is no doubt that the head did not wait for the content.
            let waiting = try await begin(fake, "ttft=1m")
            await waiting.wait(forText: "\"role\":\"assistant\"")
            #expect(!waiting.text.contains("one"))
            await waiting.close()
        }
    }

    @Test("Gaps lie between the chunks and add up")
    func gaps() async throws {
        try await Harness.run { fake in
            #expect(try await exchange(fake, "gap=30ms").ms >= 59)
            let waiting = try await begin(fake, "gap=1m")
            await waiting.wait(forText: "\"one\"")
            #expect(!waiting.text.contains("two"))
            await waiting.close()
        }
    }

    @Test("A slow drip takes its time for every few bytes")
    func drip() async throws {
        try await Harness.run { fake in
            let answer = try await exchange(fake, "drip=200;gap=4ms")
            #expect(answer.text.contains("[DONE]"))
            #expect(answer.ms >= Int64((answer.text.utf8.count - 1000) / 200 * 4))
        }
    }

    @Test("The model `demo` is streamed at a walking pace, others at once")
    func demoPace() async throws {
        var options = FakeProviderOptions()
        options.demoGap = .milliseconds(15)
        try await Harness.run(options) { fake in
            let client = try await fake.connect()
            let start = NIODeadline.now()
            try await client.post(
                "/v1/chat/completions", Harness.chatBody("say a b c d e", stream: true, model: "demo"))
            #expect(try await client.answer().deltaText == "a b c d e")
            #expect((NIODeadline.now() - start).nanoseconds >= 59_000_000)
        }
    }

    @Test("Stamps carry the clock of the moment of sending")
    func stamps() async throws {
        try await Harness.run { fake in
            let before = NIODeadline.now().uptimeNanoseconds
            let answer = try await fake.chat(spec: "chunks=3;size=30;gap=5ms;stamp", stream: true)
            let stamps = answer.dataObjects.compactMap { chunk -> UInt64? in
                let text = chunk["choices"]?[0]?["delta"]?["content"]?.stringValue ?? ""
                return text.hasPrefix("@") ? UInt64(text.dropFirst().prefix(16)) : nil
            }
            #expect(stamps.count == 3)
            #expect(stamps == stamps.sorted())
            #expect((stamps.first ?? 0) >= before)
            #expect((stamps.last ?? 0) - (stamps.first ?? 0) >= 9_000_000)
        }
    }
}
