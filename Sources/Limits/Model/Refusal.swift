/// Why a request was refused. Nothing was changed.
package struct Refusal: Sendable {
    /// One per claim. Those of the global claims alone when they refuse on a cluster whose other part is away.
    package let states: [LimitState]
    /// Index in ``states`` of the limit that refuses; of several, the one that has room last.
    package let binding: Int
    /// How much of the binding limit's resource the request needs.
    package let requested: Int
    /// When the request would fit if nothing else came in between; at least 1. When ``isDegraded``, and the limit as it
    /// was last heard of has room, two seconds at most: the store may be back.
    package var retryAfterMilliseconds: Int
    /// Decided on this replica's share alone, because the limit store is away.
    package var isDegraded = false

    /// The limit that refuses.
    package var limit: LimitState { states[binding] }
}
