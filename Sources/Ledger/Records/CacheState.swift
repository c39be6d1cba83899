/// What the answer cache did for a request; the words of `x-martlet-cache` and of exported rows.
package enum CacheState: String, Sendable, Hashable, CaseIterable {
    /// Not asked: switched off, or a request that cannot be cached.
    case bypass
    /// Asked in vain.
    case miss
    /// Answered from the cache.
    case hit
    /// Answered by a call that another request had in flight.
    case coalesced

    /// Whether the answer cost no call of its own.
    package var isHit: Bool { self == .hit || self == .coalesced }
}
