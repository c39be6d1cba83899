/// Taking URLs apart.
extension Substring {
    /// Ends the text before the first such character and returns what followed it; nil without one.
    mutating func cut(atFirst separator: Character) -> Substring? {
        guard let place = firstIndex(of: separator) else { return nil }
        let rest = self[index(after: place)...]
        self = self[..<place]
        return rest
    }

    /// Nil when an escape is not valid, or the result is not UTF-8 or holds a NUL, which would end it for libpq.
    func withoutPercentEscapes() -> String? {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.hexDigit), let low = rest.popFirst().flatMap(Self.hexDigit)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
