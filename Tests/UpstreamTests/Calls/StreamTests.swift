import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Upstream

@Suite("Streams", .timeLimit(.minutes(1)))
struct StreamTests {
    @Test("Chunks arrive as they are sent, the head before them")
    func chunks() async throws {
        try await withBench {
            $0.connection.startStream()
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            #expect(response.status == 200)
            #expect(response.rawHeaders.text.contains("Content-Type: text/event-stream\r\n"))
            let connection = bench.server.connections[0]
            for index in 0..<50 {
                connection.chunk("data: \(index)\n\n")
                #expect(try await response.next()?.text == "data: \(index)\n\n")
            }
            connection.endStream()
            #expect(try await response.next() == nil)
            #expect(try await response.next() == nil)
        }
    }

    @Test("What piles up while the consumer is busy comes in one piece")
    func coalescing() async throws {
        try await withBench { request in
            request.connection.startStream()
            for index in 0..<1_000 { request.connection.chunk("\(index),") }
            request.connection.endStream()
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            await until { bench.client.statistics.openTransfers == 0 }
            let all = try await response.next()
            #expect(all?.text == (0..<1_000).map { "\($0)," }.joined())
            #expect(try await response.next() == nil)
        }
    }

    @Test("A consumer that does not read stalls its own connection, and memory stays bounded")
    func backpressure() async throws {
        let total = 96 << 20
        let piece = [UInt8](repeating: 0x78, count: 64 << 10)
        try await withBench { request in
            if request.body.text == "small" { return request.connection.respond(body: "quick") }
            request.connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            for _ in 0..<(total / piece.count) { request.connection.send(piece) }
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            await until { bench.client.statistics.pauses > 0 }
            // Others are served meanwhile, so the driver has had every chance to read on.
            for _ in 0..<50 {
                let answer = try await bench.answer(bench.request(body: Array("small".utf8)))
                #expect(answer.body.text == "quick")
            }
            let accepted = bench.server.connections[0].bytesAccepted.load(ordering: .sequentiallyConsistent)
            #expect(accepted < 32 << 20, "the sockets' buffers hold the rest")
            #expect(bench.client.statistics.pauses == 1)

            var count = 0
            var largest = 0
            while let bytes = try await response.next() {
                count += bytes.count
                largest = max(largest, bytes.count)
            }
            #expect(count == total)
            #expect(largest <= (128 + 64) << 10)
            #expect(bench.client.statistics.pauses > 1)
        }
    }

    @Test("The idle limit does not run while the consumer is the slow one")
    func pausedIsNotIdle() async throws {
        let total = 16 << 20
        let clock = ContinuousClock()
        try await withBench { request in
            if request.body.text == "hang" { return }
            request.connection.respond(body: [UInt8](repeating: 0x78, count: total))
        } test: { bench in
            let response = try await bench.send(bench.request(.stream, timeouts: UpstreamTimeouts(idle: 300)))
            response.firstTokenSeen()
            await until { bench.client.statistics.pauses > 0 }
            // Another call's deadline, three times as long, stands in for a sleep.
            let start = clock.now
            let other = bench.request(body: Array("hang".utf8), timeouts: UpstreamTimeouts(firstByte: 900))
            #expect(await bench.failure(other)?.phase == .firstByte)
            #expect(clock.now - start >= .milliseconds(890))
            #expect(try await response.collect(upTo: total).count == total)
        }
    }

    @Test("Cancelling a paused stream")
    func cancelPaused() async throws {
        try await withBench { request in
            request.connection.respond(body: [UInt8](repeating: 0x78, count: 32 << 20))
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            await until { bench.client.statistics.pauses > 0 }
            response.cancel()
            await bench.server.connections[0].closed.wait()
            await #expect(throws: UpstreamFailure.cancelledByCaller) { try await response.next() }
        }
    }

    @Test("Consumers resume on their own event loop")
    func pinned() async throws {
        try await withBench(loops: 2) { request in
            request.connection.startStream()
            request.connection.chunk("x")
            request.connection.endStream()
        } test: { bench in
            for loop in bench.loops {
                let executor = LoopExecutor(loop)
                try await Task(executorPreference: executor) {
                    #expect(loop.inEventLoop)
                    let response = try await bench.client.send(bench.request(.stream), on: loop)
                    #expect(loop.inEventLoop)
                    while try await response.next() != nil { #expect(loop.inEventLoop) }
                    #expect(loop.inEventLoop)
                }.value
            }
        }
    }

    @Test("Calls from loops the client does not know are served too")
    func foreignLoop() async throws {
        try await withBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            let response = try await bench.client.send(bench.request(), on: NIOSingletons.posixEventLoopGroup.next())
            #expect(try await response.collect(upTo: 10).text == "ok")
        }
    }

    @Test("Whole answers take one hop each, and a burst of them fewer")
    func hops() async throws {
        try await withBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            for _ in 0..<20 { _ = try await bench.answer(bench.request()) }
            // Fewer where an answer was there before its consumer had gone to sleep.
            #expect(bench.client.statistics.loopWakeUps <= 20)
            #expect(bench.client.statistics.driverWakeUps <= 20)
        }
    }
}
