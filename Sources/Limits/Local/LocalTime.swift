/// An instant by two clocks, in milliseconds.
struct LocalTime: Sendable {
    /// Since 1970. Says which period it is; may be set forward and back.
    let wall: Int
    /// Since whenever. Only ever goes on, and so measures how long something lasts: leases, memories.
    let steady: Int
}
