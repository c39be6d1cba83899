import NIOCore
import Synchronization
import Testing

@testable import Listener

@Suite("Clients that read slowly or not at all")
struct SlowReaderTests {
    /// More than both sockets' buffers hold together.
    private static let large = 8 << 20

    /// A client whose answer is larger than the sockets hold, and that reads nothing yet.
    private static func ask(_ server: TestServer, headers: String = "") async throws -> RawClient {
        let client = try await RawClient.connect(port: server.port, receiveBuffer: 4096)
        try await client.stopReading()
        try await client.send("GET /large/\(large) HTTP/1.1\r\nhost: a\r\n\(headers)\r\n")
        try await server.handler.started.futureResult.get()
        return client
    }

    private static func bodyLength(_ text: String) -> Int {
        text.firstRange(of: "\r\n\r\n").map { text[$0.upperBound...].utf8.count } ?? 0
    }

    @Test("an answer is not cut by the close that follows it")
    func closeAfterAnswer() async throws {
        try await TestServer.run { server in
            let client = try await Self.ask(server, headers: "connection: close\r\n")
            try await client.startReading()
            #expect(Self.bodyLength(try await client.receiveUntilClosed()) == Self.large)
        }
    }

    @Test("a drain waits until the client has taken its answer")
    func drain() async throws {
        try await TestServer.run { server in
            let client = try await Self.ask(server)
            async let drained = server.listener.drain(grace: .seconds(10))
            try await client.startReading()
            let text = try await client.receiveUntilClosed()
            #expect(Self.bodyLength(text) == Self.large)
            #expect(await drained)
        }
    }

    @Test("a download that makes progress outlives the idle limit")
    func progress() async throws {
        try await TestServer.run({ $0.idleTimeout = .milliseconds(30) }) { server in
            let client = try await Self.ask(server)
            // Several sweeps pass in which the connection has no request but unsent output.
            for _ in 0..<20 { try await server.tick() }
            try await client.startReading()
            let text = try await client.receive { text, closed in Self.bodyLength(text) >= Self.large || closed }
            #expect(Self.bodyLength(text) == Self.large)
        }
    }

    @Test("a client that takes nothing is cut off")
    func stall() async throws {
        try await TestServer.run({ $0.writeStallDeadline = .milliseconds(50) }) { server in
            let client = try await Self.ask(server)
            for _ in 0..<20 { try await server.tick() }
            try await client.startReading()
            let text = try await client.receiveUntilClosed()
            #expect(Self.bodyLength(text) < Self.large)
        }
    }

    @Test("pipelined requests wait while the client does not take their answers")
    func pipelineWithoutReading() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port, receiveBuffer: 4096)
            try await client.stopReading()
            let count = 64
            try await client.send(
                String(repeating: "GET /large/\(1 << 20) HTTP/1.1\r\nhost: a\r\n\r\n", count: count))
            try await server.handler.started.futureResult.get()
            for _ in 0..<10 { try await server.tick() }
            // The sockets take a few megabytes; what they do not take is not even asked for.
            #expect(server.handler.log.withLock { $0.bodies.count } < count / 2)
            try await client.startReading()
            let text = try await client.receive { text, _ in text.utf8.count > count << 20 }
            #expect(text.occurrences(of: "HTTP/1.1 200 OK") == count)
        }
    }
}
