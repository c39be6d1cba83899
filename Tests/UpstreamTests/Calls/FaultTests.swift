import NIOCore
import Testing

@testable import Upstream

@Suite("Faults", .timeLimit(.minutes(1)))
struct FaultTests {
    @Test("Refused")
    func refused() async throws {
        let gone = try await TestServer.start { _ in }
        let port = gone.port
        await gone.stop()
        try await withBench { _ in
        } test: { bench in
            var request = bench.request()
            request.url = "http://127.0.0.1:\(port)/"
            let failure = await bench.failure(request)
            #expect(failure?.metricLabel == "connect_refused")
            #expect(failure?.curlCode == 7)
        }
    }

    @Test(
        "A name that does not exist", arguments: ["http://does-not-exist.invalid/", "https://does-not-exist.invalid/"])
    func dns(url: String) async throws {
        try await withBench { _ in
        } test: { bench in
            var request = bench.request(timeouts: UpstreamTimeouts(connect: 2_000))
            request.url = url
            let failure = await bench.failure(request)
            #expect(failure?.phase == .connect)
            // Without any name server the lookup may also just take too long.
            #expect(failure?.kind == .dns || failure?.kind == .timeout)
        }
    }

    @Test("Closed without an answer")
    func noAnswer() async throws {
        try await withBench {
            $0.connection.close()
        } test: { bench in
            #expect(await bench.failure(bench.request())?.metricLabel == "first_byte_reset")
        }
    }

    @Test("Cut in the middle of a whole answer", arguments: [true, false])
    func cutWhole(byReset: Bool) async throws {
        try await withBench { request in
            request.connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            byReset ? request.connection.reset() : request.connection.close()
        } test: { bench in
            #expect(await bench.failure(bench.request())?.kind == .reset)
        }
    }

    @Test("Cut in the middle of a stream: first what arrived, then the failure")
    func cutStream() async throws {
        try await withBench { request in
            request.connection.startStream()
            request.connection.chunk("data: 1\n\n")
            request.connection.close()
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            #expect(try await response.next()?.text == "data: 1\n\n")
            let failure = await #expect(throws: UpstreamFailure.self) { try await response.next() }
            #expect(failure?.metricLabel == "receive_reset")
            let again = await #expect(throws: UpstreamFailure.self) { try await response.next() }
            #expect(again == failure)
        }
    }

    @Test("A reset in the middle of a stream")
    func resetStream() async throws {
        try await withBench { request in
            if request.body.isEmpty {
                request.connection.reset()
            } else {
                request.connection.startStream()
                request.connection.chunk("x")
            }
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            #expect(try await response.next()?.text == "x")
            bench.server.connections[0].reset()
            let failure = await #expect(throws: UpstreamFailure.self) { try await response.next() }
            #expect(failure?.metricLabel == "receive_reset")
        }
    }

    @Test(
        "Answers that are no HTTP",
        arguments: ["garbage\r\n\r\n", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 abc\r\n\r\n", "\r\n\r\n\r\n"])
    func garbage(answer: String) async throws {
        try await withBench { request in
            request.connection.send(answer)
            request.connection.close()
        } test: { bench in
            #expect(await bench.failure(bench.request()) != nil)
        }
    }

    @Test("A broken chunk length")
    func badChunk() async throws {
        try await withBench { request in
            request.connection.startStream()
            request.connection.send("zz\r\nnonsense\r\n")
        } test: { bench in
            #expect(await bench.failure(bench.request(.stream))?.phase == .receive)
        }
    }

    @Test("A head without end is cut off")
    func endlessHead() async throws {
        try await withBench { request in
            request.connection.send("HTTP/1.1 200 OK\r\n")
            for _ in 0..<300 { request.connection.send("X: " + String(repeating: "x", count: 1_000) + "\r\n") }
        } test: { bench in
            #expect(await bench.failure(bench.request())?.phase == .protocolError)
            await bench.server.connections[0].closed.wait()
        }
    }

    @Test(
        "Too large: announced, discovered, and while collecting",
        arguments: ["announced", "whole", "stream", "collect"])
    func tooLarge(how: String) async throws {
        try await withBench { request in
            if how == "announced" {
                request.connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
            } else {
                request.connection.startStream()
                for _ in 0..<11 { request.connection.chunk(String(repeating: "x", count: 100)) }
            }
        } test: { bench in
            var request = bench.request(how == "announced" || how == "whole" ? .whole : .stream)
            if how == "collect" {
                let response = try await bench.send(request)
                let failure = await #expect(throws: UpstreamFailure.self) { try await response.collect(upTo: 1_000) }
                #expect(failure?.metricLabel == "too_large")
            } else {
                request.maxResponseBytes = 1_000
                let failure = await bench.failure(request)
                #expect(failure?.metricLabel == "too_large")
                #expect(failure?.message == "the answer exceeds 1000 bytes")
            }
            await bench.server.connections[0].closed.wait()
        }
    }

    @Test("Exactly the limit is fine")
    func exactLimit() async throws {
        try await withBench {
            $0.connection.respond(body: String(repeating: "x", count: 1_000))
        } test: { bench in
            var request = bench.request()
            request.maxResponseBytes = 1_000
            let answer = try await bench.answer(request)
            #expect(answer.body.count == 1_000)
        }
    }

    @Test("Whole answers have a limit by default")
    func defaultLimit() async throws {
        var configuration = UpstreamConfiguration()
        configuration.maxResponseBytes = 10
        try await withBench(configuration: configuration) {
            $0.connection.respond(body: "01234567890")
        } test: { bench in
            #expect(await bench.failure(bench.request())?.phase == .tooLarge)
            let answer = try await bench.answer(bench.request(.stream))
            #expect(answer.body.count == 11)
        }
    }

    @Test("Faults of some calls do not spread to others")
    func mixed() async throws {
        try await withBench { request in
            switch request.body.text {
            case "close": request.connection.close()
            case "hang": break
            default: request.connection.respond(body: request.body)
            }
        } test: { bench in
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<90 {
                    group.addTask {
                        let kind = ["ok\(index)", "close", "hang"][index % 3]
                        let request = bench.request(
                            body: Array(kind.utf8),
                            timeouts: UpstreamTimeouts(connect: 20_000, firstByte: index % 3 == 2 ? 50 : 20_000))
                        switch index % 3 {
                        case 0: #expect((try? await bench.answer(request))?.body.text == kind)
                        case 1: #expect(await bench.failure(request)?.kind == .reset)
                        default: #expect(await bench.failure(request)?.metricLabel == "first_byte_timeout")
                        }
                    }
                }
            }
        }
    }
}
