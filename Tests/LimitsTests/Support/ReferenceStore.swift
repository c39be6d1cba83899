import Limits
import Policy

/// The rules of the limits once more, as plainly as possible: every amount is kept by period, nothing is rolled and
/// nothing is forgotten. Only for positive clocks that never go back, and for few leases.
struct ReferenceStore {
    private struct Key: Hashable {
        let counter: LimitCounter
        let bucket: Int
    }

    private struct Held {
        let claims: [LimitClaim]
        let amounts: [Int]
        let buckets: [Int]
        /// By owner: a lease is freed apart for the tenant and for the global counters.
        var ends: [LimitTenant: Int]
    }

    private var used: [Key: Int] = [:]
    private var reserved: [Key: Int] = [:]
    private var held: [ReservationID: Held] = [:]
    private var lapsed: Set<Pair> = []
    private var charged: Set<ReservationID> = []

    private struct Pair: Hashable {
        let id: ReservationID
        let owner: LimitTenant
    }

    /// nil when it refuses; else the granted tokens.
    mutating func reserve(_ request: ReservationRequest, at now: Int) -> Int? {
        let owners = Set(request.claims.map(\.counter.tenant))
        free(owners, at: now)
        var room = Int.max
        for claim in request.claims where !claim.shadow {
            let amounts = self.amounts(claim, at: now)
            let left = claim.max - amounts.used - amounts.reserved
            let isEmpty = amounts == Amounts(0, 0)
            let need = claim.counter.resource == .tokens ? request.demand.tokens.need : 1
            if claim.max == 0 || !isEmpty && need > left { return nil }
            if claim.counter.resource == .tokens { room = min(room, left) }
        }
        let granted = max(request.demand.tokens.need, min(request.demand.tokens.want, room))
        let amounts = request.claims.map { $0.counter.resource == .tokens ? granted : 1 }
        let buckets = request.claims.map { Self.bucket($0, at: now) }
        for (index, claim) in request.claims.enumerated() {
            reserved[Key(counter: claim.counter, bucket: buckets[index]), default: 0] += amounts[index]
        }
        let end = now + request.leaseMilliseconds
        held[request.id] = Held(
            claims: request.claims, amounts: amounts, buckets: buckets,
            ends: Dictionary(uniqueKeysWithValues: owners.map { ($0, end) }))
        return granted
    }

    mutating func settle(_ reservation: Reservation, _ actuals: LimitActuals) -> SettleOutcome {
        var outcome = SettleOutcome.alreadySettled
        for owner in Set(reservation.claims.map(\.counter.tenant)) {
            let wasHeld = held[reservation.id]?.ends[owner] != nil
            guard wasHeld || lapsed.remove(Pair(id: reservation.id, owner: owner)) != nil else { continue }
            outcome = .settled
            if wasHeld { release(reservation.id, of: owner) }
            for (claim, holding) in zip(reservation.claims, reservation.holdings) where claim.counter.tenant == owner {
                let actual = claim.counter.resource == .tokens ? actuals.tokens : actuals.requests
                let key = Key(counter: claim.counter, bucket: holding.bucket)
                if claim.counter.resource != .concurrency { used[key, default: 0] += actual }
            }
        }
        return outcome
    }

    mutating func renew(_ id: ReservationID, until end: Int) {
        guard let ends = held[id]?.ends else { return }
        held[id]?.ends = ends.mapValues { _ in end }
    }

    mutating func charge(
        _ id: ReservationID, _ claims: [LimitClaim], _ actuals: LimitActuals, at now: Int
    ) -> SettleOutcome {
        guard charged.insert(id).inserted else { return .alreadySettled }
        for claim in claims where claim.counter.resource != .concurrency {
            let actual = claim.counter.resource == .tokens ? actuals.tokens : actuals.requests
            used[Key(counter: claim.counter, bucket: Self.bucket(claim, at: now)), default: 0] += actual
        }
        return .settled
    }

    mutating func inspect(_ claims: [LimitClaim], at now: Int) -> [Amounts] {
        free(Set(claims.map(\.counter.tenant)), at: now)
        return claims.map { amounts($0, at: now) }
    }

    private mutating func free(_ owners: Set<LimitTenant>, at now: Int) {
        for (id, reservation) in held {
            for (owner, end) in reservation.ends where end <= now && owners.contains(owner) {
                release(id, of: owner)
                lapsed.insert(Pair(id: id, owner: owner))
            }
        }
    }

    private mutating func release(_ id: ReservationID, of owner: LimitTenant) {
        guard let reservation = held[id] else { return }
        for (index, claim) in reservation.claims.enumerated() where claim.counter.tenant == owner {
            let key = Key(counter: claim.counter, bucket: reservation.buckets[index])
            reserved[key, default: 0] -= reservation.amounts[index]
        }
        held[id]?.ends[owner] = nil
        if held[id]?.ends.isEmpty == true { held[id] = nil }
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
