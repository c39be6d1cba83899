import Synchronization
import Testing

@testable import Upstream

@Suite("Kept connections over TLS", .timeLimit(.minutes(1)))
struct SecureConnectionTests {
    @Test("Calls one after the other use one connection, whatever their size")
    func reuse() async throws {
        try await withTLSBench { request in
            request.connection.respond(body: request.body)
        } test: { bench in
            var random = SplitMix64(seed: 12)
            for size in [1, 700_000, 0, 16_384, 16_385, 40_000, 3, 1_500_000] {
                let body = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
                for delivery in [UpstreamRequest.Delivery.whole, .stream] {
                    let answer = try await bench.answer(bench.request(delivery, body: body))
                    #expect(answer.body == body, "\(size) bytes")
                }
            }
            #expect(bench.server.connections.count == 1)
        }
    }

    @Test("Two hundred at once, several times over, on connections kept from before")
    func many() async throws {
        try await withTLSBench { request in
            request.connection.startStream()
            for piece in 0..<5 { request.connection.chunk("\(request.body.text)-\(piece) ") }
            request.connection.endStream()
        } test: { bench in
            for round in 0..<3 {
                await withTaskGroup(of: Void.self) { group in
                    for index in 0..<200 {
                        group.addTask {
                            let text = "\(round).\(index)"
                            let request = bench.request(
                                body: Array(text.utf8),
                                timeouts: UpstreamTimeouts(connect: 40_000, firstByte: 40_000, idle: 40_000))
                            let answer = try? await bench.answer(request)
                            #expect(answer?.body.text == (0..<5).map { "\(text)-\($0) " }.joined())
                        }
                    }
                }
            }
            #expect(bench.client.statistics.connectionsOpened <= 200)
        }
    }

    @Test("A connection that closes while it waits is replaced", arguments: [true, false])
    func stale(inGoodOrder: Bool) async throws {
        try await withTLSBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            for round in 1...3 {
                let text1 = try await bench.text(bench.request())
                #expect(text1 == "ok")
                #expect(bench.server.connections.count == round)
                let connection = bench.server.connections[round - 1]
                inGoodOrder ? connection.close() : connection.cut()
                await until { bench.client.statistics.connections == 0 }
            }
        }
    }

    @Test("A request that was sent is not sent again", arguments: [true, false])
    func noRepetition(inGoodOrder: Bool) async throws {
        try await withTLSBench { request in
            if request.connection.requests.load(ordering: .sequentiallyConsistent) == 1 {
                request.connection.respond(body: "first")
            } else {
                inGoodOrder ? request.connection.close() : request.connection.cut()
            }
        } test: { bench in
            let text2 = try await bench.text(bench.request())
            #expect(text2 == "first")
            #expect(await bench.failure(bench.request())?.metricLabel == "first_byte_reset")
            #expect(bench.server.connections.count == 1)
            #expect(bench.server.connections[0].requests.load(ordering: .sequentiallyConsistent) == 2)
        }
    }

    @Test("Bytes behind an answer close the connection", arguments: ["at once", "later"])
    func garbage(when: String) async throws {
        try await withTLSBench { request in
            request.connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + (when == "later" ? "" : "HTTP"))
        } test: { bench in
            let text3 = try await bench.text(bench.request())
            #expect(text3 == "ok")
            if when == "later" { bench.server.connections[0].send("HTTP/1.1 200 OK\r\n\r\n") }
            await bench.server.connections[0].closed.wait()
        }
    }

    @Test("A consumer that stops in the middle and goes on later gets every byte")
    func pauses() async throws {
        let total = 6 << 20
        try await withTLSBench { request in
            request.connection.startStream()
            for _ in 0..<(total / 65_536) { request.connection.chunk([UInt8](repeating: 0x79, count: 65_536)) }
            request.connection.endStream()
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            var count = 0
            var pauses = 0
            while count < total {
                if pauses < 5 {
                    let seen = pauses
                    await until { bench.client.statistics.pauses > seen }
                    pauses = bench.client.statistics.pauses
                }
                guard let bytes = try await response.next() else { break }
                count += bytes.count
            }
            #expect(count == total)
            #expect(try await response.next() == nil)
        }
    }
}
