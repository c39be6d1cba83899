import NIOCore
import Testing

@testable import Listener

@Suite("HTTP on the wire")
struct HTTPTests {
    @Test("answers and keeps the connection")
    func keepAlive() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            for body in ["first", "second"] {
                try await client.send(
                    "POST /echo?q=1 HTTP/1.1\r\nhost: a\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
                let text = try await client.receive(of: body)
                #expect(text.contains("HTTP/1.1 200 OK"))
                #expect(text.contains("x-uri: /echo?q=1"))
            }
        }
    }

    @Test("answers pipelined requests in order, although the first takes longest")
    func pipelining() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(
                "GET /held HTTP/1.1\r\nhost: a\r\n\r\nPOST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\ntwo"
                    + "GET /stream HTTP/1.1\r\nhost: a\r\n\r\n")
            try await server.handler.started.futureResult.get()
            #expect(client.received.isEmpty)
            server.handler.release.succeed()
            let text = try await client.receive(of: "data: 2")
            let held = try #require(text.firstRange(of: "held"))
            let two = try #require(text.firstRange(of: "two"))
            let stream = try #require(text.firstRange(of: "data: 0"))
            #expect(held.upperBound < two.lowerBound && two.upperBound < stream.lowerBound)
        }
    }

    @Test("answers a thousand pipelined requests from one packet")
    func manyPipelined() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(String(repeating: "GET /echo HTTP/1.1\r\nhost: a\r\n\r\n", count: 1000))
            let text = try await client.receive(1000, of: "HTTP/1.1 200 OK")
            #expect(text.occurrences(of: "HTTP/1.1 200 OK") == 1000)
        }
    }

    @Test("reads a chunked body, however it is cut")
    func chunked() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            for piece in [
                "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-enc", "oding: chunked\r\n\r\n3\r\nab",
                "c\r\n4\r\ndefg\r\n0",
                "\r\n\r\n",
            ] {
                try await client.send(piece)
            }
            #expect(try await client.receive(of: "abcdefg").contains("content-length: 7"))
        }
    }

    @Test("asks for the body of a request that expects 100-continue")
    func expectContinue() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n")
            #expect(try await client.receive(of: "\r\n\r\n").hasPrefix("HTTP/1.1 100 Continue"))
            try await client.send("body")
            #expect(try await client.receive(of: "body").contains("200 OK"))
        }
    }

    @Test("refuses another expectation")
    func unknownExpectation() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("POST /echo HTTP/1.1\r\nhost: a\r\nexpect: miracles\r\ncontent-length: 4\r\n\r\n")
            #expect(try await client.receiveUntilClosed().hasPrefix("HTTP/1.1 417"))
        }
    }

    @Test("answers an HTTP/1.0 request without chunks and closes")
    func http10() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET /stream HTTP/1.0\r\n\r\n")
            let text = try await client.receiveUntilClosed()
            #expect(text.hasPrefix("HTTP/1.0 200"))
            #expect(!text.contains("transfer-encoding"))
            #expect(text.hasSuffix("data: 0\n\ndata: 1\n\ndata: 2\n\n"))
        }
    }

    @Test("keeps an HTTP/1.0 connection that asks for it")
    func http10KeepAlive() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            let request = "POST /echo HTTP/1.0\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nhi"
            try await client.send(request)
            #expect(try await client.receive(of: "\r\n\r\nhi").contains("connection: keep-alive"))
            try await client.send(request)
            #expect(try await client.receive(2, of: "\r\n\r\nhi").occurrences(of: "200 OK") == 2)
        }
    }

    @Test("answers HEAD with headers only")
    func head() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("HEAD /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            let text = try await client.receiveUntilClosed()
            #expect(text.hasPrefix("HTTP/1.1 200 OK"))
            #expect(text.hasSuffix("\r\n\r\n"))
        }
    }

    @Test("takes the path of an absolute-form request target")
    func absoluteForm() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET http://proxy.example/echo?a=b HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(try await client.receive(of: "\r\n\r\n").contains("x-uri: /echo?a=b"))
        }
    }

    @Test("answers 500 for a handler that forgot to")
    func forgotten() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET /forgotten HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(try await client.receive(of: "\"error\"").hasPrefix("HTTP/1.1 500"))
        }
    }
}
