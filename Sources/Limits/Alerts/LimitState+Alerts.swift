extension LimitState {
    /// Settled usage, with that of a request that is being settled.
    func used(adding actuals: LimitActuals?) -> Int {
        guard let actuals else { return LimitAmount.clamped(used) }
        return LimitAmount.sum(LimitAmount.clamped(used), claim.amount(of: actuals))
    }

    /// Percent, rounded down; 0 for a limit of 0, of which there are no parts.
    func percent(used: Int) -> Int {
        // A product of an amount and 100 fits.
        max == 0 ? 0 : used &* 100 / max
    }

    /// Start of the period the state belongs to, milliseconds since 1970. Derived from what the store says, not from a
    /// replica's clock, so that all replicas give the same period the same name.
    var periodStart: Int {
        let length = counter.length
        if length > 0 { return resetsAt / length * length - 2 * length }
        guard let calendar = claim.calendar else { return 0 }
        if resetsAt <= calendar.start { return calendar.previousStart }
        return resetsAt <= calendar.end ? calendar.start : calendar.end
    }
}
