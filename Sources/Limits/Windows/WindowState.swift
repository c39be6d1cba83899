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

    /// Moves on to the period of an instant if that is a later one. A clock that went back a little changes nothing: the
    /// latest period stays the current one.
    mutating func roll(for claim: LimitClaim, now: Int) {
        if claim.counter.resource == .concurrency { return }
        roll(to: claim.frame(at: now), length: claim.counter.length, now: now)
    }

    mutating func roll(to frame: WindowFrame, length: Int, now: Int) {
        if frame.bucket == bucket {
            until = max(until, frame.until)
        } else if length == 0, now < until, frame.isSamePeriod(as: current) {
            // The tenant's time zone has changed. The running period goes on, and ends when it ends there.
            until = frame.until
        } else if frame.bucket > bucket {
            let follows = length > 0 && frame.bucket == bucket + length
            begin(frame, used: follows ? used : 0, reserved: follows ? reserved : 0)
        } else if bucket > (length > 0 ? frame.bucket + length : frame.until) {
            // The clock had been far ahead. What it counted then would be in the way until that time comes.
            begin(frame, used: 0, reserved: 0)
        }
    }

    private var current: WindowFrame { WindowFrame(bucket: bucket, until: until) }

    private mutating func begin(_ frame: WindowFrame, used before: Int, reserved heldBefore: Int) {
        previousUsed = before
        previousReserved = heldBefore
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
    /// another period. Answers whether something did.
    @discardableResult
    mutating func settle(_ holding: Holding, release: Int, charge: Int, length: Int, now: Int) -> Bool {
        switch place(of: holding, length: length, now: now) {
        case .current:
            reserved = LimitAmount.difference(reserved, release)
            used = LimitAmount.sum(used, charge)
        case .previous:
            previousReserved = LimitAmount.difference(previousReserved, release)
            previousUsed = LimitAmount.sum(previousUsed, charge)
        case .ahead:
            used = LimitAmount.sum(used, charge)
        case .over: return false
        }
        return true
    }

    /// Holds once more what was given back when a lease ended, in the period it was made in, whether there is room for
    /// it or not. Answers whether something happened.
    ///
    /// - Parameter end: of the new lease.
    @discardableResult
    mutating func holdAgain(_ holding: Holding, of counter: LimitCounter, until end: Int, now: Int) -> Bool {
        switch place(of: holding, length: counter.length, now: now) {
        case .current:
            reserved = LimitAmount.sum(reserved, holding.amount)
            if counter.resource == .concurrency { hold(until: end) }
        case .previous: previousReserved = LimitAmount.sum(previousReserved, holding.amount)
        case .ahead, .over: return false
        }
        return true
    }

    /// Counts usage without a reservation in the period of an instant that may lie back. If that has no effect any
    /// more, nothing happens. The state must have been rolled to now. Answers whether something happened.
    @discardableResult
    mutating func charge(_ amount: Int, at instant: Int, length: Int) -> Bool {
        let period = length > 0 ? instant - instant % length : instant
        if period >= bucket {
            used = LimitAmount.sum(used, amount)
        } else if length > 0, period == bucket - length {
            previousUsed = LimitAmount.sum(previousUsed, amount)
        } else {
            return false
        }
        return true
    }

    private enum Place {
        case current
        case previous
        /// Of a clock that was far ahead. Its period is gone with that time; what was used counts now.
        case ahead
        case over
    }

    private mutating func place(of holding: Holding, length: Int, now: Int) -> Place {
        let frame = WindowFrame(bucket: holding.bucket, until: holding.until)
        if holding.bucket == bucket || length == 0 && frame.isSamePeriod(as: current) { return .current }
        if holding.bucket > bucket {
            let span = length > 0 ? length : holding.until - holding.bucket
            if now < holding.bucket - span { return bucket > 0 ? .ahead : .over }
            guard now < holding.until else { return .over }
            // The store lost the counter in the meantime; the charge still counts.
            roll(to: frame, length: length, now: now)
            return .current
        }
        return length > 0 && bucket == holding.bucket + length ? .previous : .over
    }

    /// Forgets what was used, not what is held.
    mutating func forgive() {
        used = 0
        previousUsed = 0
    }

    /// Whether it holds nothing and counts nothing.
    var isEmpty: Bool { used == 0 && reserved == 0 && previousUsed == 0 && previousReserved == 0 }

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
