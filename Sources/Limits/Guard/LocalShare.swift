import Policy

/// How much of a limit one replica may admit on its own while the store is away.
enum LocalShare {
    /// A tenth of the limit, at least 1, and not more than was left when the store was last heard; what was left counts
    /// until the limit's window has passed. 0 for a limit of 0.
    static func max(of claim: LimitClaim, seen: HeadroomMemory.Seen?, at now: Int) -> Int {
        let tenth = Swift.min(claim.max, Swift.max(1, claim.max / 10))
        guard let seen else { return tenth }
        // A slot is free again when a request ends, whenever that is.
        if claim.counter.resource != .concurrency, now >= seen.resetsAt { return tenth }
        let left = claim.counter.resource == .concurrency ? Swift.max(1, seen.remaining) : seen.remaining
        return Swift.max(0, Swift.min(tenth, left))
    }
}
