import DequeModule
package import Dialects
import Synchronization

/// Remembers thinking blocks and thought signatures between the turns of a tool loop, for clients that drop
/// what OpenAI's format does not know. Bounded by number and bytes; what is lost costs thinking for one turn, never the request.
///
/// Keyed by tenant as well: a tool-call id is the client's to send, so it must not reach another tenant's thoughts.
package final class ThoughtStore: Sendable {
    private struct Key: Hashable {
        var tenant: String
        var toolCallID: String
    }

    private struct Entry {
        var record: ThoughtRecord
        var expires: Int
        var turn: Int
    }

    private struct Shard {
        var entries: [Key: Entry] = [:]
        /// Oldest first. A key remembered again appears again; only its latest turn counts.
        var order: Deque<(key: Key, turn: Int)> = []
        var turn = 0
        var bytes = 0

        /// Drops what the order holds of keys remembered again since, which cannot leave while an older key stays in
        /// front. Done when that is the larger part, so that it costs little per record.
        mutating func compact() {
            guard order.count > 2 * entries.count + 16 else { return }
            let current = entries
            order.removeAll { current[$0.key]?.turn != $0.turn }
        }
    }

    private final class LockedShard: Sendable {
        let shard = Mutex(Shard())
    }

    private let shards: [LockedShard]
    private let maxEntries: Int
    private let maxBytes: Int
    private let lifetime: Int

    /// - Parameters:
    ///   - maxEntries: over all tenants.
    ///   - maxBytes: of payloads, over all tenants.
    ///   - lifetime: seconds.
    package init(maxEntries: Int = 65_536, maxBytes: Int = 128 << 20, lifetime: Int = 6 * 3600, shards: Int = 16) {
        self.shards = (0..<max(1, shards)).map { _ in LockedShard() }
        self.maxEntries = max(1, maxEntries / max(1, shards))
        self.maxBytes = max(1, maxBytes / max(1, shards))
        self.lifetime = lifetime
    }

    /// Keeps the records for later turns. One of a tool call that is known replaces what was remembered of it; one
    /// that is larger than a shard's share of the bytes is not kept.
    ///
    /// - Parameter now: seconds since 1970.
    package func remember(_ records: [ThoughtRecord], tenant: String, now: Int) {
        for record in records where record.payload.utf8.count <= maxBytes {
            let key = Key(tenant: tenant, toolCallID: record.toolCallID)
            lockedShard(for: key).shard.withLock { shard in
                shard.turn += 1
                let entry = Entry(record: record, expires: now + lifetime, turn: shard.turn)
                if let old = shard.entries.updateValue(entry, forKey: key) {
                    shard.bytes -= old.record.payload.utf8.count
                }
                shard.bytes += record.payload.utf8.count
                shard.order.append((key, shard.turn))
                evict(&shard, now: now)
                shard.compact()
            }
        }
    }

    /// What was remembered of a tenant's tool call; nil if nothing was, or if it is gone.
    ///
    /// - Parameter now: seconds since 1970.
    package func recall(_ toolCallID: String, tenant: String, now: Int) -> ThoughtRecord? {
        let key = Key(tenant: tenant, toolCallID: toolCallID)
        return lockedShard(for: key).shard.withLock { shard in
            guard let entry = shard.entries[key], entry.expires > now else { return nil }
            return entry.record
        }
    }

    /// Number of records held, for metrics and tests.
    package var count: Int {
        shards.reduce(0) { $0 + $1.shard.withLock { $0.entries.count } }
    }

    /// Number of places in the order of ageing, at least one for each record.
    var orderCount: Int {
        shards.reduce(0) { $0 + $1.shard.withLock { $0.order.count } }
    }

    private func lockedShard(for key: Key) -> LockedShard {
        shards[Int(UInt(bitPattern: key.hashValue) % UInt(shards.count))]
    }

    private func evict(_ shard: inout Shard, now: Int) {
        while let (key, turn) = shard.order.first {
            let entry = shard.entries[key]
            let isStale = entry?.turn != turn
            let isExpired = (entry?.expires ?? 0) <= now
            let isOver = shard.entries.count > maxEntries || shard.bytes > maxBytes
            guard isStale || isExpired || isOver else { return }
            shard.order.removeFirst()
            if !isStale, let removed = shard.entries.removeValue(forKey: key) {
                shard.bytes -= removed.record.payload.utf8.count
            }
        }
    }
}
