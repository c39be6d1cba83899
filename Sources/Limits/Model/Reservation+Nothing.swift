extension Reservation {
    /// An admission for which nothing is kept: there is no limit, or none is enforced now.
    static func nothingHeld(_ request: ReservationRequest, origin: Origin) -> Reservation {
        Reservation(
            id: request.id, tenant: request.tenant, claims: request.claims, holdings: [], states: [],
            tokens: request.demand.tokens.want, cost: request.demand.cost.want, origin: origin)
    }
}
