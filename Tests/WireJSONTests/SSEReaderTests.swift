import Testing
import WireJSON

@Suite("Server-sent events")
struct SSEReaderTests {
    /// Reads the whole stream in pieces of the given sizes.
    private func read(_ bytes: [UInt8], pieces: (Int) -> Int) throws -> [SSEEvent] {
        var reader = SSEReader()
        var events: [SSEEvent] = []
        var position = 0
        while position < bytes.count {
            let end = min(bytes.count, position + max(1, pieces(position)))
            reader.feed(Array(bytes[position..<end]))
            while let event = try reader.next() { events.append(event) }
            position = end
        }
        if let last = reader.finish() { events.append(last) }
        return events
    }

    private func read(_ stream: String) throws -> [SSEEvent] {
        try read(utf8(stream)) { _ in .max / 2 }
    }

    private func event(_ data: String, _ name: String? = nil) -> SSEEvent {
        SSEEvent(name: name, data: utf8(data))
    }

    private func comment(_ data: String) -> SSEEvent {
        SSEEvent(data: utf8(data), isComment: true)
    }

    @Test("Fields")
    func fields() throws {
        #expect(try read("data: a\n\n") == [event("a")])
        #expect(try read("data:a\n\n") == [event("a")])
        #expect(try read("data:  a \n\n") == [event(" a ")])
        #expect(try read("data: a\ndata\ndata: b\n\n") == [event("a\n\nb")])
        #expect(try read("data\n\n") == [event("")])
        #expect(try read("data:\n\n") == [event("")])
        #expect(try read("event: ping\ndata: {}\n\ndata: x\n\n") == [event("{}", "ping"), event("x")])
        #expect(try read("event:\ndata: x\n\n") == [event("x")])
        #expect(try read("id: 1\nretry: 5\nfoo: bar\ndata: x\nnonsense\n\n") == [event("x")])
        #expect(try read("dataset: x\nDATA: y\n data: z\n\n") == [])
        #expect(try read("event: only\n\ndata: x\n\n") == [event("x")])
        #expect(try read("\n\n\n\n") == [])
    }

    @Test("Comments come at once, even inside an event")
    func comments() throws {
        #expect(try read(": hello\n\n:x\n:\n\n") == [comment("hello"), comment("x"), comment("")])
        #expect(try read("data: a\n: alive\ndata: b\n\n") == [comment("alive"), event("a\nb")])
    }

    @Test("A byte order mark is dropped at the start only")
    func byteOrderMark() throws {
        #expect(try read("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\n") == [event("a")])
    }

    @Test("An event without its blank line comes with the end", arguments: ["data: a", "data: a\n", "data: a\r"])
    func unfinished(stream: String) throws {
        #expect(try read("data: 0\n\n" + stream) == [event("0"), event("a")])
    }

    @Test("An event is there as soon as its last byte is", arguments: ["\n\n", "\r\r", "\r\n\r\n"])
    func latency(end: String) throws {
        var reader = SSEReader()
        for _ in 0..<3 {
            reader.feed(utf8("data: a" + end))
            #expect(try reader.next() == event("a"))
            #expect(try reader.next() == nil)
        }
        #expect(reader.finish() == nil)
    }

    private static let sample =
        "\u{FEFF}: start\n\ndata: {\"a\":\"é\"}\n\nevent: x\ndata: 1\ndata: 2\nid: 7\n\ndata: [DONE]\n\ndata: rest"

    @Test("Every split, every line end", arguments: ["\n", "\r", "\r\n"])
    func splits(lineEnd: String) throws {
        let stream = utf8(
            Self.sample.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: lineEnd))
        let expected = [comment("start"), event("{\"a\":\"é\"}"), event("1\n2", "x"), event("[DONE]"), event("rest")]
        #expect(try read(stream) { _ in 1 } == expected)
        for cut in 0...stream.count {
            #expect(try read(stream) { $0 < cut ? cut - $0 : .max / 2 } == expected)
        }
    }

    @Test("Random streams in random pieces", arguments: 0..<40 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let parts = [
            "data: ", "data:", "event: e", ": c", "\n", "\r", "\r\n", "\n\n", "text", "é", "id: 1", ":", " ",
            "\u{FEFF}",
        ]
        var stream = ""
        for _ in 0..<random.below(200) { stream += random.pick(parts) ?? "" }
        let whole = try read(utf8(stream)) { _ in .max / 2 }
        #expect(try read(utf8(stream)) { _ in 1 } == whole)
        for _ in 0..<5 {
            let pieces = SplitMix64(seed: random.next())
            var source = pieces
            #expect(try read(utf8(stream)) { _ in 1 + source.below(9) } == whole)
        }
    }

    @Test("Events are bounded: one line, many lines, and a line that never ends")
    func bounds() throws {
        let long = String(repeating: "x", count: 100)
        for stream in ["data: \(long)\n\n", "data: xxxxxxxxxxxx\ndata: \(long.prefix(20))\n\n", long] {
            var reader = SSEReader(maxEventBytes: 30)
            reader.feed(utf8("data: fits\n\n" + stream))
            #expect(try reader.next() == event("fits"))
            #expect(throws: SSEError.eventTooLarge(limit: 30)) { try reader.next() }
            reader.feed(utf8("data: more\n\n"))
            #expect(throws: SSEError.eventTooLarge(limit: 30)) { try reader.next() }
            #expect(reader.finish() == nil)
        }
        var reader = SSEReader(maxEventBytes: 30)
        for _ in 0..<1000 { reader.feed(utf8("data: 12345678901234567890\n\n")) }
        for _ in 0..<1000 { #expect(try reader.next() != nil) }
        #expect(try reader.next() == nil)
    }

    @Test("A drip of single bytes costs linear time")
    func drip() throws {
        var reader = SSEReader()
        reader.feed(utf8("data: "))
        for _ in 0..<300_000 {
            reader.feed([0x78])
            #expect(try reader.next() == nil)
        }
        reader.feed([0x0A, 0x0A])
        #expect(try reader.next()?.data.count == 300_000)
    }
}
