/// An API key's text taken apart: `mk-<public id>-<secret>`.
///
/// The public id (16 characters) names the key in lists, logs and limits; its last four characters
/// authenticate it (see ``APIKeyHasher``). The secret has 32 characters, 160 bits. The whole fits into
/// one block of SHA-256, which is what the cache hashes for every request.
package struct APIKey: Sendable, Hashable {
    /// Names the key; no secret.
    package let publicID: String
    let secret: String

    /// Starts every key, so that secret scanners find leaked ones.
    package static let prefix = "mk-"
    /// In characters, which are bytes.
    package static let publicIDLength = 16
    static let secretLength = 32
    static let length = prefix.utf8.count + publicIDLength + 1 + secretLength

    init(publicID: String, secret: String) {
        self.publicID = publicID
        self.secret = secret
    }

    /// Accepts exactly the text that ``text`` gives: any other spelling would be a second name for one
    /// cache entry.
    package init?(_ token: some Collection<UInt8>) {
        let bytes = Array(token)
        guard bytes.count == Self.length, bytes.starts(with: Self.prefix.utf8) else { return nil }
        let id = bytes[3..<(3 + Self.publicIDLength)]
        let secret = bytes[(4 + Self.publicIDLength)...]
        guard bytes[3 + Self.publicIDLength] == UInt8(ascii: "-"), Base32.isValid(id), Base32.isValid(secret) else {
            return nil
        }
        self.init(publicID: String(decoding: id, as: UTF8.self), secret: String(decoding: secret, as: UTF8.self))
    }

    /// Whether a credential claims to be an API key, well-formed or not.
    static func isClaimed(by token: some Sequence<UInt8>) -> Bool {
        token.starts(with: prefix.utf8)
    }

    /// The whole key, secret included: shown once, then forgotten.
    package var text: String { "\(Self.prefix)\(publicID)-\(secret)" }

    /// What may be shown of a key for good: `mk-<public id>`.
    package static func displayPrefix(publicID: String) -> String { prefix + publicID }
}
