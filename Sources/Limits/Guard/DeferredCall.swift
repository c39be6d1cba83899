/// A call that has to be made when the store is back. Both are counted once per id, however often they are made.
enum DeferredCall: Sendable {
    case settle(Reservation, LimitActuals)
    case charge([LimitClaim], LimitTenant, ReservationID, LimitActuals)
}
