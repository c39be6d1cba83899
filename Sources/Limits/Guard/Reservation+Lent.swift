extension Reservation {
    /// Admitted from the local share; to be charged to the limits as the policy has them.
    func lent(_ claims: [LimitClaim]) -> Reservation {
        Reservation(
            id: id, tenant: tenant, claims: claims, holdings: holdings, states: states, tokens: tokens, cost: cost,
            origin: .lease)
    }
}

extension ReserveOutcome {
    /// With the time, by the guard's steady clock.
    func made(at time: Int) -> ReserveOutcome {
        guard case .admitted(var reservation) = self else { return self }
        reservation.madeAt = time
        return .admitted(reservation)
    }
}
