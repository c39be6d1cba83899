/// The answer of `settle` and `charge`.
package enum SettleOutcome: Sendable, Hashable {
    /// Which of the counters that a request may claim.
    package enum Part: Sendable, Hashable {
        /// Those that all tenants share.
        case global
        /// The tenant's own.
        case own
    }

    case settled
    /// Only one part knew the id. The other one has lost it (a failover, say), and its usage is not counted.
    case settledOnly(Part)
    /// The id was settled or charged before, or is unknown; nothing was changed.
    case alreadySettled
    /// The store is away; ``LimitStoreGuard`` keeps the call and makes it when the store is back. No store answers this.
    case deferred
}

extension SettleOutcome {
    /// Of what the parts said; nil for a part that was not asked.
    init(global: Bool?, own: Bool?) {
        switch (global, own) {
        case (true?, false?): self = .settledOnly(.global)
        case (false?, true?): self = .settledOnly(.own)
        case (true?, _), (_, true?): self = .settled
        case (false?, _), (_, false?): self = .alreadySettled
        case (nil, nil): self = .settled
        }
    }

    /// The claims whose part did not know the id.
    func unknown(of claims: [LimitClaim]) -> [LimitClaim] {
        switch self {
        case .settled, .deferred: []
        case .settledOnly(let part): claims.filter { $0.isGlobal != (part == .global) }
        case .alreadySettled: claims
        }
    }
}
