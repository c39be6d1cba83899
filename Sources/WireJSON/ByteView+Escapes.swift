/// Reading of escapes in JSON strings.
extension ByteView {
    /// Length of the escape whose backslash is at `index`, 0 if it is not a valid one. A surrogate pair
    /// is one escape of twelve bytes; a lone surrogate is none, because no UTF-8 can stand for it.
    func escapeLength(at index: Int) -> Int {
        switch self[index &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            guard let unit = codeUnit(at: index &+ 2) else { return 0 }
            if unit & 0xF800 != 0xD800 { return 6 }
            guard unit < 0xDC00, self[index &+ 6] == UInt8(ascii: "\\"), self[index &+ 7] == UInt8(ascii: "u"),
                let low = codeUnit(at: index &+ 8), low & 0xFC00 == 0xDC00
            else { return 0 }
            return 12
        default:
            return 0
        }
    }

    /// The content of a string (`range` without its quotes) with escapes resolved, as UTF-8.
    func unescaped(_ range: Range<Int>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(range.count)
        var index = range.lowerBound
        var runStart = index
        while index < range.upperBound {
            guard self[index] == UInt8(ascii: "\\") else {
                index &+= 1
                continue
            }
            append(runStart..<index, to: &output)
            index &+= appendEscape(at: index, to: &output)
            runStart = index
        }
        if runStart < range.upperBound { append(runStart..<range.upperBound, to: &output) }
        return output
    }

    /// Appends what the escape at `index` stands for and returns its length. An invalid one, which a
    /// scan would have refused, becomes U+FFFD.
    private func appendEscape(at index: Int, to output: inout [UInt8]) -> Int {
        let length = escapeLength(at: index)
        switch length {
        case 2:
            output.append(simpleEscape(self[index &+ 1]))
        case 6:
            appendScalar(codeUnit(at: index &+ 2) ?? 0xFFFD, to: &output)
        case 12:
            let high = codeUnit(at: index &+ 2) ?? 0xD800
            let low = codeUnit(at: index &+ 8) ?? 0xDC00
            appendScalar(0x10000 &+ (high & 0x3FF) << 10 &+ low & 0x3FF, to: &output)
        default:
            appendScalar(0xFFFD, to: &output)
            return 2
        }
        return length
    }

    private func appendScalar(_ value: UInt32, to output: inout [UInt8]) {
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private func simpleEscape(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    /// Four hexadecimal digits at `index`.
    private func codeUnit(at index: Int) -> UInt32? {
        var unit: UInt32 = 0
        for offset in 0..<4 {
            let digit: UInt8
            switch self[index &+ offset] {
            case let byte where byte >= 0x30 && byte <= 0x39: digit = byte &- 0x30
            case let byte where byte >= 0x41 && byte <= 0x46: digit = byte &- 0x37
            case let byte where byte >= 0x61 && byte <= 0x66: digit = byte &- 0x57
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
