/// A vector as OpenAI writes it: a list of numbers, or base64 of little-endian 32-bit floats.
enum VectorText {
    /// - Parameter numbers: JSON numbers between commas, such as `0.1, -2e-3`.
    /// - Returns: a JSON string; nil if something else is among them.
    static func base64(fromNumbers numbers: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        for text in numbers.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let digits = text.drop { $0 <= 0x20 }.prefix { $0 > 0x20 }
            if digits.isEmpty, numbers.allSatisfy({ $0 <= 0x20 }) { break }  // an empty list
            guard let value = Float(String(decoding: digits, as: UTF8.self)), value.isFinite else { return nil }
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return [UInt8(ascii: "\"")] + encoded(bytes) + [UInt8(ascii: "\"")]
    }

    /// - Returns: a JSON array; nil if the text is not base64 of whole, finite floats.
    static func numbers(fromBase64 text: [UInt8]) -> [UInt8]? {
        guard let bytes = decoded(text), bytes.count.isMultiple(of: 4) else { return nil }
        var output: [UInt8] = [UInt8(ascii: "[")]
        for start in stride(from: 0, to: bytes.count, by: 4) {
            let pattern = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
            let value = Float(bitPattern: pattern)
            guard value.isFinite else { return nil }
            if start > 0 { output.append(UInt8(ascii: ",")) }
            output += value.description.utf8
        }
        output.append(UInt8(ascii: "]"))
        return output
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Base64 with padding (RFC 4648, section 4).
    private static func encoded(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let left = min(3, bytes.count - start)
            let group = (0..<left).reduce(0) { $0 | Int(bytes[start + $1]) << (16 - 8 * $1) }
            for place in 0..<4 {
                output.append(place <= left ? alphabet[group >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return output
    }

    /// nil for anything but base64; padding may be missing.
    private static func decoded(_ text: [UInt8]) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3)
        var group = 0
        var bits = 0
        let end = text.lastIndex { $0 != UInt8(ascii: "=") }.map { $0 + 1 } ?? 0
        guard text.count - end <= 2, end % 4 != 1 else { return nil }
        for byte in text[..<end] {
            guard let digit = digits[Int(byte)] else { return nil }
            group = (group << 6 | digit) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: group >> bits))
            }
        }
        return output
    }

    private static let digits: [Int?] = {
        var digits = [Int?](repeating: nil, count: 256)
        for (value, byte) in alphabet.enumerated() { digits[Int(byte)] = value }
        return digits
    }()
}
