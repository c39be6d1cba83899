import Testing

@testable import Upstream

@Suite("Response reader")
struct ResponseReaderTests {
    @Test("A body of known length")
    func length() {
        let answer = ReaderScript("HTTP/1.1 201 Created\r\nA: 1\r\nContent-Length: 5\r\n\r\nhello")
        #expect(answer.status == 201)
        #expect(answer.fields == "A: 1\r\nContent-Length: 5\r\n")
        #expect(answer.length == 5)
        #expect(answer.body.text == "hello")
        #expect(answer.ending == .complete)
        #expect(answer.keepsAlive)
        #expect(answer.heads == 1)
    }

    @Test("Chunks with extensions and trailers")
    func chunks() {
        let answer = ReaderScript(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n00A;x=\"y\";z\r\n, chunked!\r\n"
                + "1 \t;a\r\n?\r\n0;last\r\nTrailer: t\r\nX: y\r\n\r\n")
        #expect(answer.body.text == "hello, chunked!?")
        #expect(answer.ending == .complete)
        #expect(answer.keepsAlive)
        #expect(answer.fields == "Transfer-Encoding: Chunked\r\n")
    }

    @Test("Without length or chunks the body ends with the connection")
    func untilClose() {
        let text = "HTTP/1.1 200 OK\r\nA: 1\r\n\r\nall of it"
        #expect(ReaderScript(text).ending == .open)
        let answer = ReaderScript(text, closes: true)
        #expect(answer.body.text == "all of it")
        #expect(answer.ending == .complete)
        #expect(!answer.keepsAlive)
    }

    @Test("Answers that have no body whatever their head says", arguments: [204, 304, 200])
    func bodyless(status: Int) {
        for field in ["Content-Length: 100", "Transfer-Encoding: chunked", "A: 1"] {
            let answer = ReaderScript("HTTP/1.1 \(status) X\r\n\(field)\r\n\r\n", isHead: status == 200)
            #expect(answer.ending == .complete, "\(field)")
            #expect(answer.keepsAlive)
        }
    }

    @Test("Interim responses leave no trace")
    func interim() {
        let answer = ReaderScript(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\nContent-Length: 9\r\n folded\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
        #expect(answer.heads == 1)
        #expect(answer.status == 200)
        #expect(answer.fields == "Content-Length: 1\r\n")
        #expect(answer.ending == .complete)
    }

    @Test("A protocol nobody asked for")
    func switching() {
        #expect(ReaderScript("HTTP/1.1 101 Switching Protocols\r\n\r\n").ending == .failed(.switchedProtocols))
    }

    @Test(
        "Whether the connection may be used again",
        arguments: [
            ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
            ("HTTP/1.1", "connection: Keep-Alive, CLOSE\r\n", false),
            ("HTTP/1.1", "Connection: close\r\nConnection: keep-alive\r\n", false), ("HTTP/1.0", "", false),
            ("HTTP/1.0", "Connection: keep-alive\r\n", true), ("HTTP/1.0", "Connection: closed\r\n", false),
            ("HTTP/1.7", "", true), ("HTTP/1.1", "Connection: \r\n", true), ("HTTP/1.1", "Connection: ,x,\r\n", true),
        ])
    func keepAlive(version: String, field: String, expected: Bool) {
        let answer = ReaderScript("\(version) 200 OK\r\n\(field)Content-Length: 0\r\n\r\n")
        #expect(answer.ending == .complete)
        #expect(answer.keepsAlive == expected)
    }

    @Test("Chunks besides a length, or from HTTP/1.0, are read, but the connection is not trusted any more")
    func doubtfulFraming() {
        let chunks = "Transfer-Encoding: chunked\r\n"
        for head in ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n"] {
            let answer = ReaderScript(head + chunks + "\r\n1\r\nx\r\n0\r\n\r\n")
            #expect(answer.body.text == "x")
            #expect(answer.length == nil)
            #expect(answer.ending == .complete)
            #expect(!answer.keepsAlive)
        }
    }

    @Test("Repeated lengths that agree are one")
    func repeatedLength() {
        for fields in ["Content-Length: 2\r\nContent-Length: 2", "Content-Length: 2, 2 ,\t2", "content-LENGTH:2"] {
            #expect(ReaderScript("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\nok").body.text == "ok")
        }
    }

    @Test("Bare line feeds become CR LF, folded lines are joined")
    func repairs() {
        let answer = ReaderScript("HTTP/1.1 200\nA: 1\nB: start\r\n  rest\r\nContent-Length: 0\n\n")
        #expect(answer.fields == "A: 1\r\nB: start  rest\r\nContent-Length: 0\r\n")
        #expect(answer.ending == .complete)
    }

