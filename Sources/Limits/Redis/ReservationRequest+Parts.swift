extension ReservationRequest {
    /// What a request that claims global counters and a tenant's is taken apart into on a cluster.
    func part(_ claims: [LimitClaim], _ demand: LimitDemand) -> ReservationRequest {
        ReservationRequest(
            id: id, tenant: tenant, claims: claims, demand: demand, leaseMilliseconds: leaseMilliseconds)
    }
}
