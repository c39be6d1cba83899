import Crypto

/// A Lua script with the digest the server knows it by. Make it once, not per call.
package struct RedisScript: Sendable, Hashable {
    package let source: String
    /// 40 lower-case hexadecimal digits, what `EVALSHA` takes.
    package let sha1: String

    package init(_ source: String) {
        self.source = source
        let digits = Array("0123456789abcdef".utf8)
        var hex: [UInt8] = []
        hex.reserveCapacity(40)
        // SHA-1 is what the protocol prescribes here; nothing rests on its strength.
        for byte in Insecure.SHA1.hash(data: Array(source.utf8)) {
            hex.append(digits[Int(byte >> 4)])
            hex.append(digits[Int(byte & 15)])
        }
        self.sha1 = String(decoding: hex, as: UTF8.self)
    }
}
