/// An attempt under way.
struct Flight: Sendable, Hashable {
    var number: Int
    /// Index of the candidate.
    var candidate: Int
    /// Milliseconds on the caller's clock; in the future while it waits.
    var startsAt: Int
    var isHedge = false
    var method: ResumeMethod?
    /// It sent the client something.
    var hasDelivered = false
}
