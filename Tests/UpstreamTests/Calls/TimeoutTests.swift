import NIOCore
import Testing

@testable import Upstream

@Suite("Deadlines", .timeLimit(.minutes(1)))
struct TimeoutTests {
    /// Generous everywhere but where the test wants the deadline.
    private func timeouts(
        connect: Int = 30_000, firstByte: Int = 30_000, idle: Int = 30_000, total: Int = 60_000
    ) -> UpstreamTimeouts {
        UpstreamTimeouts(connect: connect, firstByte: firstByte, idle: idle, total: total)
    }

    @Test("Connect: an address that does not answer")
    func connect() async throws {
        // A listener with a full backlog would do too, but how many connections fill it is the kernel's business. A
        // name that is being looked up takes the same path, and this one needs no network: TEST-NET addresses are
        // either dropped (timeout) or refused at once by a host without a route.
        try await withBench {
            $0.connection.respond(body: "")
        } test: { bench in
            var request = bench.request(timeouts: self.timeouts(connect: 40))
            request.url = "http://192.0.2.1:9/"
            let failure = await bench.failure(request)
            #expect(failure?.phase == .connect)
            if failure?.kind == .timeout {
                #expect(failure?.message == "no connection to 192.0.2.1 within 40 ms (connect limit)")
            }
        }
    }

    @Test("First byte of a whole answer")
    func firstByteWhole() async throws {
        try await withBench { _ in
        } test: { bench in
            let failure = await bench.failure(bench.request(timeouts: self.timeouts(firstByte: 40)))
            #expect(failure?.metricLabel == "first_byte_timeout")
            #expect(failure?.message == "no answer from 127.0.0.1 within 40 ms of the request (first byte limit)")
            await bench.server.connections[0].closed.wait()
        }
    }

    @Test("First token of a stream: bytes without a token do not help")
    func firstToken() async throws {
        try await withBench { request in
            request.connection.startStream()
            request.connection.chunk(": ping\n\n")
        } test: { bench in
            let failure = await bench.failure(bench.request(.stream, timeouts: self.timeouts(firstByte: 60)))
            #expect(failure?.metricLabel == "first_byte_timeout")
            #expect(failure?.message == "no token from 127.0.0.1 within 60 ms of the request (first token limit)")
        }
    }

    @Test("After the first token the idle limit holds, even when it is far shorter than the one before")
    func idleAfterToken() async throws {
        try await withBench { request in
            request.connection.startStream()
            request.connection.chunk("data: 1\n\n")
        } test: { bench in
            let response = try await bench.send(bench.request(.stream, timeouts: self.timeouts(idle: 40)))
            #expect(try await response.next()?.text == "data: 1\n\n")
            response.firstTokenSeen()
            let failure = await #expect(throws: UpstreamFailure.self) { try await response.next() }
            #expect(failure?.metricLabel == "idle_timeout")
            #expect(failure?.message == "nothing from 127.0.0.1 for 40 ms (idle limit)")
            await bench.server.connections[0].closed.wait()
        }
    }

    @Test("Before the first token silence longer than the idle limit is fine")
    func slowFirstToken() async throws {
        try await withBench { request in
            request.connection.startStream()
            request.connection.chunk(": role\n\n")
        } test: { bench in
            let request = bench.request(.stream, timeouts: self.timeouts(firstByte: 120, idle: 10))
            #expect(await bench.failure(request)?.phase == .firstByte)
        }
    }

    @Test("Idle in the middle of a whole answer")
    func idleWhole() async throws {
        try await withBench { request in
            request.connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        } test: { bench in
            let failure = await bench.failure(bench.request(timeouts: self.timeouts(idle: 40)))
            #expect(failure?.metricLabel == "idle_timeout")
        }
    }

    @Test("A head that never ends")
    func idleHead() async throws {
        try await withBench {
            $0.connection.send("HTTP/1.1 200 OK\r\nX: 1\r\n")
        } test: { bench in
            let failure = await bench.failure(bench.request(timeouts: self.timeouts(idle: 40)))
            #expect(failure?.metricLabel == "idle_timeout")
        }
    }

    @Test("Total, whatever the provider does meanwhile")
    func total() async throws {
        try await withBench { request in
            request.connection.startStream()
            request.connection.chunk("x")
        } test: { bench in
            let failure = await bench.failure(bench.request(.stream, timeouts: self.timeouts(total: 60)))
            #expect(failure?.metricLabel == "total_timeout")
            #expect(failure?.message == "127.0.0.1 did not finish within 60 ms (total limit)")
        }
    }

    @Test("Sending: a provider that does not read the request")
    func send() async throws {
        try await withBench(readsBodies: false) { _ in
        } test: { bench in
            let body = [UInt8](repeating: 0, count: 32 << 20)
            let failure = await bench.failure(bench.request(body: body, timeouts: self.timeouts(idle: 60)))
            #expect(failure?.metricLabel == "send_timeout")
            #expect(failure?.message == "127.0.0.1 took none of the request for 60 ms (idle limit)")
        }
    }

    @Test("A failed call leaves nothing behind for the next one on its handle")
    func afterwards() async throws {
        try await withBench { request in
            if request.target == "/ok" { request.connection.respond(body: "fine") }
        } test: { bench in
            for _ in 0..<3 {
                #expect(await bench.failure(bench.request(timeouts: self.timeouts(firstByte: 20)))?.kind == .timeout)
                var request = bench.request()
                request.url = "http://127.0.0.1:\(bench.server.port)/ok"
                let answer = try await bench.answer(request)
                #expect(answer.body.text == "fine")
            }
        }
    }
}
