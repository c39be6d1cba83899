/// How a credential may appear in messages and logs: its first three and last four characters.
package enum TokenMask {
    /// Short or unprintable text is hidden altogether, so that a mask never shows most of a secret.
    package static func mask(_ token: some Sequence<UInt8>) -> String {
        let bytes = Array(token)
        guard bytes.count >= 20, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return "…" }
        return String(decoding: bytes.prefix(3), as: UTF8.self) + "…" + String(decoding: bytes.suffix(4), as: UTF8.self)
    }
}
