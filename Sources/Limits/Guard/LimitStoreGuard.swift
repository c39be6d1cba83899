import DequeModule
package import Logging
package import NIOCore
package import Policy
import Synchronization

/// Stands between the gateway and a limit store that can be away: keeps the deadline of every call, stops calling a
/// store that fails, does what the tenant's plan says meanwhile, and counts afterwards what was used in between.
///
/// ``run(on:)`` (or ``maintain(on:)``, often) must be running, or an open breaker never closes.
package final class LimitStoreGuard: Sendable {
    let primary: any LimitStore
    let clock: @Sendable () -> Int
    let headroom = HeadroomMemory()
    private let logger: Logger
    private let onChange: @Sendable (_ isDegraded: Bool) -> Void
    private let maxDeferred: Int
    private let breaker: Mutex<CircuitBreaker>
    /// Mirrors of the breaker, so that calls that succeed share no lock.
    private let isOpen = Atomic(false)
    private let hasFailures = Atomic(false)
    private let isMaintaining = Atomic(false)
    /// Enforces this replica's share; a fresh one for each outage.
    private let local: Mutex<LocalLimitStore>
    let queue = Mutex<Deque<DeferredCall>>([])
    private let counts = Mutex(GuardMetrics())

    /// - Parameters:
    ///   - deadline: For calls of stores that keep none of their own.
    ///   - maxDeferred: How many calls are kept for later; beyond, usage is lost and counted as lost.
    ///   - clock: milliseconds since 1970.
    ///   - onChange: Called when the store is given up and when it is back, on any thread; must not block.
    package init(
        primary: any LimitStore, deadline: TimeAmount = .milliseconds(50),
        breaker: CircuitBreaker = CircuitBreaker(firstProbeAfter: 100),
        maxDeferred: Int = 100_000, logger: Logger, clock: @escaping @Sendable () -> Int,
        onChange: @escaping @Sendable (_ isDegraded: Bool) -> Void = { _ in }
    ) {
        self.primary = primary.keepsDeadline ? primary : DeadlineStore(store: primary, deadline: deadline)
        self.breaker = Mutex(breaker)
        self.maxDeferred = maxDeferred
        self.logger = logger
        self.clock = clock
        self.onChange = onChange
        local = Mutex(LocalLimitStore(clock: clock))
    }

    /// Whether the store is given up for now.
    package var isDegraded: Bool { isOpen.load(ordering: .relaxed) }

    package var metrics: GuardMetrics {
        var metrics = counts.withLock { $0 }
        metrics.waiting = queue.withLock { $0.count }
        return metrics
    }

    /// Reserves with the store or, while it is away, as the plan says: throws `unavailable` for `closed`.
    ///
    /// - Throws: Never `timedOut`; what the store throws that says nothing about its health goes through.
    package func reserve(
        _ request: ReservationRequest, onOutage mode: PlanPolicy.OnStoreOutage, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> ReserveOutcome {
        if request.claims.isEmpty { return .admitted(.nothingHeld(request, origin: .store)) }
        if !isDegraded {
            do throws(LimitStoreFailure) {
                let outcome = try await primary.reserve(request, on: loop)
                succeeded()
                if mode == .lease { remember(outcome, of: request.tenant) }
                return outcome
            } catch {
                guard error.isOutage else { throw error }
                failed(error)
            }
        }
        return try reserveWithoutStore(request, mode)
    }

    /// Settles with the store, or keeps the call for later. Usage of a degraded admission is charged.
    package func settle(
        _ reservation: Reservation, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        let call: DeferredCall
        switch reservation.origin {
        case .store:
            if reservation.holdings.isEmpty { return .settled }
            call = .settle(reservation, actuals)
        case .lease, .unmetered:
            if reservation.origin == .lease {
                _ = try? local.withLock { $0 }.settle(reservation, actuals: actuals)
            }
            call = .charge(reservation.claims, reservation.tenant, reservation.id, actuals)
        }
        if !isDegraded {
            do throws(LimitStoreFailure) {
                let outcome = try await make(call, on: loop)
                succeeded()
                return outcome
            } catch {
                switch error {
                case .unavailable, .timedOut: failed(error)
                case .cancelled: break
                case .full, .invalid: throw error
                }
            }
        }
        deferCall(call)
        return .deferred
    }

    /// Renews what the store holds, and what the local share holds. Failures only show in the metrics: the next renewal
    /// comes soon, and a lease that ends meanwhile is still charged when it is settled. False when the store has to be
    /// asked again.
    package func renew(_ reservations: [Reservation], leaseMilliseconds: Int, on loop: any EventLoop) async -> Bool {
        let lent = reservations.filter { $0.origin == .lease }
        if !lent.isEmpty {
            let share = local.withLock { $0 }
            try? await share.renew(lent, leaseMilliseconds: leaseMilliseconds, on: loop)
        }
        let kept = reservations.filter { $0.origin == .store }
        if kept.isEmpty { return true }
        if isDegraded { return false }
        do throws(LimitStoreFailure) {
            try await primary.renew(kept, leaseMilliseconds: leaseMilliseconds, on: loop)
            succeeded()
            return true
        } catch {
            if error.isOutage { failed(error) }
            return false
        }
    }

    /// The limits as they stand in the store.
    ///
    /// - Throws: `unavailable` while it is away.
    package func inspect(
        _ claims: [LimitClaim], tenant: LimitTenant, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> [LimitState] {
        if isDegraded { throw Self.away }
        do throws(LimitStoreFailure) {
            let states = try await primary.inspect(claims, tenant: tenant, on: loop)
            succeeded()
            return states
        } catch {
            guard error.isOutage else { throw error }
            failed(error)
            throw Self.away
        }
    }

    /// One step of what has to be done in the background: probes a store that is away, and makes the calls that were
    /// kept once it is back. A second one at the same time does nothing.
    package func maintain(on loop: any EventLoop) async {
        guard !isMaintaining.exchange(true, ordering: .acquiringAndReleasing) else { return }
        defer { isMaintaining.store(false, ordering: .releasing) }
        if breaker.withLock({ $0.startProbe(at: clock()) }) { await probe(on: loop) }
        if !isDegraded { await replay(on: loop) }
    }

    /// Maintains ten times a second until the task is cancelled.
    package func run(on loop: any EventLoop) async {
        while !Task.isCancelled {
            await maintain(on: loop)
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func probe(on loop: any EventLoop) async {
        var isBack = true
        do throws(LimitStoreFailure) {
            _ = try await primary.inspect([Self.probeClaim], tenant: Self.probeTenant, on: loop)
        } catch {
            isBack = !error.isOutage && error != .cancelled
        }
        let closed = breaker.withLock { breaker in
            let closed = breaker.endProbe(succeeded: isBack, at: clock())
            if closed {
                local.withLock { $0 = LocalLimitStore(clock: clock) }
                isOpen.store(false, ordering: .relaxed)
            }
            return closed
        }
        guard closed else { return }
        logger.notice("the limit store is back")
        onChange(false)
    }

    func succeeded() {
        guard hasFailures.load(ordering: .relaxed) else { return }
        breaker.withLock {
            $0.succeeded()
            hasFailures.store($0.failures > 0, ordering: .relaxed)
        }
    }

    func failed(_ failure: LimitStoreFailure) {
        count { $0.failures += 1 }
        let opened = breaker.withLock { breaker in
            let opened = breaker.failed(at: clock())
            hasFailures.store(breaker.failures > 0, ordering: .relaxed)
            if opened { isOpen.store(true, ordering: .relaxed) }
            return opened
        }
        guard opened else { return }
        count { $0.outages += 1 }
        logger.warning("the limit store is away", metadata: ["failure": "\(failure)"])
        onChange(true)
    }

    func count(_ change: (inout GuardMetrics) -> Void) {
        counts.withLock { change(&$0) }
    }

    func deferCall(_ call: DeferredCall, first: Bool = false) {
        let isKept = queue.withLock { queue in
            guard queue.count < maxDeferred else { return false }
            if first { queue.prepend(call) } else { queue.append(call) }
            return true
        }
        count { if isKept { $0.deferred += first ? 0 : 1 } else { $0.lost += 1 } }
    }

    func share() -> LocalLimitStore { local.withLock { $0 } }
}
