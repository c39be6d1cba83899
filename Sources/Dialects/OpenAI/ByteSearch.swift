/// Looks for known bytes, to decide whether a closer look is worth it.
enum ByteSearch {
    /// Whether one of `texts`, each of which starts with a quote, occurs in `range`. Quotes are rare in long
    /// texts, so they are looked for eight bytes at a time.
    static func contains(_ texts: [StaticString], in bytes: [UInt8], _ range: Range<Int>) -> Bool {
        let range = range.clamped(to: 0..<bytes.count)
        let span = bytes.span
        var index = range.lowerBound
        while let quote = quote(in: span, from: index, upTo: range.upperBound) {
            for text in texts {
                let isFound = text.withUTF8Buffer { equal(span, quote, $0.span) }
                if isFound { return true }
            }
            index = quote &+ 1
        }
        return false
    }

    private static func quote(in bytes: Span<UInt8>, from start: Int, upTo end: Int) -> Int? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let words = bytes.bytes
        var index = start
        while index &+ 8 <= end {
            // "Unsafe" only for types that not every bit pattern fits.
            let load = words.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            let word = UInt64(littleEndian: load) ^ (ones &* 0x22)
            // The lowest mark is exact, see `JSONSkip`.
            let marks = (word &- ones) & ~word & 0x8080_8080_8080_8080
            if marks != 0 { return index &+ marks.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < end {
            if bytes[index] == UInt8(ascii: "\"") { return index }
            index &+= 1
        }
        return nil
    }

    /// Whether `bytes` holds, from `start` on, what `other` holds in `part`.
    @inline(__always) static func equal(_ bytes: [UInt8], _ start: Int, _ other: [UInt8], _ part: Range<Int>) -> Bool {
        guard part.lowerBound >= 0, part.upperBound <= other.count else { return false }
        return equal(bytes.span, start, other.span.extracting(part))
    }

    /// Whether `bytes` holds `part` from `start` on.
    @inline(__always) static func equal(_ bytes: Span<UInt8>, _ start: Int, _ part: Span<UInt8>) -> Bool {
        guard start >= 0, part.count <= bytes.count &- start else { return false }
        let (one, other) = (bytes.bytes, part.bytes)
        var index = 0
        while index &+ 8 <= part.count {
            // Words for speed; "unsafe" only for types that not every bit pattern fits.
            let word = one.unsafeLoadUnaligned(fromByteOffset: start &+ index, as: UInt64.self)
            guard word == other.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self) else { return false }
            index &+= 8
        }
        while index < part.count {
            guard bytes[start &+ index] == part[index] else { return false }
            index &+= 1
        }
        return true
    }
}
