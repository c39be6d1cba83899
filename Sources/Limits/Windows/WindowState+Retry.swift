import Policy

extension WindowState {
    /// What a refusal for want of a slot says, because nobody knows when a request ends. Milliseconds.
    static let concurrencyRetry = 1000

    /// The first instant at which `need` fits if nothing else is admitted or settled: exact for sliding windows, the
    /// end of the period for calendar ones. A limit of 0 never has room; the end of the window is given then.
    ///
    /// The state must have been rolled to `now`, and refuse at `now`.
    func retryAt(need: Int, claim: LimitClaim, now: Int) -> Int {
        let length = claim.counter.length
        if claim.counter.resource == .concurrency { return now + Self.concurrencyRetry }
        if length == 0 { return max(until, now + 1) }
        let last = bucket + 2 * length
        if claim.max == 0 { return last }
        let room = claim.max - need
        // The current period first: the previous one loses weight until its end.
        if let rest = Self.longestRest(
            (previousUsed, previousReserved), and: used + reserved, within: room, length: length,
            limit: rest(at: now, length: length))
        {
            return bucket + length - rest
        }
        // Then it is the previous one itself, and the window holds nothing else.
        if let rest = Self.longestRest(
            (used, reserved), and: 0, within: room, length: length, limit: length)
        {
            return last - rest
        }
        return last
    }

    /// The longest rest of the previous period (1...limit milliseconds) that leaves enough room; nil if even one
    /// millisecond of it is too much. An empty window has room for everything.
    private static func longestRest(
        _ previous: (used: Int, reserved: Int), and current: Int, within room: Int, length: Int, limit: Int
    ) -> Int? {
        func fits(_ rest: Int) -> Bool {
            let total =
                current + LimitAmount.weighed(previous.used, rest: rest, length: length)
                + LimitAmount.weighed(previous.reserved, rest: rest, length: length)
            return total == 0 || total <= room
        }
        guard limit >= 1, fits(1) else { return nil }
        if fits(limit) { return limit }
        var low = 1
        var high = limit
        while high - low > 1 {
            let middle = (low + high) / 2
            if fits(middle) { low = middle } else { high = middle }
        }
        return low
    }
}