    @Test("What comes after the end is left alone")
    func rest() {
        let answer = ReaderScript("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n")
        #expect(answer.body.text == "ok")
        #expect(answer.rest.text == "HTTP/1.1 200 OK\r\n\r\n")
    }

    @Test(
        "What is no answer",
        arguments: [
            ("garbage\r\n\r\n", .notHTTP), ("\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", .notHTTP), ("S", .notHTTP),
            ("HTTP/2 200\r\n", .notHTTP), ("http/1.1 200 OK\r\n", .notHTTP), ("HTTP\n", .notHTTP),
            ("HTTP/1.1 abc\r\n", .badStatusLine), ("HTTP/1.1  200 OK\r\n", .badStatusLine),
            ("HTTP/1.1 2000 OK\r\n", .badStatusLine), ("HTTP/1.1 20\r\n", .badStatusLine),
            ("HTTP/1.x 200\r\n", .badStatusLine), ("HTTP/1.1 099 x\r\n", .badStatusLine),
            ("HTTP/1.1 200 OK\r\nno colon\r\n", .badField), ("HTTP/1.1 200 OK\r\n: v\r\n", .badField),
            ("HTTP/1.1 200 OK\r\nA : v\r\n", .badField), ("HTTP/1.1 200 OK\r\n folded\r\n", .badField),
            ("HTTP/1.1 200 OK\r\nA: \u{0}\r\n", .badField), ("HTTP/1.1 200 OK\r\nA: x\ry\r\n", .badField),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 2\r\n", .badField),
            ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", .badLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n", .badLength),
            ("HTTP/1.1 200 OK\r\nContent-Length:\r\n", .badLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1,\r\n", .badLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0x10\r\n", .badLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n", .badLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n", .conflictingLengths),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n", .conflictingLengths),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n", .badTransferCoding),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", .badTransferCoding),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n", .badTransferCoding),
        ] as [(String, ResponseFault)])
    func faults(text: String, fault: ResponseFault) {
        let answer = ReaderScript(text)
        #expect(answer.ending == .failed(fault))
        #expect(!answer.keepsAlive)
        #expect(!fault.reason.isEmpty)
    }

    @Test(
        "Chunks that are none",
        arguments: [
            "zz\r\n", "\r\n", ";x\r\n", "-1\r\n", "0x5\r\nhello", "5\nhello", "5\r\nhelloX", "5\r\nhello\n", "5 5\r\n",
            "5;a\rb\r\n", "ffffffffffffffff\r\n", "5\r\nhello\rX",
        ])
    func badChunks(text: String) {
        let answer = ReaderScript("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + text)
        #expect(answer.ending == .failed(.badChunk))
        #expect(ResponseFault.badChunk.isBroken)
    }

    @Test("The connection ends too early", arguments: [0, 5, 17, 36, 38, 45, 57])
    func cut(count: Int) {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789"
        let answer = ReaderScript(Array(text.utf8.prefix(count)), closes: true)
        #expect(answer.ending == .failed(.cut))
        #expect(answer.heads == (count > 38 ? 1 : 0))
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n"
        #expect(ReaderScript(Array(chunked.utf8.prefix(count)), closes: true).ending == .failed(.cut))
    }

    @Test("Heads, trailers and lines of chunks are bounded, however they come")
    func bounds() {
        let line = "X: " + String(repeating: "x", count: 1_000) + "\r\n"
        let lines = String(repeating: line, count: 300)
        #expect(ReaderScript("HTTP/1.1 200 OK\r\n" + lines).ending == .failed(.headTooLarge))
        let endless = "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 300_000)
        #expect(ReaderScript(endless).ending == .failed(.headTooLarge))
        #expect(ReaderScript(endless, cuts: [100_000, 200_000]).ending == .failed(.headTooLarge))
        let interim = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 20_000)
        #expect(ReaderScript(interim).ending == .failed(.headTooLarge))
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(ReaderScript(chunked + "0\r\n" + lines).ending == .failed(.headTooLarge))
        let extended = "1;" + String(repeating: "x", count: 5_000)
        #expect(ReaderScript(chunked + extended).ending == .failed(.badChunk))
        #expect(ReaderScript(chunked + extended + "\r\n").ending == .failed(.badChunk))
        // But a stream may have as many chunks as it likes.
        let many = String(repeating: "1;abcdefgh\r\nx\r\n", count: 40_000)
        #expect(ReaderScript(chunked + many + "0\r\n\r\n").body.count == 40_000)
    }
}
