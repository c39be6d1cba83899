/// The content of a JSON string without its escapes, and where each byte comes from.
struct DecodedString {
    private(set) var bytes: [UInt8] = []
    /// For each byte the start of what spells it, and one more: the end.
    private var origins: [Int] = []

    /// - Parameter range: between the quotes of a valid string.
    init(_ text: ScanBytes, _ range: Range<Int>) {
        bytes.reserveCapacity(range.count)
        origins.reserveCapacity(range.count &+ 1)
        var position = range.lowerBound
        while position < range.upperBound {
            guard text[position] == UInt8(ascii: "\\") else {
                add(text[position], from: position)
                position &+= 1
                continue
            }
            let length = text.escapeLength(at: position)
            if length == 2 {
                add(Self.plain(text[position &+ 1]), from: position)
                position &+= 2
            } else {
                position = addCodeUnit(text, at: position)
            }
        }
        origins.append(range.upperBound)
    }

    /// The part of the document that spells `range` of ``bytes``. Escapes are taken whole.
    func source(_ range: Range<Int>) -> Range<Int> {
        guard origins.indices.contains(range.lowerBound), origins.indices.contains(range.upperBound) else {
            return 0..<0
        }
        return origins[range.lowerBound]..<origins[range.upperBound]
    }

    private mutating func add(_ byte: UInt8, from origin: Int) {
        bytes.append(byte)
        origins.append(origin)
    }

    /// One `\u` escape, or the two that spell one character; returns the position behind.
    private mutating func addCodeUnit(_ text: ScanBytes, at position: Int) -> Int {
        let first = Self.codeUnit(text, at: position)
        var value = first
        var end = position &+ 6
        if first & 0xFC00 == 0xD800, text.has("\\u", at: end) {
            let second = Self.codeUnit(text, at: end)
            if second & 0xFC00 == 0xDC00 {
                value = 0x10000 &+ (first & 0x3FF) << 10 &+ second & 0x3FF
                end &+= 6
            }
        }
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { add(byte, from: position) }
        return end
    }

    private static func codeUnit(_ text: ScanBytes, at position: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in 2..<6 {
            let byte = text[position &+ offset]
            value = value << 4 | UInt32(byte.isDigit ? byte &- 48 : (byte | 0x20) &- 87)
        }
        return value
    }

    private static func plain(_ escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: escape
        }
    }
}
