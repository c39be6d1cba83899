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
}
