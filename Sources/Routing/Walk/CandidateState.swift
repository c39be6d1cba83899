/// What has become of a target in this request. Times in milliseconds on the caller's clock.
struct CandidateState: Sendable, Hashable {
    /// Attempts made.
    var attempts = 0
    /// Not to be asked again in this request.
    var isBanned = false
    /// Asked, and worth another try from this time on.
    var againAt: Int?
    /// Skipped, and said to be ready from this time on.
    var readyAt: Int?
    /// Skipped without a time.
    var isSkipped = false

    var isFresh: Bool { attempts == 0 && !isBanned && !isSkipped && readyAt == nil }
}
