/// RFC 4648's base 32 in lower case without padding: no character needs escaping in a URL, a header or
/// a shell, and `-` stays free as a separator.
enum Base32 {
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// Whether every byte is of the alphabet.
    static func isValid(_ text: some Sequence<UInt8>) -> Bool {
        text.allSatisfy { (0x61...0x7A).contains($0) || (0x32...0x37).contains($0) }
    }

    /// The first `count` characters for `bytes`, five bits each; fewer if the bytes run out.
    static func encode(_ bytes: some Sequence<UInt8>, count: Int) -> String {
        var characters: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes where characters.count < count {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5, characters.count < count {
                bits -= 5
                characters.append(alphabet[Int(buffer >> UInt32(bits)) & 31])
            }
            // At most twelve bits are left, of which only the unused ones count.
            buffer &= 0xFFF
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// `count` random characters from the system's cryptographic generator.
    static func random(count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<(count * 5 + 7) / 8).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return encode(bytes, count: count)
    }
}
