import FakeProvider
import Testing
import WireJSON

@Suite("Faults on the wire", .timeLimit(.minutes(1)))
struct FaultTests {
    /// Sends a chat with a spec on a connection of its own and keeps the connection.
    private func send(_ fake: Harness, _ spec: String, stream: Bool = true) async throws -> RawClient {
        let client = try await fake.connect()
        try await client.post(
            "/v1/chat/completions", Harness.chatBody("say one two three", stream: stream), ["x-fake": spec])
        return client
    }

    @Test(
        "Refuse and reset close before any byte",
        arguments: [("refuse", false), ("reset", true), ("refuse;late=20ms", false)])
    func noAnswer(spec: String, isReset: Bool) async throws {
        try await Harness.run { fake in
            let client = try await send(fake, spec)
            #expect(await client.end() == (isReset ? .reset : .fin))
            #expect(client.bytes.isEmpty)
        }
    }

    @Test("A cut stream ends without the end of its HTTP message, with FIN or RST", arguments: [false, true])
    func cut(isReset: Bool) async throws {
        try await Harness.run { fake in
            let client = try await send(fake, isReset ? "cut=2;reset" : "cut=2")
            #expect(await client.end() == (isReset ? .reset : .fin))
            let answer = try await client.answer()
            #expect(answer.deltaText == "one two")
            #expect(!answer.isComplete)
        }
    }

    @Test("A cut can come right after the head, or inside a whole body")
    func cutEarly() async throws {
        try await Harness.run { fake in
            let head = try await send(fake, "cut=head")
            #expect(await head.end() == .fin)
            #expect(head.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head.text.hasSuffix("\r\n\r\n"))
            let whole = try await send(fake, "cut=1", stream: false)
            #expect(await whole.end() == .fin)
            let answer = try await whole.answer()
            #expect(answer.body.count == answer.header("content-length").flatMap { Int($0) }.map { $0 / 2 })
        }
    }

    @Test("A stalled stream says no more; the server learns when the client gives up")
    func stall() async throws {
        try await Harness.run { fake in
            let client = try await send(fake, "stall=1")
            await client.wait(forText: "\"one\"")
            let pending = try await fake.server.waitForRequest { $0.chunksSent == 1 }
            #expect(!pending.isAnswered)
            await client.close()
            let closed = try await fake.server.waitForRequest { $0.closedByPeer != nil }
            #expect(closed.closedByPeer?.afterChunks == 1)
            #expect(!closed.isAnswered)
            #expect(!client.text.contains("two"))
        }
    }

    @Test("Silence: the request is read and nothing comes")
    func silent() async throws {
        try await Harness.run { fake in
            let client = try await send(fake, "silent")
            _ = try await fake.server.waitForRequest { $0.path == "/v1/chat/completions" }
            #expect(client.bytes.isEmpty)
            await client.close()
            let closed = try await fake.server.waitForRequest { $0.closedByPeer != nil }
            #expect(closed.closedByPeer?.afterBytes == 0)
        }
    }

    @Test("A malformed event, and the stream goes on")
    func malformed() async throws {
        try await Harness.run { fake in
            let answer = try await fake.chat(spec: "malformed=1", stream: true)
            #expect(answer.events.count == answer.dataObjects.count + 2)  // the broken event and [DONE]
            #expect(answer.deltaText == "one two three")
            #expect(answer.isComplete)
            #expect(try await fake.chat(spec: "malformed=0").json == .null)
            let lines = try await fake.webhook("stream", spec: "malformed=1")
            #expect(lines.text.split(separator: "\n").count == lines.lines.count + 1)
        }
    }

    @Test("A broken HTTP chunk")
    func badframe() async throws {
        try await Harness.run { fake in
            let client = try await send(fake, "badframe=1")
            #expect(await client.end() == .fin)
            #expect(client.text.contains("\r\nzz\r\n"))
            #expect(!client.text.contains("two"))
        }
    }

