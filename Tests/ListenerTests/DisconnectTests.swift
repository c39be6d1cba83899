import NIOCore
import Synchronization
import Testing

@testable import Listener

@Suite("Clients that leave, clients that do not read, and draining")
struct DisconnectTests {
    @Test("a client that leaves cancels its task at once")
    func disconnect() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET /forever HTTP/1.1\r\nhost: a\r\n\r\n")
            _ = try await client.receive(of: "xxxx")
            try await client.close()
            try await server.handler.cancelled.futureResult.get()
            #expect(server.handler.log.withLock { $0.cancelled } == 1)
        }
    }

    @Test("a client that does not read stalls its own stream, within bounded memory")
    func backpressure() async throws {
        try await TestServer.run { server in
            let slow = try await RawClient.connect(port: server.port, receiveBuffer: 4096)
            try await slow.stopReading()
            try await slow.send("GET /forever HTTP/1.1\r\nhost: a\r\n\r\n")
            try await server.handler.started.futureResult.get()
            // The stream runs until the sockets' buffers are full; others are served meanwhile.
            let other = try await RawClient.connect(port: server.port)
            var last = -1
            var still = 0
            for round in 1...100_000 where still < 200 {
                try await other.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi")
                _ = try await other.receive(round, of: "\r\n\r\nhi")
                let sent = server.handler.log.withLock { $0.sent }
                still = sent == last ? still + 1 : 0
                last = sent
            }
            #expect(still == 200, "the writer was never held back")
            #expect(last < 16 << 20)
            try await slow.close()
            try await server.handler.cancelled.futureResult.get()
        }
    }

    @Test("a client that stops reading for good is cut off")
    func writeStall() async throws {
        try await TestServer.run({ $0.writeStallDeadline = .milliseconds(100) }) { server in
            let client = try await RawClient.connect(port: server.port, receiveBuffer: 4096)
            try await client.stopReading()
            try await client.send("GET /forever HTTP/1.1\r\nhost: a\r\n\r\n")
            try await server.handler.cancelled.futureResult.get()
        }
    }

    @Test("draining closes idle connections, finishes answers, then reports a clean end")
    func drain() async throws {
        try await TestServer.run { server in
            let idle = try await RawClient.connect(port: server.port)
            try await idle.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi")
            _ = try await idle.receive(of: "\r\n\r\nhi")
            let busy = try await RawClient.connect(port: server.port)
            try await busy.send("GET /held HTTP/1.1\r\nhost: a\r\n\r\n")
            try await server.handler.started.futureResult.get()

            async let clean = server.listener.drain(grace: .seconds(10))
            _ = try await idle.receiveUntilClosed()
            await #expect(throws: (any Error).self) { _ = try await RawClient.connect(port: server.port) }
            server.handler.release.succeed()
            let text = try await busy.receiveUntilClosed()
            #expect(text.contains("held"))
            #expect(text.contains("connection: close"))
            #expect(await clean)
        }
    }

    @Test("draining cuts what outlasts the grace")
    func drainDeadline() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET /forever HTTP/1.1\r\nhost: a\r\n\r\n")
            try await server.handler.started.futureResult.get()
            #expect(await server.listener.drain(grace: .milliseconds(50)) == false)
            try await server.handler.cancelled.futureResult.get()
        }
    }
}
