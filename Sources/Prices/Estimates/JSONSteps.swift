/// Steps over JSON that a scan has validated. On other bytes they go astray but stay below `end` and always move on.
enum JSONSteps {
    struct Text {
        /// Without the quotes.
        var content: Range<Int>
        var isEscaped: Bool
        /// Behind the closing quote.
        var end: Int
    }

    static func afterSpace(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var position = start
        while position < end, bytes[position] <= 0x20 { position &+= 1 }
        return position
    }

    /// The string whose opening quote is at `start`.
    static func string(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Text {
        var isEscaped = false
        var position = start &+ 1
        while position < end {
            position = nextMark(bytes, position, end)
            guard position < end else { break }
            if bytes[position] == UInt8(ascii: "\"") {
                return Text(content: (start &+ 1)..<position, isEscaped: isEscaped, end: position &+ 1)
            }
            isEscaped = true
            position &+= 2
        }
        return Text(content: min(start &+ 1, end)..<end, isEscaped: isEscaped, end: end)
    }

    /// Behind the value that starts at `start`.
    static func value(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        guard start < end else { return end }
        switch bytes[start] {
        case UInt8(ascii: "\""): return string(bytes, start, end).end
        case UInt8(ascii: "{"), UInt8(ascii: "["): return nested(bytes, start, end)
        default:
            var position = start &+ 1
            while position < end, !isSeparator(bytes[position]) { position &+= 1 }
            return position
        }
    }

    private static func nested(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var depth = 0
        var position = start
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position = string(bytes, position, end).end
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth &-= 1
            default: break
            }
            position &+= 1
            if depth == 0 { return position }
        }
        return end
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }

    /// The first quote or backslash from `start`; `end` if there is none.
    private static func nextMark(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var position = start
        let words = bytes.bytes
        while position &+ 8 <= end {
            // Unsafe in name only: the bounds are checked, and any bits make an integer.
            let word = UInt64(littleEndian: words.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
            let marks = zeroBytes(word ^ 0x2222_2222_2222_2222) | zeroBytes(word ^ 0x5C5C_5C5C_5C5C_5C5C)
            // A borrow can mark a byte above a real one wrongly, never below: the lowest mark is exact.
            if marks != 0 { return position &+ marks.trailingZeroBitCount / 8 }
            position &+= 8
        }
        while position < end, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
            position &+= 1
        }
        return position
    }

    /// The first underscore from `start`; `end` if there is none. 32 bytes at a time: prompts are long, and most have
    /// few of them.
    static func nextUnderscore(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        let wanted: UInt64 = 0x5F5F_5F5F_5F5F_5F5F
        var position = start
        let words = bytes.bytes
        while position &+ 32 <= end {
            let first = words.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            let second = words.unsafeLoadUnaligned(fromByteOffset: position &+ 8, as: UInt64.self)
            let third = words.unsafeLoadUnaligned(fromByteOffset: position &+ 16, as: UInt64.self)
            let fourth = words.unsafeLoadUnaligned(fromByteOffset: position &+ 24, as: UInt64.self)
            let marks =
                zeroBytes(first ^ wanted) | zeroBytes(second ^ wanted) | zeroBytes(third ^ wanted)
                | zeroBytes(fourth ^ wanted)
            if marks != 0 {
                let firstMarks = zeroBytes(UInt64(littleEndian: first) ^ wanted)
                if firstMarks != 0 { return position &+ firstMarks.trailingZeroBitCount / 8 }
                break
            }
            position &+= 32
        }
        while position &+ 8 <= end {
            let word = words.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            let marks = zeroBytes(UInt64(littleEndian: word) ^ wanted)
            if marks != 0 { return position &+ marks.trailingZeroBitCount / 8 }
            position &+= 8
        }
        while position < end, bytes[position] != UInt8(ascii: "_") { position &+= 1 }
        return position
    }

    /// The high bits of the bytes that are zero.
    @inline(__always) private static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}
