import Crypto

/// SHA-256 of a whole credential: the key under which its outcome is cached. Never of a part of it, or
/// two credentials could share an entry.
struct TokenDigest: Hashable, Sendable {
    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    init(_ token: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: token)
        let digest = hash.finalize()
        (word0, word1, word2, word3) = digest.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }

    /// For spreading over shards; other bits than ``hash(into:)`` uses.
    var shardBits: Int { Int(truncatingIfNeeded: word3) }

    /// The digest is uniform already; one word tells entries apart, equality compares all.
    func hash(into hasher: inout Hasher) {
        hasher.combine(word0)
    }
}
