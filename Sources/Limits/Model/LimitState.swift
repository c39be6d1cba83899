/// One limit as it stands.
package struct LimitState: Sendable {
    package let claim: LimitClaim
    /// Settled, with what the previous period still weighs.
    package let used: Int
    /// Held for requests in flight, with what the previous period still weighs.
    package let reserved: Int
    /// When the limit is whole again if nothing new comes, milliseconds since 1970.
    package let resetsAt: Int

    package var counter: LimitCounter { claim.counter }
    package var max: Int { claim.max }
    package var shadow: Bool { claim.shadow }
    /// Negative when more was used than allowed.
    package var remaining: Int { claim.max - used - reserved }
}
