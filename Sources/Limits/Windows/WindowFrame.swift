/// Where an instant lies among the periods of a counter.
struct WindowFrame: Sendable, Hashable {
    /// For counters without a period.
    static let endless = WindowFrame(bucket: 0, until: LimitAmount.cap)

    /// Start of the period, milliseconds since 1970.
    let bucket: Int
    /// When what happened in the period has no effect any more: the end of a calendar period, one length later for a
    /// sliding one.
    let until: Int

    init(bucket: Int, until: Int) {
        self.bucket = bucket
        self.until = until
    }

    init(sliding length: Int, at now: Int) {
        bucket = now - now % length
        until = bucket + 2 * length
    }

    /// Whether two calendar periods are the same day, week or month in two time zones: they have half of the shorter
    /// one, or more, in common. Of one zone they never overlap.
    func isSamePeriod(as other: WindowFrame) -> Bool {
        let common = min(until, other.until) - max(bucket, other.bucket)
        return common > 0 && 2 * common >= min(until - bucket, other.until - other.bucket)
    }
}
