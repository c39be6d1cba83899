import Logging
package import NIOCore
import Policy
import Synchronization

extension LimitStoreGuard {
    static let replayedPerStep = 1000
    /// Milliseconds between two log lines about losses.
    private static let complaintInterval = 1000
    private static let probeLease = 1000

    /// Makes a call, and what follows from it, now; or keeps it for later.
    func makeOrKeep(_ call: DeferredCall, on loop: any EventLoop) async throws(LimitStoreFailure) -> SettleOutcome {
        let domain = domain(of: call.tenant, call.claims)
        var next = call
        while !domain.isAway {
            do throws(LimitStoreFailure) {
                let (outcome, rest) = try await make(next, on: loop)
                guard let rest else { return outcome }
                next = rest
            } catch {
                switch error {
                case .unavailable, .timedOut: failed(error, in: domain)
                case .cancelled: break
                case .full, .invalid: throw error
                }
                next = next.repeated
                break
            }
        }
        deferCall(next, in: domain)
        return .deferred
    }

    /// Ends what is waiting: makes the calls that were kept, also when the calling task is cancelled, for so long. For
    /// the end of a process.
    ///
    /// - Parameter pause: between two attempts.
    /// - Returns: How many calls are lost.
    package func finish(
        within limit: Duration, pause: Duration = .milliseconds(50), on loop: any EventLoop
    ) async -> Int {
        // A task of its own: in a cancelled one every call would end at once.
        await Task.detached {
            let deadline = ContinuousClock.now + limit
            while true {
                await self.maintain(on: loop, until: deadline)
                if self.waiting.load(ordering: .relaxed) == 0 || ContinuousClock.now >= deadline { break }
                try? await Task.sleep(for: pause)
            }
            let lost = self.domains.reduce(0) { $0 + $1.clear() }
            if lost > 0 {
                self.waiting.subtract(lost, ordering: .relaxed)
                self.count { $0.lost += lost }
                self.logger.error("usage not counted: the limit store is away", metadata: ["requests": "\(lost)"])
            }
            return lost
        }.value
    }

    /// Makes calls that were kept, oldest first, until the store fails again. A call leaves the queue before it is made
    /// and returns to its head when it failed: made twice, it still counts once.
    func replay(_ domain: FailureDomain, until deadline: ContinuousClock.Instant?, on loop: any EventLoop) async {
        for _ in 0..<Self.replayedPerStep {
            if let deadline, ContinuousClock.now >= deadline { return }
            guard var call = domain.next() else { return }
            let owner = self.domain(of: call.tenant, call.claims)
            if owner !== domain {
                // Kept before it was known that the store has parts.
                owner.keep(call, first: false)
                continue
            }
            do throws(LimitStoreFailure) {
                while let rest = try await make(call, on: loop).rest { call = rest }
                waiting.subtract(1, ordering: .relaxed)
                count { $0.replayed += 1 }
            } catch {
                switch error {
                case .unavailable, .timedOut:
                    failed(error, in: domain)
                    domain.keep(call.repeated, first: true)
                    return
                case .cancelled:
                    domain.keep(call.repeated, first: true)
                    return
                case .full, .invalid:
                    // It would be refused again and again.
                    waiting.subtract(1, ordering: .relaxed)
                    count { $0.lost += 1 }
                }
            }
        }
    }

    /// Reserves as a request does, because a store may read, or settle, and refuse just that (a server that is out of
    /// memory, or has become a replica).
    func probe(_ domain: FailureDomain, on loop: any EventLoop) async {
        let request = probeRequest(domain)
        do throws(LimitStoreFailure) {
            if case .admitted(let reservation) = try await primary.reserve(request, on: loop) {
                // Left alone it would end by itself.
                _ = try? await primary.settle(reservation, actuals: .nothing, on: loop)
            }
            probed(domain, isBack: true)
        } catch {
            probed(domain, isBack: !error.isOutage && error != .cancelled)
        }
    }

