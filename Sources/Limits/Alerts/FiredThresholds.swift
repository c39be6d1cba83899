/// The highest threshold of each limit that was passed in its latest period. Bounded; at the bound those not seen for
/// longest are forgotten, and would be passed again.
struct FiredThresholds: Sendable {
    /// A limit that was raised or lowered is another one, and several tenants may have different limits on the counter
    /// that they share.
    private struct Limit: Hashable, Sendable {
        let counter: LimitCounter
        let max: Int
    }

    private struct Level: Sendable {
        let period: Int
        let threshold: Int
    }

    private var levels: ExpiringTable<Limit, Level>

    init(capacity: Int) {
        levels = ExpiringTable(capacity: capacity)
    }

    var count: Int { levels.count }

    /// Notes a passed threshold.
    ///
    /// - Parameters:
    ///   - max: of the limit on the counter.
    ///   - period: its start; an earlier one than is known changes nothing.
    ///   - end: when it may be forgotten.
    /// - Returns: nil when it, or a higher one, was passed in the period before; else the highest that was, 0 for none.
    mutating func pass(
        _ threshold: Int, of counter: LimitCounter, max: Int, period: Int, until end: Int, at now: Int
    ) -> Int? {
        let limit = Limit(counter: counter, max: max)
        let known = levels.value(of: limit, at: now)
        if let known {
            if known.period > period { return nil }
            if known.period == period, known.threshold >= threshold { return nil }
        }
        levels.set(Level(period: period, threshold: threshold), for: limit, until: end, at: now)
        return known?.period == period ? known?.threshold ?? 0 : 0
    }
}
