import Testing
import WireJSON

@testable import Ledger

@Suite struct DecodedStringTests {
    private func decode(_ content: String) -> (text: String, source: (Range<Int>) -> String) {
        let bytes = Array(content.utf8)
        let decoded = bytes.withUnsafeBufferPointer { DecodedString(ScanBytes($0), 0..<bytes.count) }
        return (
            String(decoding: decoded.bytes, as: UTF8.self),
            { String(decoding: bytes[decoded.source($0)], as: UTF8.self) }
        )
    }

    @Test(arguments: [
        "", "plain", #"\n\r\t\b\f\/\\\""#, #"\u0040"#, #"a\u00e9b"#, #"\ud83d\ude00!"#, "é🐦", #"\u0000"#,
        #"\uD83D\uDE00x\u20AC"#,
    ])
    func readsAsTheParserDoes(content: String) throws {
        #expect(try JSONValue(parsing: "\"\(content)\"").stringValue == decode(content).text)
    }

    @Test func escapesAreTakenWhole() {
        let decoded = decode(#"a\u0040b\ud83d\ude00\n"#)
        #expect(decoded.text == "a@b😀\n")
        #expect(decoded.source(0..<1) == "a")
        #expect(decoded.source(1..<2) == #"\u0040"#)
        #expect(decoded.source(0..<3) == #"a\u0040b"#)
        #expect(decoded.source(3..<7) == #"\ud83d\ude00"#)
        #expect(decoded.source(7..<8) == #"\n"#)
        #expect(decoded.source(8..<8) == "")
        #expect(decoded.source(0..<99) == "")
    }

    @Test(arguments: [#"\ud83d"#, #"\ud83d\u0041"#, #"\"#, #"\u12"#, #"\ude00"#])
    func brokenEscapesDoNotTrap(content: String) {
        let decoded = decode(content)
        #expect(!decoded.text.isEmpty)
    }
}
