/// What the alert center has seen since it was made.
package struct AlertMetrics: Sendable, Hashable {
    /// Alerts of this replica; those that another replica was first with are not counted anywhere.
    package var fired = 0
    /// Taken by their webhook.
    package var delivered = 0
    /// Refused by their webhook, or it failed at every attempt.
    package var failed = 0
    /// Lost before they were looked at, because too many came at once; or not delivered, because too many deliveries to
    /// the webhook are under way or the process ends.
    package var dropped = 0
}
