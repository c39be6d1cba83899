/// Searches that look at eight bytes at once (SWAR: arithmetic on a word instead of a loop over its bytes).
///
/// A test such as `(x - 0x01…) & ~x & 0x80…` marks the zero bytes of `x`. A borrow can mark a byte above a
/// real hit wrongly, never one below it, so the lowest mark is always exact, and only that is used.
extension ByteView {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var highs: UInt64 { 0x8080_8080_8080_8080 }

    @inline(__always) private static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- ones) & ~word
    }

    /// Marks bytes at which a plain run inside a JSON string ends: quote, backslash, control, not ASCII.
    @inline(__always) private static func stringStops(_ word: UInt64) -> UInt64 {
        let controls = (word &- ones &* 0x20) & ~word
        let quotes = zeroBytes(word ^ (ones &* 0x22))
        let backslashes = zeroBytes(word ^ (ones &* 0x5C))
        return (controls | quotes | backslashes | word) & highs
    }

    /// The first index from `start` that holds a quote, a backslash, a control or a byte above 0x7F;
    /// `count` if there is none.
    @inline(__always) func stringStop(from start: Int) -> Int {
        var index = start
        while let word = word(at: index) {
            let marks = Self.stringStops(word)
            if marks != 0 { return index &+ marks.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x80 { return index }
            index &+= 1
        }
        return count
    }

    /// The first index from `start` that holds a byte to be escaped in a JSON string: quote, backslash,
    /// control; `count` if there is none.
    func escapeStop(from start: Int) -> Int {
        var index = stringStop(from: start)
        while index < count, self[index] >= 0x80 { index = stringStop(from: index &+ 1) }
        return index
    }

    /// The first CR or LF from `start`; `count` if there is none.
    func lineBreak(from start: Int) -> Int {
        var index = start
        while let word = word(at: index) {
            let feeds = Self.zeroBytes(word ^ (Self.ones &* 0x0A))
            let returns = Self.zeroBytes(word ^ (Self.ones &* 0x0D))
            let marks = (feeds | returns) & Self.highs
            if marks != 0 { return index &+ marks.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < count {
            if self[index] == 0x0A || self[index] == 0x0D { return index }
            index &+= 1
        }
        return count
    }

    /// The first index from `start` that is not JSON white space.
    @inline(__always) func afterWhitespace(from start: Int) -> Int {
        var index = start
        while true {
            switch self[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index &+= 1
            default: return index
            }
        }
    }

    /// Length of the well-formed sequence of two to four bytes at `index`, 0 if it is not one
    /// (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
    @inline(__always) func utf8SequenceLength(at index: Int) -> Int {
        let first = self[index]
        let second = self[index &+ 1]
        switch first {
        case 0xC2...0xDF:
            return isContinuation(second) ? 2 : 0
        case 0xE0...0xEF:
            guard isContinuation(second), isContinuation(self[index &+ 2]) else { return 0 }
            if first == 0xE0, second < 0xA0 { return 0 }
            if first == 0xED, second > 0x9F { return 0 }
            return 3
        case 0xF0...0xF4:
            guard isContinuation(second), isContinuation(self[index &+ 2]), isContinuation(self[index &+ 3])
            else { return 0 }
            if first == 0xF0, second < 0x90 { return 0 }
            if first == 0xF4, second > 0x8F { return 0 }
            return 4
        default:
            return 0
        }
    }

    @inline(__always) private func isContinuation(_ byte: UInt8) -> Bool {
        byte & 0xC0 == 0x80
    }
}
