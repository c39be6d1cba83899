import Logging
package import NIOCore
import Policy
import Synchronization

extension LimitStoreGuard {
    static let isAway = LimitStoreFailure.unavailable(reason: "the limit store is away", retryAfterMilliseconds: 1000)
    /// What a refusal of the share says at most when the limit itself may have room.
    static let longestDegradedRetry = 2000
    /// Shadow limits that are counted apart.
    static let countedShadows = 1024

    /// Frees the leases that have ended, in the store unless it is away, and in the local share. Answers how many.
    package func sweep(on loop: any EventLoop) async -> Int {
        var freed = (try? await share.sweep(on: loop)) ?? 0
        if hasLent.load(ordering: .relaxed), share.isEmpty { hasLent.store(false, ordering: .relaxed) }
        // It goes over all parts of the store and so says little about any of them.
        if !domains[0].isAway { freed += (try? await primary.sweep(on: loop)) ?? 0 }
        return freed
    }

    /// What the plan says for the time the store is away.
    func reserveWithoutStore(
        _ request: ReservationRequest, _ mode: PlanPolicy.OnStoreOutage
    ) throws(LimitStoreFailure) -> ReserveOutcome {
        switch mode {
        case .closed:
            count { $0.unavailable += 1 }
            throw Self.isAway
        case .open:
            count { $0.admittedOpen += 1 }
            return .admitted(.nothingHeld(request, origin: .unmetered))
        case .lease:
            return try reserveFromShare(request)
        }
    }

    /// Remembers what a decision of the store says.
    func note(_ outcome: ReserveOutcome, of tenant: LimitTenant, _ mode: PlanPolicy.OnStoreOutage) {
        let states =
            switch outcome {
            case .admitted(let reservation): reservation.states
            case .refused(let refusal): refusal.states
            }
        if mode == .lease { headroom.remember(states, of: tenant) }
        for state in states where state.shadow && state.wouldRefuse { countShadow(state.counter) }
    }

    /// Of a tenant the store has decided on again, the share begins anew. What is held of it stays held, and what waits
    /// to be counted has to be counted first.
    func forgive(_ request: ReservationRequest, in domain: FailureDomain) {
        guard domain.waiting.load(ordering: .relaxed) == 0 else { return }
        share.forgive(request.tenant)
        if !isDegraded, request.claims.contains(where: \.isGlobal) { share.forgive(.global) }
    }

    private func countShadow(_ counter: LimitCounter) {
        count {
            let limit = ShadowLimit(counter)
            let isNamed = $0.shadowRefusals[limit] != nil || $0.shadowRefusals.count < Self.countedShadows
            $0.shadowRefusals[isNamed ? limit : ShadowLimit(counter, isNamed: false), default: 0] += 1
        }
    }

    /// The same limits, with this replica's share in the place of their maximum.
    private func reserveFromShare(_ request: ReservationRequest) throws(LimitStoreFailure) -> ReserveOutcome {
        let now = clock()
        let seen = request.claims.map { headroom.seen($0.counter, by: request.tenant) }
        let claims = zip(request.claims, seen).map { claim, seen in
            claim.shadow
                ? claim
                : LimitClaim(
                    counter: claim.counter, max: LocalShare.max(of: claim, seen: seen, at: now),
                    calendar: claim.calendar)
        }
        let lent = ReservationRequest(
            id: request.id, tenant: request.tenant, claims: claims, demand: request.demand,
            leaseMilliseconds: request.leaseMilliseconds)
        hasLent.store(true, ordering: .relaxed)
        switch try share.reserve(lent) {
        case .admitted(let reservation):
            count { $0.admittedByLease += 1 }
            return .admitted(reservation.lent(request.claims))
        case .refused(var refusal):
            count { $0.refusedByLease += 1 }
            refusal.isDegraded = true
            // The share of a month is used up, the month's limit is perhaps not: the store may be back in a moment.
            let known = zip(request.claims, seen).compactMap { claim, seen in
                seen?.reset(ifExhaustedFor: request.demand.need(for: claim), claim, at: now)
            }
            let wait = max(Self.longestDegradedRetry, (known.max() ?? now) - now)
            refusal.retryAfterMilliseconds = min(refusal.retryAfterMilliseconds, wait)
            return .refused(refusal)
        }
    }
}
