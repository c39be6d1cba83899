package import Logging
package import NIOCore
package import Policy
import Synchronization

/// Stands between the gateway and a limit store that can be away: keeps the deadline of every call, stops calling a
/// store that fails, does what the tenant's plan says meanwhile, and counts afterwards what was used in between.
///
/// A store may have parts that fail apart (the nodes of a cluster): each has a breaker and a queue of its own.
///
/// ``run(on:)`` (or ``maintain(on:)``, often) must be running, or an open breaker never closes.
package final class LimitStoreGuard: Sendable {
    /// Into how many parts a store may fall that fail apart.
    package static let domainCount = 128

    let primary: any LimitStore
    let clock: @Sendable () -> Int
    let steadyClock: @Sendable () -> Int
    let headroom = HeadroomMemory()
    let logger: Logger
    let domains: [FailureDomain]
    /// Enforces this replica's share while the store is away.
    let share: LocalLimitStore
    /// Whether something of the share may be in use.
    let hasLent = Atomic(false)
    /// Calls that were kept, in all domains.
    let waiting = Atomic(0)
    let maxDeferred: Int
    private let onChange: @Sendable (_ isDegraded: Bool) -> Void
    private let away = Mutex(0)
    private let awayCount = Atomic(0)
    private let isMaintaining = Atomic(false)
    private let counts = Mutex(GuardMetrics())
    /// When a loss was last logged, by the steady clock.
    let lastComplaint = Atomic(Int.min)

    /// - Parameters:
    ///   - deadline: For calls of stores that keep none of their own.
    ///   - maxDeferred: How many calls are kept for later; beyond, usage is lost and counted as lost.
    ///   - clock: milliseconds since 1970.
    ///   - steadyClock: milliseconds since whenever, never going back. nil: `clock`.
    ///   - onChange: Called when the store (of several parts the first) is given up and when it (the last one) is back,
    ///     on any thread; must not block.
    package init(
        primary: any LimitStore, deadline: TimeAmount = .milliseconds(50),
        breaker: CircuitBreaker = CircuitBreaker(firstProbeAfter: 100),
        maxDeferred: Int = 100_000, logger: Logger, clock: @escaping @Sendable () -> Int,
        steadyClock: (@Sendable () -> Int)? = nil,
        onChange: @escaping @Sendable (_ isDegraded: Bool) -> Void = { _ in }
    ) {
        self.primary = primary.keepsDeadline ? primary : DeadlineStore(store: primary, deadline: deadline)
        self.maxDeferred = maxDeferred
        self.logger = logger
        self.clock = clock
        self.steadyClock = steadyClock ?? clock
        self.onChange = onChange
        domains = (0..<Self.domainCount).map { FailureDomain(number: $0, breaker: breaker) }
        share = LocalLimitStore(clock: clock, steadyClock: steadyClock)
    }

    /// Whether the store, or a part of it, is given up for now.
    package var isDegraded: Bool { awayCount.load(ordering: .relaxed) > 0 }

    package var metrics: GuardMetrics {
        var metrics = counts.withLock { $0 }
        metrics.waiting = waiting.load(ordering: .relaxed)
        return metrics
    }

    /// Reserves with the store or, while it is away, as the plan says: throws `unavailable` for `closed`.
    ///
    /// - Throws: Never `timedOut`; what the store throws that says nothing about its health goes through.
    package func reserve(
        _ request: ReservationRequest, onOutage mode: PlanPolicy.OnStoreOutage, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> ReserveOutcome {
        if request.claims.isEmpty { return .admitted(.nothingHeld(request, origin: .store)) }
        let began = steadyClock()
        let domain = domain(of: request.tenant, request.claims)
        if !domain.isAway {
            do throws(LimitStoreFailure) {
                let outcome = try await primary.reserve(request, on: loop)
                succeeded(domain)
                if hasLent.load(ordering: .relaxed) { forgive(request, in: domain) }
                note(outcome, of: request.tenant, mode)
                return outcome.made(at: began)
            } catch {
                guard error.isOutage else { throw error }
                failed(error, in: domain)
            }
        }
        return try reserveWithoutStore(request, mode).made(at: began)
    }

    /// Settles with the store, or keeps the call for later. Usage of a degraded admission is charged; and so is that of
    /// a reservation which the store has lost.
    package func settle(
        _ reservation: Reservation, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        let isFirst = reservation.settlement.set()
        switch reservation.origin {
        case .store:
            if reservation.holdings.isEmpty { return .settled }
            return try await makeOrKeep(.settle(reservation, actuals, isFirst: isFirst), on: loop)
        case .lease, .unmetered:
            if reservation.origin == .lease { _ = try? share.settle(reservation, actuals: actuals) }
            return try await makeOrKeep(
                .charge(
                    reservation.claims, reservation.tenant, reservation.id, actuals, since: reservation.madeAt),
                on: loop)
        }
    }

    /// Renews what the store holds, and what the local share holds. Failures only show in the metrics: the next renewal
    /// comes soon, it holds again what was freed meanwhile, and what was not is still charged when it is settled.
    ///
    /// - Returns: Those that are renewed. The others have to be renewed again soon.
    package func renew(
        _ reservations: [Reservation], leaseMilliseconds: Int, on loop: any EventLoop
    ) async -> [Reservation] {
        var renewed = reservations.filter { $0.origin != .store || $0.holdings.isEmpty }
        let lent = renewed.filter { $0.origin == .lease }
        if !lent.isEmpty { _ = await share.renew(lent, leaseMilliseconds: leaseMilliseconds, on: loop) }
        let kept = reservations.filter { $0.origin == .store && !$0.holdings.isEmpty }
        let parts = Dictionary(grouping: kept) { domain(of: $0.tenant, $0.claims).number }
        await withTaskGroup { group in
            for (number, part) in parts where !domains[number].isAway {
                group.addTask {
                    await self.renew(part, in: self.domains[number], leaseMilliseconds: leaseMilliseconds, on: loop)
                }
            }
            for await part in group { renewed += part }
        }
        return renewed
    }

    /// The limits as they stand in the store.
    ///
    /// - Throws: `unavailable` while it is away.
    package func inspect(
        _ claims: [LimitClaim], tenant: LimitTenant, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> [LimitState] {
        let domain = domain(of: tenant, claims)
        if domain.isAway { throw Self.isAway }
        do throws(LimitStoreFailure) {
            return try await primary.inspect(claims, tenant: tenant, on: loop)
        } catch {
            guard error.isOutage else { throw error }
            failed(error, in: domain)
            throw Self.isAway
        }
    }

    /// One step of what has to be done in the background: probes a store that is away, and makes the calls that were
    /// kept once it is back. A second one at the same time does nothing.
    package func maintain(on loop: any EventLoop) async { await maintain(on: loop, until: nil) }

    func maintain(on loop: any EventLoop, until deadline: ContinuousClock.Instant?) async {
        guard !isMaintaining.exchange(true, ordering: .acquiringAndReleasing) else { return }
        defer { isMaintaining.store(false, ordering: .releasing) }
        if isDegraded {
            await withTaskGroup { group in
                for domain in domains where domain.breaker.withLock({ $0.startProbe(at: steadyClock()) }) {
                    group.addTask { await self.probe(domain, on: loop) }
                }
            }
        }
        if waiting.load(ordering: .relaxed) == 0 { return }
        for domain in domains where !domain.isAway { await replay(domain, until: deadline, on: loop) }
    }

    /// Maintains ten times a second until the task is cancelled.
    package func run(on loop: any EventLoop) async {
        while !Task.isCancelled {
            await maintain(on: loop)
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    func domain(of tenant: LimitTenant, _ claims: [LimitClaim]) -> FailureDomain {
        domains[primary.failureDomain(of: tenant, claims) & (Self.domainCount - 1)]
    }

    /// A reservation was decided: nothing else proves that the store takes them.
    private func succeeded(_ domain: FailureDomain) {
        guard domain.hasFailures.load(ordering: .relaxed) else { return }
        domain.breaker.withLock {
            $0.succeeded()
            domain.hasFailures.store($0.failures > 0, ordering: .relaxed)
        }
    }

    func failed(_ failure: LimitStoreFailure, in domain: FailureDomain) {
        count { $0.failures += 1 }
        let opened = domain.breaker.withLock { breaker in
            let opened = breaker.failed(at: steadyClock())
            domain.hasFailures.store(breaker.failures > 0, ordering: .relaxed)
            if opened { domain.isOpen.store(true, ordering: .relaxed) }
            return opened
        }
        guard opened else { return }
        count { $0.outages += 1 }
        guard changed(by: 1) == 1 else { return }
        logger.warning("the limit store is away", metadata: ["failure": "\(failure)"])
        onChange(true)
    }

    func probed(_ domain: FailureDomain, isBack: Bool) {
        let closed = domain.breaker.withLock { breaker in
            let closed = breaker.endProbe(succeeded: isBack, at: steadyClock())
            domain.hasFailures.store(false, ordering: .relaxed)
            if closed { domain.isOpen.store(false, ordering: .relaxed) }
            return closed
        }
        guard closed, changed(by: -1) == 0 else { return }
        logger.notice("the limit store is back")
        onChange(false)
    }

    /// How many parts are away after one more, or one less, is.
    private func changed(by difference: Int) -> Int {
        away.withLock {
            $0 += difference
            awayCount.store($0, ordering: .relaxed)
            return $0
        }
    }

    func count(_ change: (inout GuardMetrics) -> Void) {
        counts.withLock { change(&$0) }
    }
}
