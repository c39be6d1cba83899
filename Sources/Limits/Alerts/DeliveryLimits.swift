/// Bounds for calls of webhooks.
package struct DeliveryLimits: Sendable, Hashable {
    /// Calls at the same time.
    package var inFlight = 16
    package var inFlightPerURL = 2
    /// Deliveries that have not ended, those between two attempts included.
    package var open = 1024
    package var openPerURL = 128

    package init() {}
}
