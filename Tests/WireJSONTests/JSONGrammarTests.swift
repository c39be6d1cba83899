import Testing
import WireJSON

@Suite("JSON grammar")
struct JSONGrammarTests {
    @Test(
        "Valid documents",
        arguments: [
            "{}", "[]", "\"\"", "0", "-0", "-0.0e-0", "1E+2", "true", "false", "null", " \t\r\n{ } \n",
            #"{"a":[1,{"b":[]},"c"],"":null}"#, "[[[[]]]]", #""\"\\\/\b\f\n\r\t\u0041\uD83D\uDE00""#, "\"\u{7F}\"",
            "123456789012345678901234567890", #"{"é":"日本語 😀"}"#, #"{"a":1,"A":2}"#, #""\u0000""#,
        ])
    func valid(document: String) {
        #expect(fault(in: utf8(document)) == nil)
    }

    @Test(
        "Invalid documents and what is wrong with them",
        arguments: [
            ("", JSONError.Kind.unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("{", .unexpectedEnd, 1),
            ("[1,", .unexpectedEnd, 3), ("[1,]", .unexpectedByte, 3), ("[,1]", .unexpectedByte, 1),
            ("{,}", .unexpectedByte, 1), (#"{"a"}"#, .unexpectedByte, 4), (#"{"a":}"#, .unexpectedByte, 5),
            (#"{"a":1,}"#, .unexpectedByte, 7), (#"{"a":1 "b":2}"#, .unexpectedByte, 7), ("{a:1}", .unexpectedByte, 1),
            ("[1 2]", .unexpectedByte, 3), ("[1}", .unexpectedByte, 2), (#"{"a":1]"#, .unexpectedByte, 6),
            ("]", .unexpectedByte, 0), ("tru", .unexpectedEnd, 3), ("trux", .unexpectedByte, 3),
            ("nulL", .unexpectedByte, 3), ("'a'", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0),
            ("+1", .unexpectedByte, 0), (".5", .unexpectedByte, 0), ("-", .unexpectedEnd, 1), ("-a", .badNumber, 1),
            ("01", .badNumber, 1), ("-01", .badNumber, 2), ("1.", .unexpectedEnd, 2), ("1.x", .badNumber, 2),
            ("1e", .unexpectedEnd, 2), ("1e+", .unexpectedEnd, 3), ("[1e+]", .badNumber, 4), ("1 1", .trailingBytes, 2),
            ("1x", .trailingBytes, 1), ("{}{}", .trailingBytes, 2), ("/* c */1", .unexpectedByte, 0),
            ("\"abc", .unexpectedEnd, 4), ("\"a\nb\"", .controlCharacter, 2), ("\"a\u{0}b\"", .controlCharacter, 2),
            (#""\x41""#, .badEscape, 1), (#""\u12G4""#, .badEscape, 1), (#""\u123"#, .unexpectedEnd, 1),
            (#""\uD800""#, .badEscape, 1), (#""\uDC00""#, .badEscape, 1), (#""\uD800\n""#, .badEscape, 1),
            (#""\uD800\uD800""#, .badEscape, 1), (#""\uDE00\uD83D""#, .badEscape, 1), (#""\"#, .unexpectedEnd, 1),
            ("\u{FEFF}{}", .unexpectedByte, 0), ("\u{0}", .unexpectedByte, 0), ("[\u{A0}]", .unexpectedByte, 1),
        ])
    func invalid(document: String, kind: JSONError.Kind, offset: Int) throws {
        let error = try #require(fault(in: utf8(document)))
        #expect(error.kind == kind)
        #expect(error.offset == offset)
        #expect(!error.message.isEmpty)
    }

    @Test("A scan for members needs an object", arguments: ["[]", "1", "\"a\"", "null", "[{\"a\":1}]", " true "])
    func notAnObject(document: String) {
        #expect(scanFault(in: utf8(document))?.kind == .notAnObject)
    }

    @Test("An empty body has no members")
    func emptyBody() {
        #expect(scanFault(in: [])?.kind == .unexpectedEnd)
    }

    @Test("Faults at every alignment of the word-wise search")
    func alignments() {
        for length in 0..<40 {
            let run = String(repeating: "x", count: length)
            #expect(fault(in: utf8("\"\(run)\"")) == nil)
            #expect(fault(in: utf8("\"\(run)\u{1F}\(run)\""))?.offset == length + 1)
            #expect(fault(in: utf8("\"\(run)\\q\(run)\""))?.offset == length + 1)
            #expect(fault(in: utf8("\"") + utf8(run) + [0xFF] + utf8(run) + utf8("\""))?.offset == length + 1)
            #expect(fault(in: utf8("\"\(run)\"\(run)x"))?.kind == .trailingBytes)
        }
    }

    @Test(
        "Bad UTF-8, in names and values",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE1, 0x80], [0xE1, 0x80, 0x41], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF1, 0x80, 0x80], [0xF1, 0x80, 0x80, 0x41], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]])
    func badUTF8(sequence: [UInt8]) {
        for run in 0..<9 {
            let filler = Array(repeating: UInt8(ascii: "a"), count: run) + utf8("é")
            let value = utf8("{\"a\":\"") + filler + sequence + utf8("\"}")
            #expect(scanFault(in: value)?.kind == .badUTF8)
            #expect(scanFault(in: value)?.offset == 6 + filler.count)
            #expect(scanFault(in: value)?.path == "a")
            let name = utf8("{\"") + filler + sequence + utf8("\":1}")
            #expect(scanFault(in: name)?.kind == .badUTF8)
        }
        #expect(fault(in: utf8("\"") + sequence)?.kind == .badUTF8)
    }

    @Test(
        "Borders of well-formed UTF-8",
        arguments: [
            0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x3FFFF, 0x40000, 0x10FFFF,
        ] as [UInt32])
    func goodUTF8(scalar: UInt32) throws {
        let text = String(Character(try #require(Unicode.Scalar(scalar))))
        #expect(try JSONValue(parsing: "\"\(text)\"") == .string(text))
    }
}
