import NIOCore
import Synchronization
import Testing

@testable import Listener

@Suite("Limits and deadlines of a connection")
struct LimitsTests {
    @Test("a body over the limit is 413, by its announced length and by its real one", arguments: [true, false])
    func bodyLimit(announced: Bool) async throws {
        try await TestServer.run({ $0.bodyLimit = 10 }) { server in
            let client = try await RawClient.connect(port: server.port)
            let framing =
                announced ? "content-length: 11\r\n\r\n" : "transfer-encoding: chunked\r\n\r\nb\r\nhello world\r\n"
            try await client.send("POST /echo HTTP/1.1\r\nhost: a\r\n\(framing)")
            let text = try await client.receiveUntilClosed()
            #expect(text.hasPrefix("HTTP/1.1 413"))
            #expect(text.contains("limit of 10 bytes"))
            #expect(server.handler.log.withLock { $0.bodies.isEmpty })
        }
    }

    @Test("a body of exactly the limit passes")
    func bodyAtLimit() async throws {
        try await TestServer.run({ $0.bodyLimit = 10 }) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n0123456789")
            #expect(try await client.receive(of: "0123456789").contains("200 OK"))
        }
    }

    @Test("a large body is not read for a caller who is refused anyway", arguments: [true, false])
    func stranger(announced: Bool) async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            let part = String(repeating: "a", count: 0x8000)
            let framing =
                announced
                ? "content-length: 65537\r\n\r\n"
                : "transfer-encoding: chunked\r\n\r\n" + String(repeating: "8000\r\n\(part)\r\n", count: 3)
            try await client.send("POST /echo HTTP/1.1\r\nhost: a\r\napi-key: stranger\r\n\(framing)")
            #expect(try await client.receiveUntilClosed().hasPrefix("HTTP/1.1 401"))
            #expect(server.handler.log.withLock { $0.bodies.isEmpty })
        }
    }

    @Test("a small body is left to the handler")
    func smallBodyOfStranger() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(
                "POST /echo HTTP/1.1\r\nhost: a\r\napi-key: stranger\r\ncontent-length: 5\r\n\r\nhello")
            #expect(try await client.receive(of: "hello").contains("200 OK"))
        }
    }

    @Test("headers over the limit are 431", arguments: ["one", "many", "sum"])
    func headerLimits(kind: String) async throws {
        try await TestServer.run({
            $0.headerFieldLimit = 1000
            $0.headerListLimit = 2000
            $0.headerCountLimit = 20
        }) { server in
            let client = try await RawClient.connect(port: server.port)
            let headers =
                switch kind {
                case "one": "x-a: \(String(repeating: "a", count: 1500))\r\n"
                case "many": String(repeating: "x-a: b\r\n", count: 30)
                default: String(repeating: "x-a: \(String(repeating: "a", count: 500))\r\n", count: 6)
                }
            try await client.send("GET /echo HTTP/1.1\r\nhost: a\r\n\(headers)\r\n")
            #expect(try await client.receiveUntilClosed().hasPrefix("HTTP/1.1 431"))
        }
    }

    @Test(
        "what is not HTTP is refused and closed",
        arguments: [
            "\u{16}\u{3}\u{1}\u{2}\u{0}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "G\u{0}T / HTTP/1.1\r\n\r\n",
        ])
    func garbage(bytes: String) async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(bytes)
            let text = try await client.receiveUntilClosed()
            #expect(text.hasPrefix("HTTP/1.1 400"))
            #expect(text.contains("invalid_request_error"))
        }
    }

    @Test("a head that drips in is 408")
    func slowHead() async throws {
        try await TestServer.run({ $0.headDeadline = .milliseconds(50) }) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET /echo HT")
            #expect(try await client.receiveUntilClosed().hasPrefix("HTTP/1.1 408"))
        }
    }

    @Test("a body that stalls is 408")
    func slowBody() async throws {
        try await TestServer.run({ $0.bodyStallDeadline = .milliseconds(50) }) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n01234")
            let text = try await client.receiveUntilClosed()
            #expect(text.hasPrefix("HTTP/1.1 408"))
            #expect(text.contains("body"))
        }
    }

    @Test("an idle connection is closed without a word")
    func idle() async throws {
        try await TestServer.run({ $0.idleTimeout = .milliseconds(50) }) { server in
            let client = try await RawClient.connect(port: server.port)
            #expect(try await client.receiveUntilClosed() == "")
        }
    }

    @Test("a silent stream gets comments, which commit the status only")
    func keepAliveComments() async throws {
        try await TestServer.run({ $0.keepAliveInterval = .milliseconds(20) }) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET /silent HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            let early = try await client.receive(2, of: ": keep-alive\n\n")
            #expect(early.hasPrefix("HTTP/1.1 200 OK"))
            server.handler.release.succeed()
            #expect(try await client.receiveUntilClosed().contains("data: done"))
        }
    }

    @Test("connections beyond the maximum are closed at once")
    func connectionLimit() async throws {
        try await TestServer.run({ $0.maxConnections = 1 }) { server in
            let first = try await RawClient.connect(port: server.port)
            try await first.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi")
            _ = try await first.receive(of: "\r\n\r\nhi")
            let second = try await RawClient.connect(port: server.port)
            #expect(try await second.receiveUntilClosed() == "")
        }
    }
}
