package import NIOCore
import RedisClient
import Synchronization

/// Limits that all replicas share, in Redis or Valkey, one script call per operation, on Redis' clock.
///
/// On a cluster the global counters and a tenant's lie in different slots. A request that claims both is decided in two
/// steps, global first; if the tenant's part refuses or fails, the global part is given back (or its lease ends). The
/// global counters may then hold more than the tenant's until the request is settled, never less.
package final class RedisLimitStore: LimitStore {
    /// Names of tenants that may have leases, by the time they were last noted.
    static let indexKey = "ml1:{i}:tenants"
    static let renewedPerCall = 256
    static let sweptPerCall = 1000

    let runner: any LimitScriptRunner
    let timeout: TimeAmount
    private let clock: @Sendable () -> Int
    private let clockOverride: (@Sendable () -> Int)?
    let touches = TenantIndexTouches()
    /// Where the next sweep begins in the index.
    private let sweepOffset = Mutex(0)

    /// - Parameters:
    ///   - timeout: For each call to Redis. A call of the store is one call to Redis, or two on a cluster.
    ///   - clock: milliseconds since 1970; only decides how often tenants are noted for sweepers.
    ///   - clockOverride: replaces Redis' clock, for tests.
    package init(
        runner: any LimitScriptRunner, timeout: TimeAmount = .milliseconds(50), clock: @escaping @Sendable () -> Int,
        clockOverride: (@Sendable () -> Int)? = nil
    ) {
        self.runner = runner
        self.timeout = timeout
        self.clock = clock
        self.clockOverride = clockOverride
    }

    package var keepsDeadline: Bool { true }

    package func reserve(
        _ request: ReservationRequest, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> ReserveOutcome {
        if request.claims.isEmpty { return .admitted(.nothingHeld(request, origin: .store)) }
        let groups = try ClaimGroups(request.claims, of: request.tenant)
        if groups.count == 2, runner.isCluster { return try await reserveApart(request, on: loop) }
        let isDue = groups.hasOwn && touches.isDue(request.tenant, at: clock())
        do throws(LimitStoreFailure) {
            let outcome = try await reserve(request, groups, noting: isDue, on: loop)
            if isDue, runner.isCluster { await touch(request.tenant, on: loop) }
            return outcome
        } catch {
            if isDue { touches.forget(request.tenant) }
            throw error
        }
    }

    package func settle(
        _ reservation: Reservation, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        if reservation.holdings.isEmpty { return .settled }
        let groups = try ClaimGroups(reservation.claims, of: reservation.tenant)
        if groups.count == 2, runner.isCluster {
            var any = SettleOutcome.alreadySettled
            for part in [reservation.globalPart, reservation.ownPart]
            where try await settle(part, actuals: actuals, on: loop) == .settled {
                any = .settled
            }
            return any
        }
        let arguments: [RedisArgument] = [
            .bytes(reservation.id.bytes), override, .integer(groups.count),
            .bytes(Self.holdings(of: reservation, actuals)),
        ]
        let keys = groups.keys(third: \.lapsedKey, reservation.claims)
        return try await number(LimitScripts.settle, keys, arguments, on: loop) == 1 ? .settled : .alreadySettled
    }

    package func charge(
        _ claims: [LimitClaim], tenant: LimitTenant, id: ReservationID, actuals: LimitActuals, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        if claims.isEmpty { return .settled }
        let groups = try ClaimGroups(claims, of: tenant)
        if groups.count == 2, runner.isCluster {
            var any = SettleOutcome.alreadySettled
            for part in [claims.filter(\.isGlobal), claims.filter { !$0.isGlobal }]
            where try await charge(part, tenant: tenant, id: id, actuals: actuals, on: loop) == .settled {
                any = .settled
            }
            return any
        }
        var arguments: [RedisArgument] = [.bytes(id.bytes), override, .integer(groups.count)]
        for claim in claims {
            arguments.append(.string(claim.text))
            arguments.append(.integer(claim.amount(of: actuals)))
        }
        let keys = groups.keys(third: \.chargedKey, claims)
        return try await number(LimitScripts.charge, keys, arguments, on: loop) == 1 ? .settled : .alreadySettled
    }

    package func inspect(
        _ claims: [LimitClaim], tenant: LimitTenant, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> [LimitState] {
        if claims.isEmpty { return [] }
        let groups = try ClaimGroups(claims, of: tenant)
        if groups.count == 2, runner.isCluster {
            var global = try await inspect(claims.filter(\.isGlobal), tenant: tenant, on: loop)[...]
            var own = try await inspect(claims.filter { !$0.isGlobal }, tenant: tenant, on: loop)[...]
            return claims.compactMap { $0.isGlobal ? global.popFirst() : own.popFirst() }
        }
        let arguments = [override, .integer(groups.count)] + claims.map { .string($0.text) }
        let keys = groups.keys(third: \.lapsedKey, claims)
        guard case .bulk(let bytes) = try await evaluate(LimitScripts.inspect, keys, arguments, on: loop) else {
            throw Self.unreadable
        }
        var numbers = ReplyNumbers(bytes)
        return try LimitState.read(claims, from: &numbers)
    }

    package func renew(
        _ reservations: [Reservation], leaseMilliseconds: Int, on loop: any EventLoop
    ) async throws(LimitStoreFailure) {
        var ids: [LimitTenant: [ReservationID]] = [:]
        for reservation in reservations where !reservation.holdings.isEmpty {
            let groups = try ClaimGroups(reservation.claims, of: reservation.tenant)
            for owner in groups.owners { ids[owner, default: []].append(reservation.id) }
        }
        for (tenant, ids) in ids {
            for start in stride(from: 0, to: ids.count, by: Self.renewedPerCall) {
                let batch = ids[start..<min(start + Self.renewedPerCall, ids.count)]
                try await renew(batch, of: tenant, leaseMilliseconds: leaseMilliseconds, on: loop)
            }
        }
    }

    package func sweep(on loop: any EventLoop) async throws(LimitStoreFailure) -> Int {
        let offset = sweepOffset.withLock { $0 }
        let reply = try await evaluate(
            LimitScripts.tenants, [Self.indexKey], [override, .integer(offset), .integer(Self.sweptPerCall)], on: loop)
        guard let names = reply.elements?.compactMap(\.string) else { throw Self.unreadable }
        sweepOffset.withLock { $0 = names.count < Self.sweptPerCall ? 0 : offset + names.count }
        var freed = try await sweep(.global, on: loop)
        for name in names { freed += try await sweep(LimitTenant(name), on: loop) }
        return freed
    }

    /// The time for a script: empty, which means Redis' own, except in tests.
    var override: RedisArgument { clockOverride.map { .integer($0()) } ?? .string("") }

    private func sweep(_ tenant: LimitTenant, on loop: any EventLoop) async throws(LimitStoreFailure) -> Int {
        var freed = 0
        while true {
            // Some at a time, because a script keeps everybody else waiting.
            let count = try await number(
                LimitScripts.sweep, [tenant.reservationsKey, tenant.leasesKey, tenant.lapsedKey],
                [override, .integer(Self.sweptPerCall)], on: loop)
            freed += count
            if count < Self.sweptPerCall { return freed }
        }
    }

    private func renew(
        _ ids: ArraySlice<ReservationID>, of tenant: LimitTenant, leaseMilliseconds: Int, on loop: any EventLoop
    ) async throws(LimitStoreFailure) {
        let isDue = !tenant.isGlobal && touches.isDue(tenant, at: clock())
        var keys = [tenant.reservationsKey, tenant.leasesKey]
        if isDue, !runner.isCluster { keys.append(Self.indexKey) }
        let lease = ReservationRequest.clampedLease(leaseMilliseconds)
        let arguments: [RedisArgument] =
            [override, .integer(lease), .string(keys.count == 3 ? tenant.name : "")] + ids.map { .bytes($0.bytes) }
        do throws(LimitStoreFailure) {
            _ = try await number(LimitScripts.renew, keys, arguments, on: loop)
        } catch {
            if isDue { touches.forget(tenant) }
            throw error
        }
        if isDue, runner.isCluster { await touch(tenant, on: loop) }
    }

    /// Notes a tenant where it cannot be done in the same step. Without the note its dead leases are freed when the
    /// tenant's next request comes, so a failure is not one of the caller's.
    private func touch(_ tenant: LimitTenant, on loop: any EventLoop) async {
        do throws(LimitStoreFailure) {
            _ = try await number(LimitScripts.touch, [Self.indexKey], [override, .string(tenant.name)], on: loop)
        } catch {
            touches.forget(tenant)
        }
    }

    private static func holdings(of reservation: Reservation, _ actuals: LimitActuals) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(reservation.claims.count * 48)
        for (claim, holding) in zip(reservation.claims, reservation.holdings) {
            text.append(decimal: holding.bucket)
            text.append(decimal: holding.until)
            text.append(decimal: holding.amount)
            text.append(decimal: claim.counter.length)
            text.append(decimal: claim.amount(of: actuals))
        }
        return text
    }
}
