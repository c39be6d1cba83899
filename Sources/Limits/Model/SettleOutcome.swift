/// The answer of `settle` and `charge`.
package enum SettleOutcome: Sendable, Hashable {
    case settled
    /// The id was settled or charged before, or is unknown; nothing was changed.
    case alreadySettled
    /// The store is away; ``LimitStoreGuard`` keeps the call and makes it when the store is back. No store answers this.
    case deferred
}
