import Crypto

/// Proves to the receiver of a webhook who sent it, and when.
enum WebhookSignature {
    /// `sha256=` and the hexadecimal HMAC-SHA256 over timestamp, a dot and the body.
    static func header(timestamp: String, body: [UInt8], secret: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: secret))
        code.update(data: Array(timestamp.utf8) + [UInt8(ascii: ".")])
        code.update(data: body)
        return "sha256=" + hex(code.finalize())
    }

    /// 32 hexadecimal digits that stand for a text.
    static func digest(_ text: String) -> String {
        hex(SHA256.hash(data: Array(text.utf8)).prefix(16))
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
