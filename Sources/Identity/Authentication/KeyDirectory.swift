import Storage
import Synchronization

/// What the server knows of the database's keys: records read, as of a version of the `identity`
/// counter, and the ids of removed tenants.
///
/// Answers to one question decide everything here: may this record still be believed? A record read
/// before a change that is already processed must not enter, and one that changed must leave together
/// with the cache entries made from it.
final class KeyDirectory: Sendable {
    private struct Known {
        let record: APIKeyRecord
        /// Cache entries made from the record: at most the current and the previous secret's.
        var digests: [TokenDigest] = []
    }

    private struct State {
        /// nil until the first synchronisation: nothing is kept before, because a change could be missed.
        var version: Int?
        var known: [String: Known] = [:]
        var removedTenants: Set<String> = []
        /// Uses of entries that left the cache before they were written.
        var pendingUse: [String: Timestamp] = [:]
    }

    private let state = Mutex(State())
    private let cache: IdentityCache
    private let capacity: Int

    init(cache: IdentityCache, capacity: Int) {
        self.cache = cache
        self.capacity = max(1, capacity)
    }

    var version: Int? { state.withLock { $0.version } }

    func record(_ publicID: String) -> APIKeyRecord? {
        state.withLock { $0.known[publicID]?.record }
    }

    func isRemoved(tenant: String) -> Bool {
        state.withLock { $0.removedTenants.contains(tenant) }
    }

    /// Keeps a record read at `version`. Returns false when the key may have changed since; the caller
    /// reads again.
    func keep(_ record: APIKeyRecord, readAt version: Int) -> Bool {
        state.withLock { state in
            guard let processed = state.version else { return true }
            guard version >= processed else { return false }
            guard state.known[record.publicID] == nil else { return true }
            if state.known.count >= capacity, let victim = state.known.keys.first {
                forget(victim, &state)
            }
            state.known[record.publicID] = Known(record: record)
            return true
        }
    }

    /// Caches `entry`, made from `record`, unless that has been replaced meanwhile.
    func admit(_ entry: CacheEntry, for digest: TokenDigest, from record: APIKeyRecord) {
        state.withLock { state in
            guard var known = state.known[record.publicID], known.record == record else { return }
            if !known.digests.contains(digest) { known.digests.append(digest) }
            state.known[record.publicID] = known
            if let evicted = cache.insert(entry, for: digest) { note(evicted, &state) }
        }
    }

    /// Takes note of changes read with `since` as their base. Returns whether a tenant was removed.
    func apply(_ changes: IdentityChanges, since: Int?) -> Bool {
        state.withLock { state in
            if let since, changes.version < since {
                // The counter never falls: this is another database, or a backup put in place of it.
                forgetAll(&state)
                state.version = nil
                state.removedTenants = []
                return true
            }
            guard changes.version > state.version ?? -1 else { return false }
            if let keys = changes.keys {
                for publicID in keys { forget(publicID, &state) }
            } else {
                forgetAll(&state)
            }
            state.version = changes.version
            let before = state.removedTenants.count
            state.removedTenants.formUnion(changes.removedTenants)
            return state.removedTenants.count != before
        }
    }

    /// Uses not yet written, by key id.
    func takeUses() -> [String: Timestamp] {
        state.withLock { state in
            for entry in cache.entries { note(entry, &state) }
            defer { state.pendingUse = [:] }
            return state.pendingUse
        }
    }

    /// Puts uses back that could not be written.
    func returnUses(_ uses: [String: Timestamp]) {
        state.withLock { state in
            for (keyID, time) in uses { note(keyID, time, &state) }
        }
    }

    private func forget(_ publicID: String, _ state: inout State) {
        guard let known = state.known.removeValue(forKey: publicID) else { return }
        for digest in known.digests {
            if let entry = cache.remove(digest) { note(entry, &state) }
        }
    }

    private func forgetAll(_ state: inout State) {
        state.known = [:]
        for entry in cache.removeAll() { note(entry, &state) }
    }

    private func note(_ entry: CacheEntry, _ state: inout State) {
        if let use = entry.takeUse() { note(use.keyID, use.time, &state) }
    }

    private func note(_ keyID: String, _ time: Timestamp, _ state: inout State) {
        if let noted = state.pendingUse[keyID] {
            state.pendingUse[keyID] = max(noted, time)
        } else if state.pendingUse.count < 100_000 {
            state.pendingUse[keyID] = time
        }
    }
}
