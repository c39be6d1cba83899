import NIOCore
import Synchronization
import Testing

@testable import Upstream

@Suite("Calls", .timeLimit(.minutes(1)))
struct CallTests {
    @Test("A whole answer arrives with head and body")
    func whole() async throws {
        try await withBench { request in
            request.connection.respond(
                201, headers: ["X-Echo: \(request.method) \(request.target)"], body: request.body + [0x21])
        } test: { bench in
            let response = try await bench.send(bench.request(body: Array("hello".utf8)))
            #expect(response.status == 201)
            #expect(response.rawHeaders.text == "Content-Length: 6\r\nX-Echo: POST /v1/chat\r\n")
            #expect(try await response.collect(upTo: 100).text == "hello!")
            #expect(try await response.next() == nil)
            #expect(!response.timings.reusedConnection)
            #expect(!response.timings.http2)
            #expect(response.timings.firstByte > 0)
        }
    }

    @Test("What the provider sees: only what was asked for")
    func head() async throws {
        let seen = Mutex<String>.Box("")
        try await withBench { request in
            seen.value.withLock { $0 = request.head }
            request.connection.respond(body: "")
        } test: { bench in
            var request = bench.request(body: Array("{}".utf8))
            request.headers = try UpstreamHeaders([("Authorization", "Bearer k"), ("Content-Type", "application/json")])
            request.extraHeaders = [("X-One", "1"), ("X-Empty", "")]
            _ = try await bench.answer(request)
            let lines = seen.value.withLock { $0 }.split(separator: "\r\n").map(String.init)
            #expect(
                lines.sorted() == [
                    "Accept: */*", "Authorization: Bearer k", "Content-Length: 2", "Content-Type: application/json",
                    "Host: 127.0.0.1:\(bench.server.port)", "POST /v1/chat HTTP/1.1", "User-Agent: martlet", "X-Empty:",
                    "X-One: 1",
                ])
            // The extra headers of one request do not stick to the next one on the same handle.
            request.extraHeaders = []
            _ = try await bench.answer(request)
            #expect(!seen.value.withLock { $0 }.contains("X-One"))
        }
    }

    @Test("Methods, in turns on one handle", arguments: ["GET", "HEAD", "POST", "DELETE", "PUT", "PATCH"])
    func methods(other: String) async throws {
        try await withBench { request in
            let length = request.header("content-length") ?? "none"
            let body = request.method == "HEAD" ? "" : "\(request.method) \(length) \(request.body.text)"
            request.connection.respond(headers: ["X-Method: \(request.method)"], body: body)
        } test: { bench in
            for method in ["POST", other, "GET", other, "POST"] {
                let body = ["GET", "HEAD", "DELETE"].contains(method) ? "" : "data"
                var request = bench.request(body: Array(body.utf8))
                request.method = method
                let answer = try await bench.answer(request)
                #expect(answer.rawHeaders.text.contains("X-Method: \(method)\r\n"))
                let expected = method == "HEAD" ? "" : body.isEmpty ? "\(method) none " : "\(method) 4 data"
                #expect(answer.body.text == expected)
            }
        }
    }

    @Test("A POST without a body has a length of zero")
    func emptyPost() async throws {
        try await withBench { request in
            request.connection.respond(body: request.header("content-length") ?? "none")
        } test: { bench in
            let answer = try await bench.answer(bench.request(body: []))
            #expect(answer.body.text == "0")
        }
    }

    @Test("Calls one after the other use one connection")
    func reuse() async throws {
        try await withBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            for index in 0..<20 {
                let response = try await bench.send(bench.request())
                #expect(response.timings.reusedConnection == (index > 0))
                #expect(try await response.collect(upTo: 10).text == "ok")
            }
            #expect(bench.server.connections.count == 1)
            #expect(bench.client.statistics.connectionsOpened == 1)
            #expect(bench.client.statistics.transfers == 20)
        }
    }

    @Test("A connection the provider closed meanwhile is not used again")
    func staleConnection() async throws {
        try await withBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            _ = try await bench.answer(bench.request())
            let first = bench.server.connections[0]
            first.close()
            await first.closed.wait()
            let answer = try await bench.answer(bench.request())
            #expect(answer.body.text == "ok")
            #expect(bench.server.connections.count == 2)
        }
    }

    @Test("Redirects are answers like any other")
    func redirect() async throws {
        try await withBench { request in
            request.connection.respond(302, headers: ["Location: /elsewhere"], body: "moved")
        } test: { bench in
            let answer = try await bench.answer(bench.request())
            #expect(answer.status == 302)
            #expect(answer.body.text == "moved")
            #expect(bench.server.connections[0].requests.load(ordering: .sequentiallyConsistent) == 1)
        }
    }

    @Test("Compressed bytes are passed on as they are")
    func noDecoding() async throws {
        try await withBench { request in
            #expect(request.header("accept-encoding") == nil)
            request.connection.respond(headers: ["Content-Encoding: gzip"], body: [0x1F, 0x8B, 0x00])
        } test: { bench in
            let answer = try await bench.answer(bench.request())
            #expect(answer.body == [0x1F, 0x8B, 0x00])
        }
    }

    @Test("Large bodies both ways, on new and on reused connections")
    func largeBodies() async throws {
        try await withBench { request in
            request.connection.respond(body: request.body)
        } test: { bench in
            var random = SplitMix64(seed: 3)
            for size in [0, 1, 65_535, 65_536, 65_537, 3_000_000, 10, 1_000_000] {
                let body = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
                let answer = try await bench.answer(bench.request(body: body))
                #expect(answer.body == body, "\(size) bytes")
            }
            #expect(bench.server.connections.count == 1)
        }
    }

    @Test("Fetching a document")
    func fetch() async throws {
        try await withBench { request in
            request.connection.respond(body: request.method + " " + request.target)
        } test: { bench in
            let answer = try await bench.client.fetch(
                url: "http://127.0.0.1:\(bench.server.port)/keys?x=1", maxBytes: 100, allowPrivateNetwork: true,
                on: bench.loop)
            #expect(answer.status == 200)
            #expect(answer.body.text == "GET /keys?x=1")
        }
    }

    @Test(
        "Requests that are no requests",
        arguments: ["ftp://127.0.0.1/", "127.0.0.1", "http://127.0.0.1/ x", "http://127.0.0.1:99999/", "http://[::1/"])
    func badURL(url: String) async throws {
        try await withBench {
            $0.connection.respond(body: "")
        } test: { bench in
            var request = bench.request()
            request.url = url
            #expect(await bench.failure(request)?.phase == .protocolError)
        }
    }

    @Test("Headers and methods that would split the request are refused")
    func injection() async throws {
        try await withBench {
            $0.connection.respond(body: "")
        } test: { bench in
            var request = bench.request()
            request.extraHeaders = [("X", "a\r\nY: b")]
            #expect(await bench.failure(request)?.phase == .protocolError)
            request.extraHeaders = []
            request.method = "GET / HTTP/1.1\r\nX:"
            #expect(await bench.failure(request)?.phase == .protocolError)
            #expect(bench.server.connections.isEmpty)
        }
    }
}
