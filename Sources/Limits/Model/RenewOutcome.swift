/// The answer of `renew`.
package struct RenewOutcome: Sendable {
    /// Of those, the leases end later now, or there is nothing to renew any more. The others have to be renewed again.
    package var renewed: [ReservationID]
    /// Why some are missing: the first failure.
    package var failure: LimitStoreFailure?

    package init(renewed: [ReservationID] = [], failure: LimitStoreFailure? = nil) {
        self.renewed = renewed
        self.failure = failure
    }
}
