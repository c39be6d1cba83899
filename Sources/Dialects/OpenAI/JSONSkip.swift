import WireJSON

/// Validating steps over JSON text, for ``AnswerTape``: each starts at a position and moves it behind what
/// it read.
///
/// Not `JSONMembers`, because a chunk of a stream must cost well under a microsecond: nothing here
/// allocates, and names are only compared where the relay looks at them. A lone surrogate escape is let
/// through: some providers cut a pair in two between chunks, and a client that joins the texts is fine.
enum JSONSkip {
    private static let maxDepth = 128

    @inline(__always) static func whitespace(_ bytes: Span<UInt8>, _ position: Int) -> Int {
        var index = position
        while index < bytes.count, bytes[index] <= 0x20 {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index &+= 1
            default: return index
            }
        }
        return index
    }

    /// Any value, and which kind it was.
    static func value(
        _ bytes: Span<UInt8>, _ position: inout Int, depth: Int = 0
    ) throws(AnswerFlaw) -> JSONKind {
        guard position < bytes.count else { throw .cut }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            try string(bytes, &position)
            return .string
        case UInt8(ascii: "n"):
            try literal("null", bytes, &position)
            return .null
        case UInt8(ascii: "t"):
            try literal("true", bytes, &position)
            return .bool
        case UInt8(ascii: "f"):
            try literal("false", bytes, &position)
            return .bool
        case UInt8(ascii: "{"):
            try container(bytes, &position, closing: UInt8(ascii: "}"), depth: depth)
            return .object
        case UInt8(ascii: "["):
            try container(bytes, &position, closing: UInt8(ascii: "]"), depth: depth)
            return .array
        default:
            try number(bytes, &position)
            return .number
        }
    }

    private static func container(
        _ bytes: Span<UInt8>, _ position: inout Int, closing: UInt8, depth: Int
    ) throws(AnswerFlaw) {
        guard depth < maxDepth else { throw .malformed }
        position = whitespace(bytes, position &+ 1)
        guard position < bytes.count else { throw .cut }
        if bytes[position] == closing {
            position &+= 1
            return
        }
        repeat {
            if closing == UInt8(ascii: "}") {
                try string(bytes, &position)
                try colon(bytes, &position)
            }
            _ = try value(bytes, &position, depth: depth &+ 1)
        } while try separator(bytes, &position, closing: closing)
    }

    /// The colon between a name and its value, with white space around it.
    @inline(__always) static func colon(_ bytes: Span<UInt8>, _ position: inout Int) throws(AnswerFlaw) {
        position = whitespace(bytes, position)
        guard position < bytes.count else { throw .cut }
        guard bytes[position] == UInt8(ascii: ":") else { throw .malformed }
        position = whitespace(bytes, position &+ 1)
    }

    /// What follows an element: true behind a comma, false behind `closing`.
    @inline(__always) static func separator(
        _ bytes: Span<UInt8>, _ position: inout Int, closing: UInt8
    ) throws(AnswerFlaw) -> Bool {
        position = whitespace(bytes, position)
        guard position < bytes.count else { throw .cut }
        if bytes[position] == closing {
            position &+= 1
            return false
        }
        guard bytes[position] == UInt8(ascii: ",") else { throw .malformed }
        position = whitespace(bytes, position &+ 1)
        return true
    }

    /// A string with its quotes.
    @inline(__always) static func string(_ bytes: Span<UInt8>, _ position: inout Int) throws(AnswerFlaw) {
        guard position < bytes.count else { throw .cut }
        guard bytes[position] == UInt8(ascii: "\"") else { throw .malformed }
        var index = position &+ 1
        while true {
            index = stringStop(bytes, from: index)
            guard index < bytes.count else { throw .cut }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                position = index &+ 1
                return
            }
            if byte == UInt8(ascii: "\\") {
                index = try escape(bytes, index)
            } else if byte >= 0x80 {
                index = try sequence(bytes, index)
            } else {
                throw .malformed
            }
        }
    }

    /// The first position from `start` that ends a plain run inside a string: quote, backslash, control or
    /// a byte above 0x7F; the end of the text if there is none.
    ///
    /// Eight bytes at a time: strings are most of an answer. A borrow between bytes can mark one above a
    /// real hit wrongly, never one below it, so the lowest mark is exact, and only that is used.
    @inline(__always) private static func stringStop(_ bytes: Span<UInt8>, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let words = bytes.bytes
        var index = start
        while index &+ 8 <= bytes.count {
            // "Unsafe" for types with invalid bit patterns; an integer has none, and the bounds are checked.
            let word = UInt64(littleEndian: words.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            let marks =
                (word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
                | word
            let hits = marks & 0x8080_8080_8080_8080
            if hits != 0 { return index &+ hits.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte >= 0x80 { break }
            index &+= 1
        }
        return index
    }

    /// Whether there is a line feed anywhere.
    static func hasLineFeed(_ bytes: [UInt8]) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let words = bytes.span.bytes
        var index = 0
        while index &+ 8 <= bytes.count {
            let word = words.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self) ^ (ones &* 0x0A)
            if (word &- ones) & ~word & 0x8080_8080_8080_8080 != 0 { return true }
            index &+= 8
        }
        return bytes[index...].contains(0x0A)
    }

    /// Behind the escape whose backslash is at `index`.
    private static func escape(_ bytes: Span<UInt8>, _ index: Int) throws(AnswerFlaw) -> Int {
        guard index &+ 1 < bytes.count else { throw .cut }
        switch bytes[index &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index &+ 2
        case UInt8(ascii: "u"):
            guard index &+ 6 <= bytes.count else { throw .cut }
            for offset in 2..<6 where !isHex(bytes[index &+ offset]) { throw .malformed }
            return index &+ 6
        default:
            throw .malformed
        }
    }

    /// Behind the UTF-8 sequence of two to four bytes at `index` (Unicode 15, table 3-7).
    private static func sequence(_ bytes: Span<UInt8>, _ index: Int) throws(AnswerFlaw) -> Int {
        let length: Int
        let second: ClosedRange<UInt8>
        switch bytes[index] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        default: throw .malformed
        }
        guard index &+ length <= bytes.count else { throw .cut }
        guard second ~= bytes[index &+ 1] else { throw .malformed }
        for offset in 2..<Swift.max(2, length) where bytes[index &+ offset] & 0xC0 != 0x80 { throw .malformed }
        return index &+ length
    }

    private static func literal(
        _ text: StaticString, _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(AnswerFlaw) {
        let length = text.utf8CodeUnitCount
        guard position &+ length <= bytes.count else { throw .cut }
        let start = position
        let isSpelled = text.withUTF8Buffer { letters in
            for offset in 0..<letters.count where bytes[start &+ offset] != letters[offset] { return false }
            return true
        }
        guard isSpelled else { throw .malformed }
        position &+= length
    }

    private static func number(_ bytes: Span<UInt8>, _ position: inout Int) throws(AnswerFlaw) {
        if bytes[position] == UInt8(ascii: "-") { position &+= 1 }
        let start = position
        try digits(bytes, &position)
        if bytes[start] == UInt8(ascii: "0"), position &- start > 1 { throw .malformed }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position &+= 1
            try digits(bytes, &position)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position &+= 1
            }
            try digits(bytes, &position)
        }
    }

    private static func digits(_ bytes: Span<UInt8>, _ position: inout Int) throws(AnswerFlaw) {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
        if position == start {
            if position == bytes.count { throw .cut }
            throw .malformed
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 6
    }
}
