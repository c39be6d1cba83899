import WireJSON

/// Bytes encoded as base64 in a JSON string, decoded one by one where they are asked for: a header is a few of
/// megabytes.
struct Base64Bytes {
    /// Of a string with escapes (`\/` from PHP, `\u002B` from .NET) at most this much is looked at, since it must be
    /// copied.
    private static let longestEscaped = 128 << 10

    private let text: [UInt8]
    private let range: Range<Int>
    /// Decoded bytes of the whole string, also those that cannot be asked for.
    let count: Int

    /// - Parameters:
    ///   - range: the base64 within `body`, without quotes and `data:` header.
    ///   - isEscaped: whether escapes may occur in it.
    init(_ range: Range<Int>, in body: [UInt8], isEscaped: Bool) {
        let range = range.clamped(to: body.indices)
        if isEscaped {
            text = Self.unescaped(body[range].prefix(Self.longestEscaped))
            self.range = text.indices
        } else {
            text = body
            self.range = range
        }
        var padding = 0
        for byte in body[range].suffix(2) where byte == UInt8(ascii: "=") { padding += 1 }
        count = max(0, range.count / 4 * 3 + [0, 0, 1, 2][range.count % 4] - padding)
    }

    /// The decoded byte at `index`; nil behind the end or where the text is not base64.
    subscript(index: Int) -> UInt8? {
        guard index >= 0, index < count else { return nil }
        let place = range.lowerBound + index / 3 * 4 + index % 3
        guard place + 1 < range.upperBound, let high = Self.value(of: text[place]),
            let low = Self.value(of: text[place + 1])
        else { return nil }
        return switch index % 3 {
        case 0: high << 2 | low >> 4
        case 1: high << 4 | low >> 2
        default: high << 6 | low
        }
    }

    /// A big-endian number of `length` bytes.
    func big(_ index: Int, _ length: Int) -> Int? {
        var value = 0
        for offset in 0..<length {
            guard let byte = self[index + offset] else { return nil }
            value = value << 8 | Int(byte)
        }
        return value
    }

    /// A little-endian number of `length` bytes.
    func little(_ index: Int, _ length: Int) -> Int? {
        var value = 0
        for offset in 0..<length {
            guard let byte = self[index + offset] else { return nil }
            value |= Int(byte) << (8 * offset)
        }
        return value
    }

    func matches(_ text: StaticString, at index: Int) -> Bool {
        text.withUTF8Buffer { letters in
            letters.indices.allSatisfy { self[index + $0] == letters[$0] }
        }
    }

    private static func value(of letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    /// Escapes resolved, white space (mail-style line breaks) left out.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var quoted: [UInt8] = [UInt8(ascii: "\"")] + text
        // Half an escape at the cut would read as something else.
        if text.count == longestEscaped, let slash = quoted.suffix(5).lastIndex(of: UInt8(ascii: "\\")) {
            quoted.removeSubrange(slash...)
        }
        quoted.append(UInt8(ascii: "\""))
        return (JSONSlice.utf8(quoted.indices, in: quoted) ?? []).filter { $0 > 0x20 }
    }
}
