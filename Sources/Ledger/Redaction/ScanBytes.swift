/// Bytes to scan, borrowed for the length of one closure. Outside of them every byte reads as 0, which is part of
/// nothing that is looked for: a matcher may look ahead without counting.
struct ScanBytes {
    private let buffer: UnsafeBufferPointer<UInt8>

    init(_ buffer: UnsafeBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    var count: Int { buffer.count }

    @inline(__always) subscript(index: Int) -> UInt8 {
        guard UInt(bitPattern: index) < UInt(bitPattern: buffer.count) else { return 0 }
        return buffer[index]
    }

    /// The part of `range` that lies inside.
    func slice(_ range: Range<Int>) -> ScanBytes {
        ScanBytes(UnsafeBufferPointer(rebasing: buffer[range.clamped(to: 0..<buffer.count)]))
    }

    /// Whether `text` (ASCII) is at `index`.
    func has(_ text: StaticString, at index: Int) -> Bool {
        for offset in 0..<text.utf8CodeUnitCount where self[index &+ offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }

    /// Length of the JSON escape that starts at `index` with a backslash; 2 also where it is no escape at all.
    func escapeLength(at index: Int) -> Int {
        guard self[index &+ 1] == UInt8(ascii: "u") else { return 2 }
        for offset in 2..<6 where !self[index &+ offset].isHexDigit { return 2 }
        return 6
    }

    /// The end of the longest run from `index` on whose bytes all satisfy `condition`, at most `limit` bytes long.
    @inline(__always) func end(from index: Int, limit: Int = .max, _ condition: (UInt8) -> Bool) -> Int {
        var end = index
        while end &- index < limit, end < count, condition(self[end]) { end &+= 1 }
        return end
    }
}

/// The classes of ASCII that matter here.
extension UInt8 {
    @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }
    @inline(__always) var isUpper: Bool { self &- 0x41 < 26 }
    @inline(__always) var isLower: Bool { self &- 0x61 < 26 }
    @inline(__always) var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
    @inline(__always) var isAlphanumeric: Bool { isDigit || isLetter }
    @inline(__always) var isHexDigit: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
    /// What nothing that is looked for may touch.
    @inline(__always) var isWord: Bool { isAlphanumeric || self == UInt8(ascii: "_") }
    @inline(__always) var isBase64URL: Bool { isWord || self == UInt8(ascii: "-") }
    @inline(__always) var isBase64: Bool { isAlphanumeric || self == UInt8(ascii: "+") || self == UInt8(ascii: "/") }
    /// RFC 6750's b64token, which a bearer token is.
    @inline(__always) var isBearer: Bool {
        isBase64URL || self == UInt8(ascii: ".") || self == UInt8(ascii: "~") || self == UInt8(ascii: "+")
            || self == UInt8(ascii: "/") || self == UInt8(ascii: "=")
    }
    /// First byte of a Latin letter beyond ASCII (U+00C0 to U+024F, two bytes in UTF-8).
    @inline(__always) var isLatinLead: Bool { (0xC3...0xC9).contains(self) }
    @inline(__always) var isContinuation: Bool { self & 0xC0 == 0x80 }
}
