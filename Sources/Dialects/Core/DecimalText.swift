/// The value of a JSON number as written.
enum DecimalText {
    /// An integer written plainly, up to 18 digits; nil for everything else.
    static func int(_ text: ArraySlice<UInt8>) -> Int? {
        var value = 0
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
        guard 1...18 ~= digits.count else { return nil }
        for byte in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return text.first == UInt8(ascii: "-") ? -value : value
    }

    /// Exact for the short decimals that requests hold, without making a String of them.
    static func double(_ text: ArraySlice<UInt8>) -> Double {
        var mantissa = 0
        var divisor = 1.0
        var seenDot = false
        guard text.count <= 15 else { return general(text) }
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                mantissa = mantissa * 10 + Int(byte - 0x30)
                if seenDot { divisor *= 10 }
            case UInt8(ascii: "."): seenDot = true
            case UInt8(ascii: "-"): continue
            default: return general(text)
            }
        }
        // Both are below 2^53, so the division rounds once, as parsing would.
        let magnitude = Double(mantissa) / divisor
        return text.first == UInt8(ascii: "-") ? -magnitude : magnitude
    }

    private static func general(_ text: ArraySlice<UInt8>) -> Double {
        Double(String(decoding: text, as: UTF8.self)) ?? .infinity
    }
}
