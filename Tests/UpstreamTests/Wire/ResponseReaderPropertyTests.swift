import Testing

@testable import Upstream

@Suite("Response reader, at random")
struct ResponseReaderPropertyTests {
    static let samples: [String] = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: 1\r\n\r\nleft over",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\nA: b\n c\nContent-Length: 3\n\nabcdef",
        "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\nuntil the end",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", "nonsense without any line end",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\nno colon here\r\n\r\n",
    ]

    @Test("Every cut in two gives the same result", arguments: samples)
    func cutsInTwo(text: String) {
        let bytes = Array(text.utf8)
        for closes in [true, false] {
            let whole = ReaderScript(bytes, closes: closes)
            for cut in 0...bytes.count {
                #expect(ReaderScript(bytes, cuts: [cut], closes: closes) == whole, "cut at \(cut)")
            }
            #expect(ReaderScript(bytes, cuts: Array(0...bytes.count), closes: closes) == whole, "byte by byte")
        }
    }

    @Test("Random answers come out as they went in, however they are cut")
    func roundTrip() {
        var random = SplitMix64(seed: 41)
        for _ in 0..<400 {
            let size = Int.random(in: 0...600, using: &random)
            let body = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let framed = Self.frame(body, &random)
            let cuts = Self.cuts(framed.bytes.count, &random)
            let answer = ReaderScript(framed.bytes, cuts: cuts, closes: framed.closes)
            #expect(answer.body == body)
            #expect(answer.ending == .complete)
            #expect(answer.rest.isEmpty)
            #expect(answer.keepsAlive == !framed.closes)
        }
    }

    @Test("Damaged answers never trap, and all cuts of one agree")
    func damaged() {
        var random = SplitMix64(seed: 43)
        for _ in 0..<3_000 {
            var bytes = Array((Self.samples.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert([0x0A, 0x0D, 0x20, 0x3A, 0x00].randomElement(using: &random) ?? 0, at: index)
                default: bytes.insert(contentsOf: bytes[index...].prefix(9), at: index)
                }
            }
            let whole = ReaderScript(bytes, closes: true)
            #expect(whole.heads <= 1)
            #expect(whole.ending != .open)
            let cuts = Self.cuts(bytes.count, &random)
            #expect(ReaderScript(bytes, cuts: cuts, closes: true) == whole, "\(bytes) cut at \(cuts)")
        }
    }

    private static func frame(
        _ body: [UInt8], _ random: inout SplitMix64
    ) -> (bytes: [UInt8], closes: Bool) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            return (Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body, false)
        case 1:
            return (Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8) + body, true)
        default:
            var bytes = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
            var rest = body[...]
            while !rest.isEmpty {
                let part = rest.prefix(Int.random(in: 1...80, using: &random))
                bytes += Array((String(part.count, radix: 16, uppercase: Bool.random(using: &random)) + "\r\n").utf8)
                bytes += part + [0x0D, 0x0A]
                rest = rest.dropFirst(part.count)
            }
            return (bytes + Array("0\r\n\r\n".utf8), false)
        }
    }

    private static func cuts(_ count: Int, _ random: inout SplitMix64) -> [Int] {
        (0..<Int.random(in: 0...12, using: &random)).map { _ in Int.random(in: 0...count, using: &random) }.sorted()
    }
}
