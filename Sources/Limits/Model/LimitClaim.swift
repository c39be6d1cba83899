import Policy

/// A counter a request has to fit in, and how much the counter allows. Made once per caller and snapshot (and again
/// when its calendar periods have passed), not per request.
package final class LimitClaim: Sendable {
    package let counter: LimitCounter
    /// Requests, tokens, concurrent requests; nano-dollars for cost. 0 refuses everything.
    package let max: Int
    /// Counted and shown, never enforced.
    package let shadow: Bool
    /// Boundaries of a calendar period; nil for the others. A calendar period without boundaries never ends.
    package let calendar: CalendarPeriods?
    /// What the scripts have to know about the claim: resource, max, shadow, length, calendar boundaries, whether its
    /// subjects are bounded.
    let text: String

    package init(counter: LimitCounter, max: Int, shadow: Bool = false, calendar: CalendarPeriods? = nil) {
        self.counter = counter
        self.max = LimitAmount.clamped(max)
        self.shadow = shadow
        self.calendar = counter.length == 0 && counter.resource != .concurrency ? calendar ?? .endless : nil
        let resource =
            switch counter.resource {
            case .requests: "r"
            case .tokens: "t"
            case .cost: "m"
            case .concurrency: "c"
            }
        let bounds = self.calendar ?? CalendarPeriods(previousStart: 0, start: 0, end: 0, nextEnd: 0)
        text =
            "\(resource) \(self.max) \(shadow ? 1 : 0) \(counter.length) "
            + "\(bounds.previousStart) \(bounds.start) \(bounds.end) \(bounds.nextEnd) "
            + "\(counter.isBounded ? 1 : 0)"
    }

    /// The same claim on what all subjects share for which a store has no room. A store counts in it when its bound for
    /// the subjects of a limit is reached, so that nobody is refused for the names that others choose.
    package var overflow: LimitClaim {
        LimitClaim(counter: counter.overflow, max: max, shadow: shadow, calendar: calendar)
    }

    /// Whether it is shared by all tenants.
    var isGlobal: Bool { counter.tenant.isGlobal }

    /// Where an instant lies in the counter's period.
    func frame(at now: Int) -> WindowFrame {
        if let calendar { return calendar.frame(at: now) }
        return counter.length == 0 ? .endless : WindowFrame(sliding: counter.length, at: now)
    }

    /// How much of the claim's resource a request gets that is granted so many tokens and so much money.
    func amount(tokens: Int, cost: Int) -> Int {
        switch counter.resource {
        case .requests, .concurrency: 1
        case .tokens: tokens
        case .cost: cost
        }
    }

    /// How much of the claim's resource was used in the end. A concurrency slot is not used up.
    func amount(of actuals: LimitActuals) -> Int {
        switch counter.resource {
        case .requests: actuals.requests
        case .tokens: actuals.tokens
        case .cost: actuals.cost
        case .concurrency: 0
        }
    }
}
