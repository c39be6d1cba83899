import DequeModule
package import NIOCore
import Policy
import Synchronization

extension LimitStoreGuard {
    static let away = LimitStoreFailure.unavailable(reason: "the limit store is away", retryAfterMilliseconds: 1000)
    /// A counter nobody uses: what a probe reads.
    static let probeTenant = LimitTenant("-")
    static let probeClaim = LimitClaim(
        counter: LimitCounter(scope: .tenant, resource: .requests, period: .second, tenant: probeTenant, subject: ""),
        max: 1)
    static let replayedPerStep = 1000

    /// Frees the leases that have ended, in the store unless it is away, and in the local share. Answers how many.
    package func sweep(on loop: any EventLoop) async -> Int {
        var freed = (try? await share().sweep(on: loop)) ?? 0
        if isDegraded { return freed }
        do throws(LimitStoreFailure) {
            freed += try await primary.sweep(on: loop)
            succeeded()
        } catch {
            if error.isOutage { failed(error) }
        }
        return freed
    }

    /// What the plan says for the time the store is away.
    func reserveWithoutStore(
        _ request: ReservationRequest, _ mode: PlanPolicy.OnStoreOutage
    ) throws(LimitStoreFailure) -> ReserveOutcome {
        switch mode {
        case .closed:
            count { $0.unavailable += 1 }
            throw Self.away
        case .open:
            count { $0.admittedOpen += 1 }
            return .admitted(.nothingHeld(request, origin: .unmetered))
        case .lease:
            return try reserveFromShare(request)
        }
    }

    func remember(_ outcome: ReserveOutcome, of tenant: LimitTenant) {
        switch outcome {
        case .admitted(let reservation): headroom.remember(reservation.states, of: tenant)
        case .refused(let refusal): headroom.remember(refusal.states, of: tenant)
        }
    }

    func make(_ call: DeferredCall, on loop: any EventLoop) async throws(LimitStoreFailure) -> SettleOutcome {
        switch call {
        case .settle(let reservation, let actuals):
            try await primary.settle(reservation, actuals: actuals, on: loop)
        case .charge(let claims, let tenant, let id, let actuals):
            try await primary.charge(claims, tenant: tenant, id: id, actuals: actuals, on: loop)
        }
    }

    /// Makes calls that were kept, oldest first, until the store fails again. A call leaves the queue before it is made
    /// and returns to its head when it failed: made twice, it still counts once.
    func replay(on loop: any EventLoop) async {
        for _ in 0..<Self.replayedPerStep {
            guard let call = queue.withLock({ $0.popFirst() }) else { return }
            do throws(LimitStoreFailure) {
                _ = try await make(call, on: loop)
                succeeded()
                count { $0.replayed += 1 }
            } catch {
                switch error {
                case .unavailable, .timedOut:
                    failed(error)
                    deferCall(call, first: true)
                    return
                case .cancelled:
                    deferCall(call, first: true)
                    return
                case .full, .invalid:
                    // It would be refused again and again.
                    count { $0.lost += 1 }
                }
            }
        }
    }

    /// The same limits, with this replica's share in the place of their maximum.
    private func reserveFromShare(_ request: ReservationRequest) throws(LimitStoreFailure) -> ReserveOutcome {
        let now = clock()
        let claims = request.claims.map { claim in
            claim.shadow
                ? claim
                : LimitClaim(
                    counter: claim.counter,
                    max: LocalShare.max(of: claim, seen: headroom.seen(claim.counter, by: request.tenant), at: now),
                    calendar: claim.calendar)
        }
        let lent = ReservationRequest(
            id: request.id, tenant: request.tenant, claims: claims, demand: request.demand,
            leaseMilliseconds: request.leaseMilliseconds)
        switch try share().reserve(lent) {
        case .admitted(let reservation):
            count { $0.admittedByLease += 1 }
            return .admitted(reservation.lent(request.claims))
        case .refused(var refusal):
            count { $0.refusedByLease += 1 }
            refusal.isDegraded = true
            return .refused(refusal)
        }
    }
}
