/// What `reserve` decides on.
package struct ReservationRequest: Sendable {
    package let id: ReservationID
    package let tenant: LimitTenant
    /// Every counter once; each of ``tenant`` or global. May be empty.
    package let claims: [LimitClaim]
    package let demand: LimitDemand
    /// How long the reservation lives without a renewal; a second to an hour.
    package let leaseMilliseconds: Int

    package init(
        id: ReservationID, tenant: LimitTenant, claims: [LimitClaim], demand: LimitDemand, leaseMilliseconds: Int
    ) {
        self.id = id
        self.tenant = tenant
        self.claims = claims
        self.demand = demand
        self.leaseMilliseconds = Self.clampedLease(leaseMilliseconds)
    }

    static let longestLease = 3_600_000

    static func clampedLease(_ milliseconds: Int) -> Int {
        Swift.min(Swift.max(milliseconds, 1000), longestLease)
    }
}
