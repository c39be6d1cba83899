import Crypto

/// Makes and checks what is stored of an API key.
///
/// Stored is HMAC-SHA256 over public id and secret under a key derived from the master key: a stolen
/// database contains nothing that could be guessed at or presented in place of the secret, and a hash
/// moved to another row fits nothing there.
package struct APIKeyHasher: Sendable {
    private let secretKey: SymmetricKey
    private let idKey: SymmetricKey

    package init(_ masterKey: MasterKey) {
        secretKey = masterKey.symmetricKey(.apiKeySecrets)
        idKey = masterKey.symmetricKey(.apiKeyIDs)
    }

    /// A new key with a random id and secret.
    package func makeKey() -> APIKey {
        let random = Base32.random(count: APIKey.publicIDLength - Self.tagLength)
        return makeKey(publicID: random + tag(random))
    }

    /// A new secret for an existing id.
    package func makeKey(publicID: String) -> APIKey {
        APIKey(publicID: publicID, secret: Base32.random(count: APIKey.secretLength))
    }

    /// What is stored of `key`.
    package func hash(_ key: APIKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Self.material(key), using: secretKey))
    }

    /// Whether `hash` is that of `key`; in time that does not depend on where they differ.
    package func verify(_ key: APIKey, hash: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(hash, authenticating: Self.material(key), using: secretKey)
    }

    /// The work of ``verify(_:hash:)`` for a key that is not there, so that the time of an answer does
    /// not tell which ids exist.
    package func verifyNothing(_ key: APIKey) {
        _ = verify(key, hash: Self.noHash)
    }

    /// Whether this installation made up the public id: its end is a short code over the rest. Keeps
    /// invented keys away from the database; one in a million passes.
    package func isGenuine(publicID: String) -> Bool {
        let random = String(decoding: publicID.utf8.prefix(APIKey.publicIDLength - Self.tagLength), as: UTF8.self)
        return publicID == random + tag(random)
    }

    private static let tagLength = 4
    private static let noHash = [UInt8](repeating: 0, count: 32)

    private func tag(_ random: String) -> String {
        Base32.encode(HMAC<SHA256>.authenticationCode(for: Array(random.utf8), using: idKey), count: Self.tagLength)
    }

    private static func material(_ key: APIKey) -> [UInt8] {
        Array("\(key.publicID)-\(key.secret)".utf8)
    }
}
