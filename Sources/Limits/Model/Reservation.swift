/// Admission of one request: what is held for it until it is settled or its lease ends.
package struct Reservation: Sendable {
    /// What keeps the reservation.
    package enum Origin: Sendable, Hashable {
        /// The limit store.
        case store
        /// The local share of this replica, while the store is away.
        case lease
        /// Nothing: the store is away and the plan says `open`.
        case unmetered
    }

    package let id: ReservationID
    package let tenant: LimitTenant
    /// Those of the request; where the store cannot keep a subject apart any more, ``LimitClaim/overflow`` in its place.
    package let claims: [LimitClaim]
    /// One per claim; empty when nothing is held.
    package let holdings: [Holding]
    /// One per claim, with this reservation counted as reserved; empty when unknown.
    package let states: [LimitState]
    /// How many tokens are reserved on each token counter.
    package let tokens: Int
    /// How many nano-dollars are reserved on each cost counter.
    package let cost: Int
    package var origin = Origin.store
    /// When the guard made it, by its steady clock.
    var madeAt = 0
    /// Whether the guard has been asked to settle it.
    var settlement = SettlementMark()

    package var isDegraded: Bool { origin != .store }
}
