/// A call that has to be made when the store is back. Both are counted once per id, however often they are made.
enum DeferredCall: Sendable {
    /// `isFirst`: nobody has asked the store to settle it before, so that a store which does not know the id has lost
    /// the reservation.
    case settle(Reservation, LimitActuals, isFirst: Bool)
    /// `since`: when the usage began, by the guard's steady clock.
    case charge([LimitClaim], LimitTenant, ReservationID, LimitActuals, since: Int)

    var tenant: LimitTenant {
        switch self {
        case .settle(let reservation, _, _): reservation.tenant
        case .charge(_, let tenant, _, _, _): tenant
        }
    }

    var claims: [LimitClaim] {
        switch self {
        case .settle(let reservation, _, _): reservation.claims
        case .charge(let claims, _, _, _, _): claims
        }
    }

    /// The same call after it was made and perhaps took effect.
    var repeated: DeferredCall {
        if case .settle(let reservation, let actuals, _) = self {
            return .settle(reservation, actuals, isFirst: false)
        }
        return self
    }
}
