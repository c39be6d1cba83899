import NIOCore
import Testing

@testable import Listener

@Suite("Requests that are odd but not wrong, and those that are wrong behind good ones")
struct OddRequestTests {
    @Test("garbage behind a request spoils nothing of its answer", arguments: [4, 5000])
    func garbageBehind(count: Int) async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET /held HTTP/1.1\r\nhost: a\r\n\r\n" + String(repeating: "x", count: count))
            try await server.handler.started.futureResult.get()
            server.handler.release.succeed()
            let text = try await client.receiveUntilClosed()
            #expect(text.hasPrefix("HTTP/1.1 200 OK"))
            #expect(text.contains("held"))
        }
    }

    @Test("all requests in front of garbage are answered, then the garbage")
    func garbageBehindMany() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(
                "GET /held HTTP/1.1\r\nhost: a\r\n\r\nGET /echo HTTP/1.1\r\nhost: a\r\n\r\n\u{1}\u{2}\r\n\r\n")
            try await server.handler.started.futureResult.get()
            server.handler.release.succeed()
            let text = try await client.receiveUntilClosed()
            #expect(text.occurrences(of: "HTTP/1.1 200 OK") == 2)
            #expect(text.occurrences(of: "HTTP/1.1 400") == 1)
        }
    }

    @Test("an offer to upgrade is answered in HTTP/1.1 and the connection closes", arguments: ["h2c", "websocket"])
    func upgrade(to name: String) async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(
                "GET /echo HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: \(name)\r\n\r\n")
            let text = try await client.receiveUntilClosed()
            #expect(text.hasPrefix("HTTP/1.1 200 OK"))
            #expect(text.contains("connection: close"))
        }
    }

    @Test("empty lines in front of a request are no slow head")
    func emptyLines() async throws {
        try await TestServer.run({ $0.headDeadline = .milliseconds(20) }) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("\r\n\r\n")
            for _ in 0..<10 { try await server.tick() }
            try await client.send("GET /echo HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(try await client.receive(of: "x-uri").hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("a request of HTTP/1.1 has exactly one host", arguments: ["", "host: a\r\nhost: b\r\n"])
    func host(headers: String) async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET /echo HTTP/1.1\r\n\(headers)\r\n")
            let text = try await client.receiveUntilClosed()
            #expect(text.hasPrefix("HTTP/1.1 400"))
            #expect(text.contains("Host"))
        }
    }

    @Test("HTTP/1.0 needs none")
    func hostless() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET /echo HTTP/1.0\r\n\r\n")
            #expect(try await client.receiveUntilClosed().contains("200 OK"))
        }
    }

    @Test("bodies beyond what one loop holds are 503 with a time to come back")
    func heldBodies() async throws {
        try await TestServer.run({ $0.heldBodiesLimit = 20 }) { server in
            let waiting = try await RawClient.connect(port: server.port)
            try await waiting.send("POST /held HTTP/1.1\r\nhost: a\r\ncontent-length: 15\r\n\r\n0123456789abcde")
            try await server.handler.started.futureResult.get()
            // On whichever loop it lands, it must be one of the two: beside the first, or alone.
            let texts = try await [Int](0..<8).asyncMap { _ in
                let client = try await RawClient.connect(port: server.port)
                try await client.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n0123456789")
                return try await client.receive { text, closed in text.contains("0123456789") || closed }
            }
            #expect(texts.contains { $0.hasPrefix("HTTP/1.1 503") })
            server.handler.release.succeed()
            _ = try await waiting.receive(of: "held")
            let after = try await RawClient.connect(port: server.port)
            try await after.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n0123456789")
            #expect(try await after.receive(of: "0123456789").hasPrefix("HTTP/1.1 200 OK"))
        }
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
