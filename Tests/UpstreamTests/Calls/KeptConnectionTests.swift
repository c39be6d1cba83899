import NIOCore
import Synchronization
import Testing

@testable import Upstream

@Suite("Kept connections", .timeLimit(.minutes(1)))
struct KeptConnectionTests {
    /// Requests the server has seen, over all connections.
    private func seen(_ bench: TestBench) -> Int {
        bench.server.connections.reduce(0) { $0 + $1.requests.load(ordering: .sequentiallyConsistent) }
    }

    @Test(
        "A request that was sent is never sent again, however the kept connection breaks",
        arguments: ["close", "reset", "head", "interim"], [10, 300_000])
    func noRepetition(how: String, size: Int) async throws {
        try await withBench { request in
            guard request.connection.requests.load(ordering: .sequentiallyConsistent) > 1 else {
                return request.connection.respond(body: "first")
            }
            switch how {
            case "head": request.connection.send("HTTP/1.1 200 OK\r\nContent-")
            case "interim": request.connection.send("HTTP/1.1 102 Processing\r\n\r\n")
            default: break
            }
            how == "reset" ? request.connection.reset() : request.connection.close()
        } test: { bench in
            let body = [UInt8](repeating: 0x61, count: size)
            let text1 = try await bench.text(bench.request(body: body))
            #expect(text1 == "first")
            let failure = await bench.failure(bench.request(body: body))
            #expect(failure?.kind == .reset)
            #expect(failure?.phase == .firstByte)
            #expect(failure?.curlCode == 0)
            #expect(self.seen(bench) == 2)
            #expect(bench.server.connections.count == 1)
            // The next one finds a new connection.
            let text2 = try await bench.text(bench.request(body: body))
            #expect(text2 == "first")
            #expect(bench.server.connections.count == 2)
        }
    }

    @Test("Many connections that close while they wait are noticed and replaced")
    func stale() async throws {
        let waiting = Mutex<[TestConnection]>.Box([])
        try await withBench { request in
            let ready = waiting.value.withLock { waiting -> [TestConnection] in
                waiting.append(request.connection)
                guard waiting.count % 20 == 0 else { return [] }
                return Array(waiting.suffix(20))
            }
            for connection in ready { connection.respond(body: "ok") }
        } test: { bench in
            for round in 1...3 {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 {
                        group.addTask {
                            let answer = try? await bench.answer(
                                bench.request(timeouts: UpstreamTimeouts(connect: 20_000, firstByte: 20_000)))
                            #expect(answer?.body.text == "ok")
                        }
                    }
                }
                #expect(bench.client.statistics.connections == 20)
                #expect(bench.server.connections.count == 20 * round)
                for connection in bench.server.connections { connection.close() }
                await until { bench.client.statistics.connections == 0 }
            }
        }
    }

    @Test("Bytes behind an answer spoil the connection, not the answer", arguments: ["at once", "later"])
    func garbage(when: String) async throws {
        let extra = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
        try await withBench { request in
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            request.connection.send(when == "at once" ? answer + extra : answer)
        } test: { bench in
            let text3 = try await bench.text(bench.request())
            #expect(text3 == "ok")
            if when == "later" { bench.server.connections[0].send(extra) }
            await bench.server.connections[0].closed.wait()
            let text4 = try await bench.text(bench.request())
            #expect(text4 == "ok")
            #expect(bench.server.connections.count == 2)
        }
    }

    @Test(
        "Whether an answer leaves a connection to be used again",
        arguments: [
            ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false),
            ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", true),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nT: x\r\n\r\n", true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false),
        ])
    func keepAlive(answer: String, isKept: Bool) async throws {
        try await withBench {
            $0.connection.send(answer)
        } test: { bench in
            for index in 0..<3 {
                let response = try await bench.send(bench.request(.stream))
                #expect(response.timings.reusedConnection == (isKept && index > 0))
                #expect(try await response.collect(upTo: 10).text == "ok")
            }
            #expect(bench.server.connections.count == (isKept ? 1 : 3))
        }
    }

    @Test("A request that must not share a connection's past gets a new one, which others may use later")
    func fresh() async throws {
        try await withBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            for _ in 0..<3 {
                var request = bench.request()
                request.needsFreshConnection = true
                let response = try await bench.send(request)
                #expect(!response.timings.reusedConnection)
                _ = try await response.collect(upTo: 10)
            }
            #expect(bench.server.connections.count == 3)
            let response = try await bench.send(bench.request())
            #expect(response.timings.reusedConnection)
            _ = try await response.collect(upTo: 10)
        }
    }

    @Test("An answer to a request that is still being written", arguments: [true, false])
    func earlyAnswer(isStream: Bool) async throws {
        try await withBench(readsBodies: false) { request in
            request.connection.respond(413, body: "too much")
        } test: { bench in
            let body = [UInt8](repeating: 0, count: 32 << 20)
            let answer = try await bench.answer(bench.request(isStream ? .stream : .whole, body: body))
            #expect(answer.status == 413)
            #expect(answer.body.text == "too much")
            // Half a request is no place for another one.
            await until { bench.client.statistics.connections == 0 }
        }
    }

    @Test("Interim answers do not reach the consumer")
    func interim() async throws {
        try await withBench { request in
            request.connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n")
            request.connection.respond(body: "final")
        } test: { bench in
            let answer = try await bench.answer(bench.request())
            #expect(answer.status == 200)
            #expect(answer.rawHeaders.text == "Content-Length: 5\r\n")
            #expect(answer.body.text == "final")
        }
    }

    @Test("A slow answer, byte by byte, over one connection")
    func dribble() async throws {
        try await withBench { request in
            for byte in "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".utf8 {
                request.connection.send([byte])
            }
        } test: { bench in
            for _ in 0..<5 {
                let answer = try await bench.answer(bench.request())
                #expect(answer.body.text == "abcde")
            }
            #expect(bench.server.connections.count == 1)
        }
    }

    @Test("A thousand connections at once: libcurl looks through few of them for each")
    func effort() async throws {
        let all = Mutex<[TestConnection]>.Box([])
        try await withBench { request in
            // Nobody is answered before everybody has asked.
            let ready = all.value.withLock { waiting -> [TestConnection] in
                waiting.append(request.connection)
                return waiting.count == 1_000 ? waiting : []
            }
            for connection in ready { connection.respond(body: "ok") }
        } test: { bench in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<1_000 {
                    group.addTask {
                        let timeouts = UpstreamTimeouts(connect: 60_000, firstByte: 60_000, idle: 60_000)
                        let answer = try? await bench.answer(bench.request(timeouts: timeouts))
                        #expect(answer?.body.text == "ok")
                    }
                }
            }
            let opened = bench.client.statistics.connectionsOpened
            #expect(opened == 1_000)
            let looks = bench.client.connectionsLookedThrough
            #expect(looks <= opened * UpstreamConfiguration.defaultTransfersPerMulti)
        }
    }

    @Test("Origins that nobody asks for any more lose their connections")
    func forgotten() async throws {
        try await withBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            _ = try await bench.answer(bench.request())
            #expect(bench.client.statistics.connections == 1)
            var other = bench.request()
            other.allowPrivateNetwork = false
            for limit in 1...1_100 {
                // Each limit is an origin of its own; the guard refuses them all.
                other.connectionLimit = limit
                _ = await bench.failure(other)
            }
            await bench.server.connections[0].closed.wait()
            #expect(bench.client.statistics.connections == 0)
        }
    }
}