    @Test(
        "Missing ends",
        arguments: [
            (FakeDialect.openai, "finish_reason\":\"stop", "[DONE]"), (.anthropic, "message_delta", "message_stop"),
            (.gemini, "finishReason", "finishReason"), (.n8n, "\"type\":\"end\"", "\"type\":\"end\""),
        ])
    func missingEnds(dialect: FakeDialect, ending: String, marker: String) async throws {
        try await Harness.run { fake in
            func ask(_ spec: String) async throws -> RawAnswer {
                switch dialect {
                case .anthropic: try await fake.messages("say one two three", spec: spec, stream: true)
                case .gemini: try await fake.gemini("say one two three", spec: spec, stream: true)
                case .n8n: try await fake.webhook("stream", spec: spec)
                default: try await fake.chat(spec: spec, stream: true)
                }
            }
            let noEnd = try await ask("noend")
            #expect(noEnd.isComplete)
            #expect(noEnd.text.contains("three"))
            #expect(!noEnd.text.contains(ending) && !noEnd.text.contains(marker))
            let noMarker = try await ask("nodone")
            #expect(noMarker.isComplete)
            // Gemini's streams have no marker to leave out.
            #expect(noMarker.text.contains(marker) == (dialect == .gemini))
            if dialect == .openai || dialect == .anthropic { #expect(noMarker.text.contains(ending)) }
        }
    }

    @Test("A whole answer to a stream request, and the other way round")
    func wholeAndStream() async throws {
        try await Harness.run { fake in
            let whole = try await fake.chat(spec: "whole", stream: true)
            #expect(whole.header("content-type") == "application/json")
            #expect(whole.json["choices"]?[0]?["message"] != nil)
            let stream = try await fake.chat(spec: "sse")
            #expect(stream.deltaText == "one two three")
            #expect(try await fake.messages("x", spec: "whole", stream: true).json["type"]?.stringValue == "message")
            #expect(try await fake.gemini("x", spec: "whole", stream: true).json["candidates"] != nil)
            #expect(try await fake.gemini("x", spec: "sse").dataObjects.count > 1)
        }
    }

    @Test("Empty bodies", arguments: [false, true])
    func empty(stream: Bool) async throws {
        try await Harness.run { fake in
            let answer = try await fake.chat(spec: "empty", stream: stream)
            #expect(answer.status == 200)
            #expect(answer.isComplete)
            #expect(answer.body.isEmpty)
        }
    }

    @Test("A huge body arrives whole, through a socket that fills up", arguments: [false, true])
    func huge(stream: Bool) async throws {
        try await Harness.run { fake in
            let answer = try await fake.chat(spec: "huge=1M", stream: stream)
            #expect(answer.isComplete)
            let text = stream ? answer.deltaText : answer.json["choices"]?[0]?["message"]?["content"]?.stringValue
            #expect(text?.utf8.count == 1 << 20)
            let record = try await fake.server.waitForRequest { $0.isAnswered }
            #expect(record.bytesSent > 1 << 20)
        }
    }

    @Test(
        "Wrong content types",
        arguments: [("html", "text/html; charset=utf-8"), ("none", nil), ("image/png", "image/png")])
    func types(type: String, header: String?) async throws {
        try await Harness.run { fake in
            let answer = try await fake.chat(spec: "type=\(type)", stream: true)
            #expect(answer.header("content-type") == header)
            #expect(answer.deltaText == "one two three")
        }
    }

    @Test("No length: the end of the connection ends the body", arguments: [false, true])
    func noLength(stream: Bool) async throws {
        try await Harness.run { fake in
            let client = try await send(fake, "nolength", stream: stream)
            #expect(await client.end() == .fin)
            let answer = try await client.answer()
            #expect(answer.header("content-length") == nil)
            #expect(answer.header("transfer-encoding") == nil)
            #expect(answer.header("connection") == "close")
            #expect(answer.text.contains("three"))
        }
    }

    @Test("Close after a good answer")
    func close() async throws {
        try await Harness.run { fake in
            let client = try await send(fake, "close", stream: false)
            #expect(await client.end() == .fin)
            #expect(try await client.answer().isComplete)
        }
    }

    @Test(
        "Pings and comments before the first chunk",
        arguments: [("openai", ": keep-alive"), ("openrouter", ": OPENROUTER")])
    func pings(dialect: String, text: String) async throws {
        try await Harness.run { fake in
            let answer = try await fake.chat(spec: "as=\(dialect);pings=3", stream: true)
            #expect(answer.events.prefix(3).allSatisfy { $0.name == ":" })
            #expect(answer.text.hasPrefix(text))
            let anthropic = try await fake.messages("x", spec: "pings=4", stream: true)
            #expect(anthropic.events.count { $0.name == "ping" } == 4)
        }
    }

    @Test("A spec on every Nth, or only on the first N requests")
    func everyAndFirst() async throws {
        try await Harness.run { fake async throws in
            func statuses(_ spec: String) async throws -> [Int] {
                var statuses: [Int] = []
                for _ in 0..<4 { statuses.append(try await fake.chat(spec: spec).status) }
                return statuses
            }
            #expect(try await statuses("status=500;every=2") == [200, 500, 200, 500])
            #expect(try await statuses("status=503;first=2") == [503, 503, 200, 200])
            #expect(try await statuses("status=503;first=2;id=again") == [503, 503, 200, 200])
        }
    }

    @Test("A bad spec is answered with 400 and its reason")
    func badSpec() async throws {
        try await Harness.run { fake in
            let answer = try await fake.chat(spec: "cutt=3")
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["message"]?.stringValue == "x-fake: unknown item 'cutt'")
        }
    }

    @Test("Specs come from base URL, model, header and default, in that order of strength")
    func sources() async throws {
        var options = FakeProviderOptions()
        options.defaultSpec = "status=501"
        try await Harness.run(options) { fake async throws in
            #expect(try await fake.chat().status == 501)
            #expect(try await fake.chat(path: "/fake-status-502/v1/chat/completions").status == 502)
            let body = Harness.chatBody("x", model: "fake-status-503")
            let path = "/fake-status-502/v1/chat/completions"
            #expect(try await fake.post(path, body).status == 503)
            #expect(try await fake.post(path, body, ["x-fake": "status=504"]).status == 504)
            #expect(try await fake.gemini("x", model: "fake-status-500").status == 500)
            try fake.server.setDefaultSpec("")
            #expect(try await fake.chat().status == 200)
        }
        #expect(throws: FakeSpecError.self) {
            var bad = FakeProviderOptions()
            bad.defaultSpec = "nope"
            _ = try FakeProviderServer(options: bad)
        }
    }

    @Test("Where specs are off, they and the control paths mean nothing")
    func specsOff() async throws {
        try await Harness.run(.demo) { fake async throws in
            #expect(try await fake.chat(spec: "status=500").status == 200)
            let body = Harness.chatBody("x", model: "fake-status-503")
            #expect(try await fake.post("/v1/chat/completions", body).status == 200)
            #expect(try await fake.get("/__fake/requests").status == 404)
            #expect(fake.server.requests.isEmpty)
        }
    }
}
