/// One limit as it stands.
package struct LimitState: Sendable {
    /// That of the request; or, where the store cannot keep its subject apart any more, ``LimitClaim/overflow``.
    package let claim: LimitClaim
    /// Settled, with what the previous period still weighs.
    package let used: Int
    /// Held for requests in flight, with what the previous period still weighs.
    package let reserved: Int
    /// When the limit is whole again if nothing new comes, milliseconds since 1970.
    package let resetsAt: Int
    /// Whether it had no room for the request that was decided on; where none was (`inspect`), for the smallest one.
    /// With a shadow limit that had no effect.
    package let wouldRefuse: Bool

    package init(claim: LimitClaim, used: Int, reserved: Int, resetsAt: Int, wouldRefuse: Bool = false) {
        self.claim = claim
        self.used = used
        self.reserved = reserved
        self.resetsAt = resetsAt
        self.wouldRefuse = wouldRefuse
    }

    package var counter: LimitCounter { claim.counter }
    package var max: Int { claim.max }
    package var shadow: Bool { claim.shadow }
    /// Negative when more was used than allowed.
    package var remaining: Int { claim.max - used - reserved }
}
