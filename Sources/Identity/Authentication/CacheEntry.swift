import Storage
import Synchronization

/// A credential that was found good, and until when that may be believed without asking again.
final class CacheEntry: Sendable {
    let identity: Identity
    /// The credential's own end in milliseconds since 1970; `Int.max` if it has none.
    let validUntil: Int
    /// Verified tokens: the key sets' epoch at verification. nil for API keys.
    let epoch: Int?
    private let lastUsed: Atomic<Int>
    private let recordedUse: Atomic<Int>

    init(identity: Identity, validUntil: Int, epoch: Int?, usedAt: Timestamp) {
        self.identity = identity
        self.validUntil = validUntil
        self.epoch = epoch
        lastUsed = Atomic(usedAt.milliseconds)
        recordedUse = Atomic(.min)
    }

    /// Notes a use, to the second: a plain load in all but one request a second, so that event loops
    /// do not fight over the cache line.
    func touch(_ now: Timestamp) {
        if now.milliseconds &- lastUsed.load(ordering: .relaxed) >= 1000 {
            lastUsed.store(now.milliseconds, ordering: .relaxed)
        }
    }

    /// Key id and time of the last use, if that is not yet handed out for writing.
    func takeUse() -> (keyID: String, time: Timestamp)? {
        guard let keyID = identity.keyID else { return nil }
        let used = lastUsed.load(ordering: .relaxed)
        guard recordedUse.exchange(used, ordering: .relaxed) < used else { return nil }
        return (keyID, Timestamp(milliseconds: used))
    }
}
