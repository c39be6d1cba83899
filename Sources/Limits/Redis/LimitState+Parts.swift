extension LimitState {
    /// The state as it was before the holding was made.
    func without(_ holding: Holding) -> LimitState {
        LimitState(
            claim: claim, used: used, reserved: LimitAmount.difference(reserved, holding.amount), resetsAt: resetsAt,
            wouldRefuse: wouldRefuse)
    }

    static func read(
        _ claims: [LimitClaim], from numbers: inout ReplyNumbers
    ) throws(LimitStoreFailure) -> [LimitState] {
        var states: [LimitState] = []
        states.reserveCapacity(claims.count)
        for claim in claims { states.append(try read(claim, from: &numbers)) }
        return states
    }

    static func read(
        _ claim: LimitClaim, from numbers: inout ReplyNumbers
    ) throws(LimitStoreFailure) -> LimitState {
        guard let used = numbers.next(), let reserved = numbers.next(), let resets = numbers.next(),
            let isShared = numbers.next()
        else { throw RedisLimitStore.unreadable }
        return LimitState(
            claim: isShared == 0 ? claim : claim.overflow, used: used, reserved: reserved, resetsAt: resets)
    }
}
