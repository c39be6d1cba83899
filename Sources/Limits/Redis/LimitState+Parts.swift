extension LimitState {
    /// The state as it was before the holding was made.
    func without(_ holding: Holding) -> LimitState {
        LimitState(
            claim: claim, used: used, reserved: LimitAmount.difference(reserved, holding.amount), resetsAt: resetsAt)
    }

    static func read(
        _ claims: [LimitClaim], from numbers: inout ReplyNumbers
    ) throws(LimitStoreFailure) -> [LimitState] {
        var states: [LimitState] = []
        states.reserveCapacity(claims.count)
        for claim in claims {
            guard let used = numbers.next(), let reserved = numbers.next(), let resets = numbers.next() else {
                throw RedisLimitStore.unreadable
            }
            states.append(LimitState(claim: claim, used: used, reserved: reserved, resetsAt: resets))
        }
        return states
    }
}
