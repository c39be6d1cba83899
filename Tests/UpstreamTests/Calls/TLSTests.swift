import Synchronization
import Testing

@testable import Upstream

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    @Test("A call over TLS; the second one on the same connection")
    func call() async throws {
        try await withTLSBench { request in
            request.connection.respond(body: request.body + [0x21])
        } test: { bench in
            let first = try await bench.send(bench.request(body: "hello"))
            #expect(first.status == 200)
            #expect(first.timings.tls > 0)
            #expect(!first.timings.http2)
            #expect(try await first.collect(upTo: 10).text == "hello!")
            let second = try await bench.send(bench.request(body: "again"))
            #expect(second.timings.reusedConnection)
            #expect(second.timings.tls == 0)
            #expect(try await second.collect(upTo: 10).text == "again!")
            #expect(bench.server.connections.count == 1)
        }
    }

    @Test("Calls at once, before anyone knows that the server speaks HTTP/1.1 only", arguments: [true, false])
    func unknownVersion(offersHTTP2: Bool) async throws {
        var configuration = UpstreamConfiguration()
        configuration.http2 = offersHTTP2
        try await withTLSBench(configuration: configuration) { request in
            request.connection.respond(body: request.body)
        } test: { bench in
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        let answer = try? await bench.answer(bench.request(body: "\(index)"))
                        #expect(answer?.body.text == "\(index)")
                    }
                }
            }
        }
    }

    @Test("Large bodies both ways")
    func largeBodies() async throws {
        try await withTLSBench { request in
            request.connection.respond(body: request.body)
        } test: { bench in
            var random = SplitMix64(seed: 11)
            for size in [65_536, 65_537, 2_000_000] {
                let body = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
                let answer = try await bench.answer(bench.request(body: body))
                #expect(answer.body == body, "\(size) bytes")
            }
        }
    }

    @Test("A consumer that does not read is waited for")
    func backpressure() async throws {
        let total = 24 << 20
        try await withTLSBench { request in
            request.connection.respond(body: [UInt8](repeating: 0x78, count: total))
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            await until { bench.client.statistics.pauses > 0 }
            #expect(try await response.collect(upTo: total).count == total)
        }
    }

    @Test("A certificate nobody trusts: a failure of TLS, before anything is sent")
    func untrusted() async throws {
        try await withTLSBench(isTrusted: false) {
            $0.connection.respond(body: "secret")
        } test: { bench in
            let failure = await bench.failure(bench.request())
            #expect(failure?.metricLabel == "connect_tls")
            #expect(failure?.curlCode == 60)
            #expect(failure?.message.contains("127.0.0.1: SSL certificate problem: self-signed certificate") == true)
            #expect(bench.server.connections.map { $0.requests.load(ordering: .sequentiallyConsistent) } == [0])
        }
    }

    @Test("A trusted certificate for another name", arguments: ["DNS:other.example", "DNS:localhost,IP:127.0.0.2"])
    func wrongName(names: String) async throws {
        try await withTLSBench(names: names) {
            $0.connection.respond(body: "secret")
        } test: { bench in
            let failure = await bench.failure(bench.request())
            #expect(failure?.metricLabel == "connect_tls")
            #expect(failure?.curlCode == 60)
            #expect(failure?.message.contains("127.0.0.1") == true)
            #expect(bench.server.connections.map { $0.requests.load(ordering: .sequentiallyConsistent) } == [0])
        }
    }

    @Test("The right name counts, not the address")
    func name() async throws {
        try await withTLSBench(names: "DNS:localhost") {
            $0.connection.respond(body: "ok")
        } test: { bench in
            var request = bench.request()
            request.url = "https://localhost:\(bench.server.port)/"
            let answer = try await bench.answer(request)
            #expect(answer.body.text == "ok")
            #expect(await bench.failure(bench.request())?.kind == .tls)
        }
    }

    @Test("A file of authorities that is not there, or is no such file", arguments: ["/nowhere.pem", "/dev/null"])
    func noAuthorities(file: String) async throws {
        var configuration = UpstreamConfiguration()
        configuration.certificateAuthorityFile = file
        try await withTLSBench(configuration: configuration, isTrusted: false) {
            $0.connection.respond(body: "secret")
        } test: { bench in
            let failure = await bench.failure(bench.request())
            #expect(failure?.metricLabel == "connect_tls")
            #expect(failure?.curlCode == 77)
            #expect(failure?.message.contains(file) == true)
        }
    }

    @Test("A server that answers the handshake in plain text")
    func plainText() async throws {
        try await withBench { _ in
        } test: { bench in
            let server = try await PlainServer.start(answer: "HTTP/1.1 400 Bad Request\r\n\r\n")
            var request = bench.request()
            request.url = "https://127.0.0.1:\(server.port)/"
            let failure = await bench.failure(request)
            #expect(failure?.metricLabel == "connect_tls")
            await server.stop()
        }
    }

    @Test("A server that hangs up during the handshake")
    func hangsUp() async throws {
        try await withBench { _ in
        } test: { bench in
            let server = try await PlainServer.start(answer: nil, closes: true)
            var request = bench.request()
            request.url = "https://127.0.0.1:\(server.port)/"
            let failure = await bench.failure(request)
            #expect(failure?.phase == .connect)
            #expect(failure?.kind == .tls || failure?.kind == .reset)
            await server.stop()
        }
    }

    @Test("A server that never answers the handshake: the connect limit, not a failure of TLS")
    func silent() async throws {
        try await withBench { _ in
        } test: { bench in
            let server = try await PlainServer.start(answer: nil)
            var request = bench.request(timeouts: UpstreamTimeouts(connect: 60))
            request.url = "https://127.0.0.1:\(server.port)/"
            let failure = await bench.failure(request)
            #expect(failure?.metricLabel == "connect_timeout")
            #expect(failure?.message == "no connection to 127.0.0.1 within 60 ms (connect limit)")
            await server.stop()
        }
    }

    @Test("Cut without a farewell", arguments: ["length", "chunks"], [true, false])
    func cut(framing: String, isStream: Bool) async throws {
        try await withTLSBench { request in
            if framing == "chunks" {
                request.connection.startStream()
                request.connection.chunk("half")
            } else {
                request.connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            }
            request.connection.cut()
        } test: { bench in
            let failure = await bench.failure(bench.request(isStream ? .stream : .whole))
            #expect(failure?.metricLabel == "receive_reset")
        }
    }

    /// libcurl does not ask for the farewell of TLS (RFC 8446, section 6.1) when the body has no other end, as many
    /// servers do without; what the body says is then all there is to see a cut by.
    @Test("An answer without length or chunks ends with the connection", arguments: [true, false])
    func closeDelimited(inGoodOrder: Bool) async throws {
        try await withTLSBench { request in
            request.connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nwhole")
            inGoodOrder ? request.connection.close() : request.connection.cut()
        } test: { bench in
            let answer = try await bench.answer(bench.request())
            #expect(answer.body.text == "whole")
        }
    }

    @Test("Cancelling closes the connection")
    func cancel() async throws {
        try await withTLSBench {
            $0.connection.startStream()
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            response.cancel()
            await bench.server.connections[0].closed.wait()
            await #expect(throws: UpstreamFailure.cancelledByCaller) { try await response.next() }
        }
    }
}
