import Policy

/// What is known of one counter: how much was used and is reserved in the latest period it was touched in and, when it
/// slides, in the one before. Constant size; rolled on when a later period is touched, so that nothing has to be reset.
///
/// Pure arithmetic, the same as in the Redis scripts (`LimitScriptLibrary`); all times in milliseconds since 1970.
package struct WindowState: Sendable, Hashable {
    /// Start of the latest period.
    private(set) var bucket = 0
    private(set) var used = 0
    private(set) var reserved = 0
    /// Of the period before; always 0 for calendar periods, where it has no effect.
    private(set) var previousUsed = 0
    private(set) var previousReserved = 0
    /// When nothing of it has any effect any more. For concurrency: when the latest lease ends, at the time it was made.
    private(set) var until = 0

    package init() {}

    /// Moves on to the period of an instant if that is a later one. A clock that went back changes nothing: the latest
    /// period stays the current one.
    mutating func roll(for claim: LimitClaim, now: Int) {
        if claim.counter.resource == .concurrency { return }
        roll(to: claim.frame(at: now), length: claim.counter.length)
    }

    mutating func roll(to frame: WindowFrame, length: Int) {
        if frame.bucket <= bucket {
            if frame.bucket == bucket { until = max(until, frame.until) }
            return
        }
        let follows = length > 0 && frame.bucket == bucket + length
        previousUsed = follows ? used : 0
        previousReserved = follows ? reserved : 0
        used = 0
        reserved = 0
        bucket = frame.bucket
        until = frame.until
    }

    /// Settled amounts at an instant within the current period.
    func used(at now: Int, length: Int) -> Int {
        guard previousUsed > 0 else { return used }
        return LimitAmount.sum(
            used, LimitAmount.weighed(previousUsed, rest: rest(at: now, length: length), length: length))
    }

    /// Reserved amounts at an instant within the current period; they weigh as settled ones do.
    func reserved(at now: Int, length: Int) -> Int {
        guard previousReserved > 0 else { return reserved }
        return LimitAmount.sum(
            reserved, LimitAmount.weighed(previousReserved, rest: rest(at: now, length: length), length: length))
    }

    /// When the window would be empty if nothing came in any more.
    func resetsAt(now: Int, counter: LimitCounter) -> Int {
        if counter.resource == .concurrency { return reserved > 0 ? max(until, now) : now }
        if counter.length == 0 { return max(until, now) }
        if used + reserved > 0 { return bucket + 2 * counter.length }
        return previousUsed + previousReserved > 0 ? bucket + counter.length : now
    }

    /// Reserves in the current period.
    mutating func reserve(_ amount: Int) {
        reserved = LimitAmount.sum(reserved, amount)
    }

    /// Notes how long the slots of a concurrency counter are held at most, after one was reserved.
    mutating func hold(until end: Int) {
        until = reserved == 1 ? end : max(until, end)
    }

    /// Takes a reserved amount out of the period it was made in and counts what was used in that same period. If the
    /// period is neither the current nor the previous one, nothing happens: neither a refund nor an overage lands in
    /// another period.
    mutating func settle(_ holding: Holding, release: Int, charge: Int, length: Int, now: Int) {
        if bucket < holding.bucket, now < holding.until {
            // The store lost the counter in the meantime; the charge still counts.
            roll(to: WindowFrame(bucket: holding.bucket, until: holding.until), length: length)
        }
        if bucket == holding.bucket {
            reserved = LimitAmount.difference(reserved, release)
            used = LimitAmount.sum(used, charge)
        } else if length > 0, bucket == holding.bucket + length {
            previousReserved = LimitAmount.difference(previousReserved, release)
            previousUsed = LimitAmount.sum(previousUsed, charge)
        }
    }

    /// Counts usage without a reservation in the current period.
    mutating func charge(_ amount: Int) {
        used = LimitAmount.sum(used, amount)
    }

    /// Whether forgetting the state would change nothing.
    func isStale(at now: Int, counter: LimitCounter) -> Bool {
        counter.resource == .concurrency ? reserved == 0 : until <= now
    }

    /// Milliseconds of the previous period that are still in the window.
    func rest(at now: Int, length: Int) -> Int {
        let elapsed = now - bucket
        return elapsed <= 0 ? length : max(0, length - elapsed)
    }
}
