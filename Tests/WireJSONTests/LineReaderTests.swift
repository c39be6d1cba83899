import Testing
import WireJSON

@Suite("Lines")
struct LineReaderTests {
    private func read(_ bytes: [UInt8], piece: Int, bound: Int = 1 << 20) -> [String] {
        var reader = LineReader(maxLineBytes: bound)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: piece) {
            reader.feed(Array(bytes[start..<min(bytes.count, start + piece)]))
            while let line = reader.next() { lines.append(text(line)) }
        }
        if let last = reader.finish() { lines.append(text(last)) }
        return lines
    }

    @Test("Any split, any line end", arguments: 1..<12)
    func splits(piece: Int) {
        #expect(
            read(utf8("{\"a\":1}\n\r\n{\"é\":2}\r\n\n{}\r[1]\nlast"), piece: piece) == [
                "{\"a\":1}", "{\"é\":2}", "{}", "[1]", "last",
            ])
        #expect(read(utf8("a\nb\n"), piece: piece) == ["a", "b"])
        #expect(read([], piece: piece) == [])
    }

    @Test("Long lines stop the reader")
    func bounds() {
        for piece in [1, 7, 100] {
            #expect(read(utf8("ok\n0123456789x\nmore\n"), piece: piece, bound: 10) == ["ok"])
            #expect(read(utf8("ok\n0123456789\nmore"), piece: piece, bound: 10) == ["ok", "0123456789", "more"])
        }
        var reader = LineReader(maxLineBytes: 4)
        #expect(!reader.isOverlong)
        reader.feed(utf8("12345"))
        #expect(reader.next() == nil)
        #expect(reader.isOverlong)
        #expect(reader.finish() == nil)
    }
}
