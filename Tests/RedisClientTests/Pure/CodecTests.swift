import NIOCore
import Testing

@testable import RedisClient

@Suite("RESP2")
struct CodecTests {
    @Test(
        "commands are arrays of bulk strings",
        arguments: [
            (RedisCommand.arguments(["GET", "a"]), "*2\r\n$3\r\nGET\r\n$1\r\na\r\n"),
            (.arguments(["", .bytes([0x41, 0x0D])]), "*2\r\n$0\r\n\r\n$2\r\nA\r\r\n"),
            (.arguments([0, -1, 9, 10, -10]), "*5\r\n$1\r\n0\r\n$2\r\n-1\r\n$1\r\n9\r\n$2\r\n10\r\n$3\r\n-10\r\n"),
            (
                .arguments([.integer(.min), .integer(.max)]),
                "*2\r\n$20\r\n-9223372036854775808\r\n$19\r\n9223372036854775807\r\n"
            ),
            (.arguments(["ä"]), "*1\r\n$2\r\nä\r\n"),
            (
                .script(RedisScript("return 1"), keys: ["k"], arguments: [2], bySource: false),
                "*5\r\n$7\r\nEVALSHA\r\n$40\r\ne0e1f9fabfc9d4800c877a703b823ac0578ff8db\r\n"
                    + "$1\r\n1\r\n$1\r\nk\r\n$1\r\n2\r\n"
            ),
            (
                .script(RedisScript("return 1"), keys: [], arguments: [], bySource: true),
                "*3\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n0\r\n"
            ),
        ])
    func commands(command: RedisCommand, expected: String) {
        var bytes = ByteBuffer()
        bytes.writeCommand(command)
        #expect(String(buffer: bytes) == expected)
    }

    private static let replies: [(String, RedisReply)] = [
        ("+OK\r\n", .status("OK")),
        ("-ERR no\r\n", .error(RedisServerError("ERR no"))),
        (":-42\r\n", .integer(-42)),
        ("$5\r\na\r\nbc\r\n", .bulk(Array("a\r\nbc".utf8))),
        ("$0\r\n\r\n", .bulk([])),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("*0\r\n", .array([])),
        (
            "*3\r\n*2\r\n:1\r\n*0\r\n$1\r\nx\r\n-E\r\n",
            .array([.array([.integer(1), .array([])]), .bulk([0x78]), .error(RedisServerError("E"))])
        ),
    ]

    @Test("replies are read however their bytes are cut", arguments: 1...12)
    func replies(chunk: Int) throws {
        let reader = try #require(ReplyReader(maxBytes: 1024, maxElements: 64))
        let bytes = Array(Self.replies.map(\.0).joined().utf8)
        var read: [RedisReply] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try reader.feed(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + chunk)]))
            while let reply = try reader.next() { read.append(reply) }
        }
        #expect(read == Self.replies.map(\.1))
    }

    @Test(
        "what is not RESP2, too deep or too large ends the reading",
        arguments: [
            "x\r\n", "\r\n", "HTTP/1.1 400 Bad Request\r\n", ":12a\r\n", ":99999999999999999999\r\n", "$-2\r\n",
            "*-2\r\n", "$x\r\n", "*2147483647\r\n", "*99999999999\r\n", "*65\r\n", "$9223372036854775807\r\n:\r\n",
            String(repeating: "*1\r\n", count: 12), "+" + String(repeating: "a", count: 2000),
            "$2000\r\n" + String(repeating: "a", count: 1500),
            "*40\r\n" + String(repeating: "$100\r\n" + String(repeating: "a", count: 100) + "\r\n", count: 12),
        ])
    func violations(text: String) throws {
        let reader = try #require(ReplyReader(maxBytes: 1024, maxElements: 64))
        var isRefused = false
        do throws(ReplyViolation) {
            // Byte after byte, so that sizes are checked before all is there.
            for byte in text.utf8 {
                try reader.feed(ByteBuffer(bytes: [byte]))
                while try reader.next() != nil {}
            }
        } catch {
            isRefused = true
            #expect(!error.reason.isEmpty)
        }
        // An announced length alone is no memory; it is refused when the bytes come.
        #expect(isRefused || text.hasPrefix("$9223"))
    }

    @Test("random bytes never crash the reader", arguments: 1...20)
    func garbage(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("+-:$*0123456789\r\n\r\nab\0".utf8) + [0xFF]
        for _ in 0..<500 {
            let reader = try #require(ReplyReader(maxBytes: 4096, maxElements: 256))
            let bytes = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            do throws(ReplyViolation) {
                try reader.feed(ByteBuffer(bytes: bytes))
                var count = 0
                while try reader.next() != nil { count += 1 }
                #expect(count <= bytes.count)
            } catch {
                #expect(!error.reason.isEmpty)
            }
        }
    }
}
