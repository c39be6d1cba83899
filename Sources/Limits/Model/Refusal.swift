/// Why a request was refused. Nothing was changed.
package struct Refusal: Sendable {
    /// One per claim.
    package let states: [LimitState]
    /// Index of the limit that refuses; of several, the one that has room last.
    package let binding: Int
    /// How much of the binding limit's resource the request needs.
    package let requested: Int
    /// When the request would fit if nothing else came in between; at least 1.
    package let retryAfterMilliseconds: Int
    /// Decided on this replica's share alone, because the limit store is away.
    package var isDegraded = false

    /// The limit that refuses.
    package var limit: LimitState { states[binding] }
}
