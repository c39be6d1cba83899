extension Reservation {
    var globalPart: Reservation { part { $0.isGlobal } }
    var ownPart: Reservation { part { !$0.isGlobal } }

    /// This one holds the global claims of a request, `own` the others.
    func joined(_ own: Reservation, _ request: ReservationRequest) -> Reservation {
        Reservation(
            id: id, tenant: tenant, claims: request.claims.merged(claims, own.claims),
            holdings: request.claims.merged(holdings, own.holdings),
            states: request.claims.merged(states, own.states), tokens: own.tokens, cost: own.cost)
    }

    private func part(_ isPart: (LimitClaim) -> Bool) -> Reservation {
        let indices = claims.indices.filter { isPart(claims[$0]) }
        return Reservation(
            id: id, tenant: tenant, claims: indices.map { claims[$0] },
            holdings: indices.compactMap { $0 < holdings.count ? holdings[$0] : nil },
            states: indices.compactMap { $0 < states.count ? states[$0] : nil }, tokens: tokens, cost: cost)
    }
}
