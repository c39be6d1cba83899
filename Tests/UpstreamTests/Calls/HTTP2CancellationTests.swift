import NIOHTTP2
import Testing

@testable import Upstream

@Suite("HTTP/2 cancellation", .timeLimit(.minutes(1)))
struct HTTP2CancellationTests {
    @Test("Cancelling one stream resets it and leaves the others alone", arguments: [0, 1, 2])
    func cancelOne(victim: Int) async throws {
        try await withHTTP2Bench { stream in
            stream.sendHead()
        } test: { bench in
            var calls: [(response: UpstreamResponse, stream: HTTP2TestStream)] = []
            for index in 0..<3 { calls.append(try await bench.openStream("\(index)")) }
            calls[victim].response.cancel()
            await calls[victim].stream.closed.wait()
            #expect(calls[victim].stream.resetCode != nil)
            calls.remove(at: victim)
            for (response, stream) in calls {
                stream.send("alive")
                #expect(try await response.next()?.text == "alive")
                stream.send("", isLast: true)
                #expect(try await response.next() == nil)
            }
            #expect(bench.server.connections.count == 1)
            #expect(!bench.server.connections[0].closed.hasFired)
        }
    }

    @Test("Cancelling the only stream reaches the server too, whatever it is doing", arguments: [true, false])
    func cancelOnly(hasHead: Bool) async throws {
        let arrived = Signal()
        try await withHTTP2Bench { stream in
            if hasHead { stream.sendHead() }
            arrived.fire()
        } test: { bench in
            let task = Task { _ = try await bench.answer(bench.request(.stream, body: "only")) }
            await arrived.wait()
            task.cancel()
            await bench.server.streams[0].closed.wait()
            await #expect(throws: UpstreamFailure.cancelledByCaller) { try await task.value }
            #expect(bench.client.statistics.openTransfers == 0)
        }
    }

    @Test("A call that fails here, not there, is not answered on")
    func tooLarge() async throws {
        try await withHTTP2Bench { stream in
            stream.sendHead()
            stream.send(String(repeating: "x", count: 200))
        } test: { bench in
            var request = bench.request(.whole, body: "only")
            request.maxResponseBytes = 100
            #expect(await bench.failure(request)?.metricLabel == "too_large")
            await bench.server.streams[0].closed.wait()
        }
    }

    @Test("A limit that passes ends one stream and leaves the others alone")
    func timeoutOfOne() async throws {
        try await withHTTP2Bench { stream in
            if stream.body.text != "hang" { stream.sendHead() }
        } test: { bench in
            let (response, stream) = try await bench.openStream("a")
            var hanging = bench.request(body: "hang")
            hanging.timeouts = UpstreamTimeouts(firstByte: 60)
            #expect(await bench.failure(hanging)?.metricLabel == "first_byte_timeout")
            stream.send("alive", isLast: true)
            #expect(try await response.collect(upTo: 10).text == "alive")
            #expect(bench.server.connections.count == 1)
        }
    }
}
