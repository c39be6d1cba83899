import NIOCore

/// Growing waits between attempts to connect, shortened at random so that many clients do not come back all at once.
struct Backoff {
    private let first: Int64
    private let last: Int64
    private var failures = 0

    init(first: TimeAmount, last: TimeAmount) {
        self.first = max(1, first.nanoseconds)
        self.last = max(self.first, last.nanoseconds)
    }

    mutating func reset() { self.failures = 0 }

    /// The wait after one more failure: doubled from the first to the last, less up to half of it.
    mutating func next(using random: inout some RandomNumberGenerator) -> TimeAmount {
        var wait = self.first
        for _ in 0..<self.failures where wait < self.last {
            wait = min(self.last, wait.addingReportingOverflow(wait).0)
        }
        if wait < 0 { wait = self.last }
        self.failures = min(self.failures + 1, 62)
        return .nanoseconds(wait - Int64.random(in: 0...(wait / 2), using: &random))
    }
}
