/// Base64 with padding (RFC 4648, section 4), for fetched files and for vectors.
enum GeminiBase64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let second = left > 1 ? Int(bytes[index + 1]) : 0
            let third = left > 2 ? Int(bytes[index + 2]) : 0
            let triple = Int(bytes[index]) << 16 | second << 8 | third
            output.append(alphabet[triple >> 18])
            output.append(alphabet[triple >> 12 & 63])
            output.append(left > 1 ? alphabet[triple >> 6 & 63] : UInt8(ascii: "="))
            output.append(left > 2 ? alphabet[triple & 63] : UInt8(ascii: "="))
            index += 3
        }
        return String(decoding: output, as: UTF8.self)
    }
}
