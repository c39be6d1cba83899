/// Growing waits between attempts to connect, shortened at random so that many servers do not come back all at once.
struct ReconnectBackoff: Sendable {
    private let first: Int
    private let last: Int
    private var failures = 0

    /// In milliseconds.
    init(first: Int, last: Int) {
        self.first = max(1, first)
        self.last = max(self.first, last)
    }

    mutating func reset() { failures = 0 }

    /// The wait after one more failure: doubled from the first to the last, less up to half of it.
    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        var wait = first
        for _ in 0..<failures where wait < last {
            wait = wait > last / 2 ? last : wait * 2
        }
        failures = min(failures + 1, 62)
        return .milliseconds(wait - Int.random(in: 0...(wait / 2), using: &random))
    }
}
