import NIOCore
import Testing

@testable import Listener

@Suite("Hostile bytes")
struct FuzzTests {
    /// SplitMix64 (Steele, Lea, Flood 2014).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let seeds = [
        "GET /echo HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\nabc",
        "GET /stream HTTP/1.0\r\nconnection: keep-alive\r\n\r\n",
        "GET http://a.example/echo HTTP/1.1\r\nhost: a\r\n\r\n",
        "CONNECT a.example:443 HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET /echo HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ]

    /// Flips, removes, repeats and inserts bytes, and cuts the end off.
    private static func damaged(_ text: String, using random: inout Generator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
            case 3: bytes.insert([0, 10, 13, 32, 58, 255].randomElement(using: &random) ?? 0, at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    @Test("no bytes end the server, and every connection ends or is answered", arguments: 1...8)
    func survives(seed: Int) async throws {
        try await TestServer.run({
            $0.headDeadline = .milliseconds(40)
            $0.bodyStallDeadline = .milliseconds(40)
            $0.idleTimeout = .milliseconds(40)
            $0.lingerDeadline = .milliseconds(40)
        }) { server in
            var random = Generator(state: UInt64(seed))
            for _ in 0..<40 {
                let client = try await RawClient.connect(port: server.port)
                let seedText = Self.seeds.randomElement(using: &random) ?? ""
                let bytes = Self.damaged(seedText, using: &random)
                try? await client.channel.writeAndFlush(ByteBuffer(bytes: bytes))
                let text = try await client.receiveUntilClosed()
                #expect(
                    !text.hasSuffix("<timeout>"),
                    "left open after \(String(decoding: bytes, as: UTF8.self).debugDescription)")
                #expect(text.isEmpty || text.hasPrefix("HTTP/1."))
            }
            #expect(try await isAlive(server))
        }
    }

    /// Asks until it is answered: on a busy machine the short deadlines of this test can hit an honest request, too.
    private func isAlive(_ server: TestServer) async throws -> Bool {
        for _ in 0..<50 {
            let client = try await RawClient.connect(port: server.port)
            try? await client.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nalive")
            if try await client.receive(of: "alive").contains("200 OK") { return true }
        }
        return false
    }

    @Test("two lengths in one request are refused: proxies in front may believe the other one")
    func smuggling() async throws {
        for head in [
            "content-length: 5\r\ntransfer-encoding: chunked", "content-length: 5\r\ncontent-length: 6",
            "transfer-encoding: chunked, identity", "content-length: +5", "content-length: 5, 5",
        ] {
            try await TestServer.run { server in
                let client = try await RawClient.connect(port: server.port)
                try await client.send("POST /echo HTTP/1.1\r\nhost: a\r\n\(head)\r\n\r\n0\r\n\r\n")
                let text = try await client.receive { text, closed in closed || text.contains("\r\n\r\n") }
                #expect(text.hasPrefix("HTTP/1.1 400"), "\(head): \(text.prefix(40))")
            }
        }
    }
}
