import Synchronization

/// Credentials found good, by the digest of their whole text. Bounded; in shards, so that event loops
/// seldom wait for each other.
final class IdentityCache: Sendable {
    private final class Shard: Sendable {
        let entries = Mutex<[TokenDigest: CacheEntry]>([:])
    }

    private let shards: [Shard]
    private let shardCapacity: Int
    private static let shardCount = 16

    init(capacity: Int) {
        shards = (0..<Self.shardCount).map { _ in Shard() }
        shardCapacity = max(1, capacity / Self.shardCount)
    }

    func entry(_ digest: TokenDigest) -> CacheEntry? {
        shard(digest).entries.withLock { $0[digest] }
    }

    /// Adds or replaces; returns an entry that had to make room. Which one is arbitrary: keeping an
    /// order would cost every request, and an evicted credential is found again with one look-up.
    func insert(_ entry: CacheEntry, for digest: TokenDigest) -> CacheEntry? {
        shard(digest).entries.withLock { entries in
            var evicted: CacheEntry?
            if entries[digest] == nil, entries.count >= shardCapacity, let victim = entries.keys.first {
                evicted = entries.removeValue(forKey: victim)
            }
            entries[digest] = entry
            return evicted
        }
    }

    func remove(_ digest: TokenDigest) -> CacheEntry? {
        shard(digest).entries.withLock { $0.removeValue(forKey: digest) }
    }

    func removeAll() -> [CacheEntry] {
        shards.flatMap { shard in
            shard.entries.withLock { entries in
                defer { entries.removeAll() }
                return Array(entries.values)
            }
        }
    }

    /// Drops entries that can never be used again, so that expired tokens do not push good ones out.
    func removeAll(where isUseless: (CacheEntry) -> Bool) {
        for shard in shards {
            shard.entries.withLock { entries in
                for (digest, entry) in entries where isUseless(entry) { entries[digest] = nil }
            }
        }
    }

    /// All entries at some moment; shard by shard.
    var entries: [CacheEntry] {
        shards.flatMap { shard in shard.entries.withLock { Array($0.values) } }
    }

    private func shard(_ digest: TokenDigest) -> Shard {
        shards[digest.shardBits & (Self.shardCount - 1)]
    }
}
