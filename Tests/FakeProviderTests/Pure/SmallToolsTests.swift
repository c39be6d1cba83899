import Testing

@testable import FakeProvider

@Suite("Small tools")
struct SmallToolsTests {
    @Test(
        "Base64 of RFC 4648 section 10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(plain: String, coded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == coded)
        #expect(Base64.decode(coded) == Array(plain.utf8))
    }

    @Test("Base64 of random bytes returns to them", arguments: 0..<20 as Range<UInt64>)
    func base64RoundTrip(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<Int(seed) * 7).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }

    @Test("What is no base64 decodes to nil", arguments: ["a", "a=b=", "ab!d", "Zg==Zg"])
    func badBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("Base64 may be wrapped and may use the URL alphabet")
    func lenientBase64() {
        #expect(Base64.decode("Zm9v\r\nYmFy") == Array("foobar".utf8))
        #expect(Base64.decode("-_8=") == [0xFB, 0xFF])
    }

    @Test(
        "Percent decoding",
        arguments: [
            ("a%20b", "a b"), ("%C3%A9", "é"), ("100%", "100%"), ("%zz", "%zz"), ("%2", "%2"), ("plain", "plain"),
        ])
    func percent(text: String, decoded: String) {
        #expect(PercentCoding.decode(text) == decoded)
    }

    @Test("Header lookups ignore case; setting replaces")
    func headers() {
        var headers = [FakeHeader("Content-Type", "a"), FakeHeader("X", "1"), FakeHeader("x", "2")]
        #expect(headers.first("content-type") == "a")
        #expect(headers.first("nope") == nil)
        headers.set("x", "3")
        #expect(headers == [FakeHeader("Content-Type", "a"), FakeHeader("x", "3")])
    }

    @Test(
        "Waits are printed as Go prints durations",
        arguments: [
            (0, "0s"), (120, "0.12s"), (1500, "1.5s"), (2000, "2s"), (72_000, "1m12s"), (3_600_000, "1h0m0s"),
            (26_000_000, "7h13m20s"), (61_050, "1m1.05s"),
        ] as [(Int, String)])
    func durations(milliseconds: Int, text: String) {
        var failure = FakeFailure(kind: .rateLimit)
        failure.retry = milliseconds
        #expect(failure.retryDuration == text)
    }

    @Test("Whole seconds of a wait are rounded up")
    func seconds() {
        var failure = FakeFailure(kind: .rateLimit)
        failure.retry = 1001
        #expect(failure.retrySeconds == 2)
        failure.retry = 1000
        #expect(failure.retrySeconds == 1)
    }

    @Test("Four bytes are a token", arguments: [(0, 0), (1, 1), (4, 1), (5, 2), (400, 100)] as [(Int, Int)])
    func tokens(bytes: Int, tokens: Int) {
        #expect(FakeTokens.count(bytes: bytes) == tokens)
    }

    @Test("A frame buffer gives its pieces back and drops kinds")
    func frames() {
        var buffer = FrameBuffer()
        buffer.add(.opening) { $0.add("a") }
        buffer.add(.content) { $0.add("bb") }
        buffer.add(.marker) { $0.add("c") }
        #expect(buffer.contentFrames == 1)
        #expect(buffer.pieces.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a", "bb", "c"])
        let rest = buffer.dropping { $0 == .marker }
        #expect(rest.bytes == Array("abb".utf8))
        #expect(rest.frames.map(\.kind) == [.opening, .content])
    }

    @Test("A closed port is a port, and two are different")
    func closedPorts() throws {
        let first = try ClosedPort()
        let second = try ClosedPort()
        #expect((1...65535).contains(first.port))
        #expect(first.port != second.port)
    }
}
