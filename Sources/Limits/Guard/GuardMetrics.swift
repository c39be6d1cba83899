/// What the guard has seen since it was made.
package struct GuardMetrics: Sendable, Hashable {
    /// How often the store, or a part of it, was given up.
    package var outages = 0
    /// Calls that failed or took too long.
    package var failures = 0
    /// Admitted from the local share.
    package var admittedByLease = 0
    /// Admitted without limits.
    package var admittedOpen = 0
    /// Refused by the local share.
    package var refusedByLease = 0
    /// Refused because the plan says `closed`.
    package var unavailable = 0
    /// Calls that were kept for later.
    package var deferred = 0
    /// Kept calls that were made.
    package var replayed = 0
    /// Calls that could not be kept, or that the store did not take. Their usage is not counted.
    package var lost = 0
    /// Kept calls that are waiting.
    package var waiting = 0
    /// Reservations the store had lost when they were settled; their usage was counted all the same.
    package var forgotten = 0
    /// Decisions in which a shadow limit had no room.
    package var shadowRefusals: [ShadowLimit: Int] = [:]
}
