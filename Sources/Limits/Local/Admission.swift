import Policy

/// Collects, claim by claim, whether a request fits and how much it is granted.
struct Admission {
    private let demand: LimitDemand
    private var tokenRoom = LimitAmount.cap
    private var costRoom = LimitAmount.cap

    init(_ demand: LimitDemand) {
        self.demand = demand
    }

    /// Tokens to reserve on every token counter: what is wanted, less if there is not enough room, but what is needed.
    var tokens: Int { max(demand.tokens.need, min(demand.tokens.want, tokenRoom)) }
    /// Nano-dollars to reserve on every cost counter.
    var cost: Int { max(demand.cost.need, min(demand.cost.want, costRoom)) }

    /// Whether there is room in the claim; shadow limits have none to defend.
    mutating func fits(_ claim: LimitClaim, _ window: WindowState, at now: Int) -> Bool {
        if claim.shadow { return true }
        if claim.max == 0 { return false }
        let length = claim.counter.length
        let used = window.used(at: now, length: length)
        let reserved = window.reserved(at: now, length: length)
        let room = claim.max - used - reserved
        guard used == 0 && reserved == 0 || demand.need(for: claim) <= room else { return false }
        switch claim.counter.resource {
        case .tokens: tokenRoom = min(tokenRoom, room)
        case .cost: costRoom = min(costRoom, room)
        case .requests, .concurrency: break
        }
        return true
    }
}
