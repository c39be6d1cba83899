import Limits
import Policy

/// The rules of the limits once more, as plainly as possible: every amount is kept by period, nothing is rolled and
/// nothing is forgotten unless it is told to. Only for positive clocks that never go back, for one time zone, and for
/// few leases and subjects.
struct ReferenceStore {
    /// What a reservation gets of each resource that has amounts.
    struct Grant: Equatable {
        let tokens: Int
        let cost: Int
    }

    private struct Key: Hashable {
        let counter: LimitCounter
        let bucket: Int
    }

    private struct Held {
        let claims: [LimitClaim]
        let amounts: [Int]
        let buckets: [Int]
    }

    private struct Pair: Hashable {
        let id: ReservationID
        let owner: LimitTenant
    }

    private var used: [Key: Int] = [:]
    private var reserved: [Key: Int] = [:]
    private var known: [ReservationID: Held] = [:]
    /// When leases end. A lease is freed apart for the tenant and for the global counters.
    private var ends: [Pair: Int] = [:]
    private var lapsed: Set<Pair> = []
    private var charged: Set<ReservationID> = []

    /// nil when it refuses.
    mutating func reserve(_ request: ReservationRequest, at now: Int) -> Grant? {
        let owners = Set(request.claims.map(\.counter.tenant))
        free(owners, at: now)
        var tokens = Int.max
        var cost = Int.max
        for claim in request.claims where !claim.shadow {
            let amounts = self.amounts(claim, at: now)
            let left = claim.max - amounts.used - amounts.reserved
            let need = Self.amount(claim, request.demand.tokens.need, request.demand.cost.need)
            if claim.max == 0 || amounts != .none && need > left { return nil }
            if claim.counter.resource == .tokens { tokens = min(tokens, left) }
            if claim.counter.resource == .cost { cost = min(cost, left) }
        }
        let grant = Grant(
            tokens: max(request.demand.tokens.need, min(request.demand.tokens.want, tokens)),
            cost: max(request.demand.cost.need, min(request.demand.cost.want, cost)))
        known[request.id] = Held(
            claims: request.claims, amounts: request.claims.map { Self.amount($0, grant.tokens, grant.cost) },
            buckets: request.claims.map { Self.bucket($0, at: now) })
        for owner in owners { hold(Pair(id: request.id, owner: owner), until: now + request.leaseMilliseconds) }
        return grant
    }

    mutating func settle(_ reservation: Reservation, _ actuals: LimitActuals) -> SettleOutcome {
        var outcome = SettleOutcome.alreadySettled
        for owner in Set(reservation.claims.map(\.counter.tenant)) {
            let pair = Pair(id: reservation.id, owner: owner)
            let wasHeld = ends[pair] != nil
            guard wasHeld || lapsed.remove(pair) != nil else { continue }
            outcome = .settled
            if wasHeld { release(pair) }
            for (claim, holding) in zip(reservation.claims, reservation.holdings) where claim.counter.tenant == owner {
                count(actuals, claim, bucket: holding.bucket)
            }
        }
        return outcome
    }

    mutating func renew(_ reservation: Reservation, until end: Int) {
        for owner in Set(reservation.claims.map(\.counter.tenant)) {
            let pair = Pair(id: reservation.id, owner: owner)
            if ends[pair] != nil {
                ends[pair] = end
            } else if lapsed.remove(pair) != nil {
                hold(pair, until: end)
            }
        }
    }

    mutating func charge(
        _ id: ReservationID, _ claims: [LimitClaim], _ actuals: LimitActuals, at instant: Int
    ) -> SettleOutcome {
        guard charged.insert(id).inserted else { return .alreadySettled }
        for claim in claims { count(actuals, claim, bucket: Self.bucket(claim, at: instant)) }
        return .settled
    }

    mutating func inspect(_ claims: [LimitClaim], at now: Int) -> [Amounts] {
        free(Set(claims.map(\.counter.tenant)), at: now)
        return claims.map { amounts($0, at: now) }
    }

    /// A counter is lost, and with it what was used and is held.
    mutating func lose(_ counter: LimitCounter) {
        used = used.filter { $0.key.counter != counter }
        reserved = reserved.filter { $0.key.counter != counter }
    }

    private mutating func free(_ owners: Set<LimitTenant>, at now: Int) {
        for (pair, end) in ends where end <= now && owners.contains(pair.owner) {
            release(pair)
            lapsed.insert(pair)
        }
    }

    private mutating func hold(_ pair: Pair, until end: Int) {
        ends[pair] = end
        for (key, amount) in holdings(of: pair) { reserved[key, default: 0] += amount }
    }

    private mutating func release(_ pair: Pair) {
        ends[pair] = nil
        for (key, amount) in holdings(of: pair) { reserved[key] = max(0, (reserved[key] ?? 0) - amount) }
    }

    private func holdings(of pair: Pair) -> [(Key, Int)] {
        guard let held = known[pair.id] else { return [] }
        return held.claims.indices.filter { held.claims[$0].counter.tenant == pair.owner }.map {
            (Key(counter: held.claims[$0].counter, bucket: held.buckets[$0]), held.amounts[$0])
        }
    }

    private mutating func count(_ actuals: LimitActuals, _ claim: LimitClaim, bucket: Int) {
        let amount =
            switch claim.counter.resource {
            case .requests: actuals.requests
            case .tokens: actuals.tokens
            case .cost: actuals.cost
            case .concurrency: 0
            }
        used[Key(counter: claim.counter, bucket: bucket), default: 0] += amount
    }

    private func amounts(_ claim: LimitClaim, at now: Int) -> Amounts {
        let bucket = Self.bucket(claim, at: now)
        let current = Key(counter: claim.counter, bucket: bucket)
        guard let length = Self.length(claim) else { return Amounts(used[current] ?? 0, reserved[current] ?? 0) }
        let previous = Key(counter: claim.counter, bucket: bucket - length)
        func weighed(_ amount: Int) -> Int { (amount * (bucket + length - now) + length - 1) / length }
        return Amounts(
            (used[current] ?? 0) + weighed(used[previous] ?? 0),
            (reserved[current] ?? 0) + weighed(reserved[previous] ?? 0))
    }

    private static func amount(_ claim: LimitClaim, _ tokens: Int, _ cost: Int) -> Int {
        switch claim.counter.resource {
        case .requests, .concurrency: 1
        case .tokens: tokens
        case .cost: cost
        }
    }

    private static func length(_ claim: LimitClaim) -> Int? {
        switch claim.counter.period {
        case .second: 1000
        case .minute: 60_000
        case .hour: 3_600_000
        case .day, .week, .month, nil: nil
        }
    }

    private static func bucket(_ claim: LimitClaim, at now: Int) -> Int {
        if let length = length(claim) { return now / length * length }
        return claim.counter.resource == .concurrency ? 0 : now / 86_400_000 * 86_400_000
    }
}
