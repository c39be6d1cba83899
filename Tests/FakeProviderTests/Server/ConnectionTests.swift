import FakeProvider
import Testing
import WireJSON

@Suite("Connections", .timeLimit(.minutes(1)))
struct ConnectionTests {
    @Test("One connection serves many requests, streams among them")
    func keepAlive() async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            for number in 0..<6 {
                let text = "say \(number)"
                try await client.post("/v1/chat/completions", Harness.chatBody(text, stream: number % 2 == 0))
                let answer = try await client.answer()
                #expect(answer.isComplete)
                #expect(answer.text.contains("\"content\":\"\(number)\""))
            }
            #expect(fake.server.connections.total == 1)
            #expect(fake.server.requests.count == 6)
            await client.close()
        }
    }

    @Test("Requests sent ahead are answered in order, also after a late one")
    func pipelining() async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            for (number, spec) in ["late=30ms", "", "ttft=20ms"].enumerated() {
                let body = Harness.chatBody("say \(number)", stream: true)
                try await client.post("/v1/chat/completions", body, spec.isEmpty ? [:] : ["x-fake": spec])
            }
            for number in 0..<3 { #expect(try await client.answer().deltaText == "\(number)") }
            await client.close()
        }
    }

    @Test("Too many requests ahead close the connection")
    func pipeliningBound() async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            try await client.post("/v1/chat/completions", Harness.chatBody("x"), ["x-fake": "silent"])
            for _ in 0..<40 { try? await client.request("GET", "/v1/models") }
            _ = await client.end()
            #expect(client.bytes.isEmpty)
        }
    }

    @Test("`Connection: close` and HTTP/1.0 are honoured", arguments: ["HTTP/1.1", "HTTP/1.0"])
    func close(version: String) async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            let body = Harness.chatBody("say x", stream: true).text
            try await client.send(
                "POST /v1/chat/completions \(version)\r\nconnection: close\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            #expect(await client.end() == .fin)
            let answer = try await client.answer()
            #expect(answer.header("connection") == "close")
            #expect((answer.header("transfer-encoding") == nil) == (version == "HTTP/1.0"))
            #expect(answer.deltaText == "x")
        }
    }

    @Test("A chunked request body, and one that comes in pieces")
    func requestBodies() async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            let body = Array(Harness.chatBody("say hello").bytes)
            try await client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
            for part in [body[..<10], body[10...]] {
                try await client.send(
                    "\(String(part.count, radix: 16))\r\n" + String(decoding: part, as: UTF8.self) + "\r\n")
            }
            try await client.send("0\r\n\r\n")
            #expect(try await client.answer().text.contains("\"content\":\"hello\""))
            await client.close()
        }
    }

    @Test("`Expect: 100-continue` is answered before the body")
    func expectContinue() async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            let body = Harness.chatBody("say hello").text
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
            )
            await client.wait(forText: "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send(body)
            await client.wait(forText: "hello")
            #expect(client.text.contains("HTTP/1.1 200 OK"))
            await client.close()
        }
    }

    @Test("HEAD has the head of the answer and no body")
    func head() async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            try await client.send("HEAD /v1/models HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            #expect(await client.end() == .fin)
            #expect(client.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(client.text.hasSuffix("\r\n\r\n"))
            #expect(client.text.contains("content-length: "))
        }
    }

    @Test("What is no HTTP is answered with 400 and closed")
    func notHTTP() async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            try await client.send("this is not HTTP\r\n\r\n")
            #expect(await client.end() == .fin)
            #expect(client.text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        }
    }

    @Test("Garbage behind a good request closes the connection, and is not taken for the client's going away")
    func garbageBehind() async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            try await client.post("/v1/chat/completions", Harness.chatBody("x"), ["x-fake": "silent"])
            _ = try await fake.server.waitForRequest()
            try await client.send("\u{1}garbage\r\n\r\n")
            #expect(await client.end() == .fin)
            #expect(client.bytes.isEmpty)
            #expect(fake.server.requests.first?.closedByPeer == nil)
        }
    }

    @Test("A request body above the bound is 413")
    func tooLarge() async throws {
        var options = FakeProviderOptions()
        options.maxRequestBytes = 1000
        try await Harness.run(options) { fake in
            let answer = try await fake.exchange("POST", "/v1/messages", body: Array(repeating: 0x20, count: 2000))
            #expect(answer.status == 413)
            #expect(answer.json["error"]?["type"]?.stringValue == "request_too_large")
            #expect(
                try await fake.exchange("POST", "/v1/messages", body: Array(repeating: 0x20, count: 1000)).status == 400
            )
        }
    }

    @Test("Stopping closes the listener and every connection; it can start again")
    func stopping() async throws {
        let server = try FakeProviderServer()
        let port = try await server.start()
        await #expect(throws: FakeProviderError.alreadyStarted) { try await server.start() }
        let client = try await RawClient.connect(port)
        try await client.post("/v1/chat/completions", Harness.chatBody("x"), ["x-fake": "silent"])
        _ = try await server.waitForRequest()
        await server.stop()
        _ = await client.end()
        await #expect(throws: (any Error).self) { try await RawClient.connect(port) }
        #expect(server.requests.first?.closedByPeer == nil)
        await server.stop()
        let again = try await server.start()
        #expect(try await Harness(server: server, port: again).get("/v1/models").status == 200)
        await server.stop()
    }

    @Test("A closed port refuses connections")
    func closedPort() async throws {
        let closed = try ClosedPort()
        await #expect(throws: (any Error).self) { try await RawClient.connect(closed.port) }
        withExtendedLifetime(closed) {}
    }

    @Test("Random bytes never bring the server down", arguments: 0..<8 as Range<UInt64>)
    func fuzz(seed: UInt64) async throws {
        try await Harness.run { fake in
            var random = SeededGenerator(seed: seed)
            let bodies = [
                "{}", "[]", "{\"model\":3}", "{\"messages\":{}}", "{\"contents\":[[]]}", "{\"messages\":[1,null]}",
                "\u{0}",
            ]
            let paths = [
                "/v1/chat/completions", "/v1/messages", "/v1beta/models/m:generateContent", "/webhook/stream",
                "/api/chat",
                "/v1/responses", "/v1/embeddings", "/__fake/script", "/v1/completions",
            ]
            for path in paths {
                let body = bodies.randomElement(using: &random) ?? ""
                let answer = try await fake.exchange("POST", path, ["anthropic-version": "x"], body: Array(body.utf8))
                #expect((200...499).contains(answer.status))
            }
            let client = try await fake.connect()
            try await client.send(
                (0..<300).map { _ in UInt8.random(in: .min ... .max, using: &random) } + Array("\r\n\r\n".utf8))
            await client.close()
            #expect(try await fake.get("/v1/models").status == 200)
        }
    }
}