    /// On counters nobody uses, in the part of the store that the domain is.
    private func probeRequest(_ domain: FailureDomain) -> ReservationRequest {
        func claims(_ tenant: LimitTenant) -> [LimitClaim] {
            [
                LimitClaim(
                    counter: LimitCounter(
                        scope: .tenant, resource: .requests, period: .second, tenant: tenant, subject: ""),
                    max: LimitAmount.cap)
            ]
        }
        let shared = LimitClaim(
            counter: LimitCounter(
                scope: .global, resource: .requests, period: .second, tenant: .global, subject: "-"),
            max: LimitAmount.cap)
        var found = (tenant: LimitTenant("-"), claims: claims(LimitTenant("-")))
        // Of so many names some lie in every part.
        search: for number in 0..<4096 {
            let tenant = LimitTenant("-\(number)")
            let own = claims(tenant)
            for claims in [own, own + [shared], [shared]]
            where primary.failureDomain(of: tenant, claims) & (Self.domainCount - 1) == domain.number {
                found = (tenant, claims)
                break search
            }
        }
        return ReservationRequest(
            id: .random(), tenant: found.tenant, claims: found.claims,
            demand: LimitDemand(tokens: .init(need: 0, want: 0), cost: .init(need: 0, want: 0)),
            leaseMilliseconds: Self.probeLease)
    }

    func renew(
        _ reservations: [Reservation], in domain: FailureDomain, leaseMilliseconds: Int, on loop: any EventLoop
    ) async -> [Reservation] {
        let outcome = await primary.renew(reservations, leaseMilliseconds: leaseMilliseconds, on: loop)
        if let failure = outcome.failure, failure.isOutage { failed(failure, in: domain) }
        if outcome.renewed.count == reservations.count { return reservations }
        let renewed = Set(outcome.renewed)
        return reservations.filter { renewed.contains($0.id) }
    }

    private func deferCall(_ call: DeferredCall, in domain: FailureDomain) {
        guard waiting.add(1, ordering: .relaxed).newValue <= maxDeferred else {
            waiting.subtract(1, ordering: .relaxed)
            count { $0.lost += 1 }
            return complain("usage not counted: too many requests wait for the limit store", metrics.lost, call.tenant)
        }
        domain.keep(call, first: false)
        count { $0.deferred += 1 }
    }

    /// Makes a call. Answers what has to be done after it, if anything: a reservation that the store does not know when
    /// it is settled for the first time is lost (a failover, a server that came back empty), and what it used is
    /// charged instead, in the periods it was made in.
    private func make(
        _ call: DeferredCall, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> (outcome: SettleOutcome, rest: DeferredCall?) {
        switch call {
        case .settle(let reservation, let actuals, let isFirst):
            let outcome = try await primary.settle(reservation, actuals: actuals, on: loop)
            let lost = isFirst ? outcome.unknown(of: reservation.claims) : []
            if lost.isEmpty { return (outcome, nil) }
            count { $0.forgotten += 1 }
            complain(
                "the limit store has lost a reservation; its usage is counted all the same", metrics.forgotten,
                reservation.tenant)
            return (
                outcome, .charge(lost, reservation.tenant, reservation.id, actuals, since: reservation.madeAt)
            )
        case .charge(let claims, let tenant, let id, let actuals, let since):
            let age = max(0, steadyClock() - since)
            let outcome = try await primary.charge(
                claims, tenant: tenant, id: id, actuals: actuals, age: age, on: loop)
            return (outcome, nil)
        }
    }

    /// Logs a loss; of many not all.
    private func complain(_ what: Logger.Message, _ soFar: Int, _ tenant: LimitTenant) {
        let now = steadyClock()
        let last = lastComplaint.load(ordering: .relaxed)
        guard last == .min || now - last >= Self.complaintInterval else { return }
        lastComplaint.store(now, ordering: .relaxed)
        logger.warning(what, metadata: ["tenant": "\(tenant.name)", "so_far": "\(soFar)"])
    }
}
