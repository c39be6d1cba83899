package import NIOCore
import RedisClient

/// Limits that all replicas share, in Redis or Valkey, one script call per operation, on Redis' clock.
///
/// On a cluster the global counters and a tenant's lie in different slots. A request that claims both is decided in two
/// steps, global first; if the tenant's part refuses or fails, the global part is given back (or its lease ends). The
/// global counters may then hold more than the tenant's until the request is settled, never less.
package final class RedisLimitStore: LimitStore {
    /// Names of tenants that may have leases, by the time they were last noted; and by the time to look at them.
    static let indexKeys = ["ml1:{i}:tenants", "ml1:{i}:due"]
    static let renewedPerCall = 256
    static let heldAgainPerCall = 32
    static let sweptPerCall = 1000

    let runner: any LimitScriptRunner
    let timeout: TimeAmount
    let maxSubjects: Int
    /// No tenant with leases goes unseen for longer, milliseconds.
    let longestUnseen: Int
    let clock: @Sendable () -> Int
    private let clockOverride: (@Sendable () -> Int)?
    let touches = TenantIndexTouches()

    /// - Parameters:
    ///   - timeout: For each call to Redis. A call of the store is one call to Redis, or two on a cluster.
    ///   - leaseMilliseconds: Of the leases that the replicas make; how long a sweeper may wait with a tenant.
    ///   - maxSubjects: How many subjects of one limit of one tenant are kept apart; the others share one counter.
    ///   - clock: milliseconds since 1970; only decides how often tenants are noted for sweepers.
    ///   - clockOverride: replaces Redis' clock, for tests.
    package init(
        runner: any LimitScriptRunner, timeout: TimeAmount = .milliseconds(50), leaseMilliseconds: Int = 30_000,
        maxSubjects: Int = 50_000, clock: @escaping @Sendable () -> Int, clockOverride: (@Sendable () -> Int)? = nil
    ) {
        self.runner = runner
        self.timeout = timeout
        self.maxSubjects = max(0, maxSubjects)
        longestUnseen = min(max(leaseMilliseconds, 1000), 30_000)
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
        let isDue =
            groups.hasOwn && touches.isDue(request.tenant, lease: request.leaseMilliseconds, at: clock())
        do throws(LimitStoreFailure) {
            let outcome = try await reserve(request, groups, noting: isDue, on: loop)
            if isDue {
                switch outcome {
                case .admitted:
                    if runner.isCluster { await touch(request.tenant, lease: request.leaseMilliseconds, on: loop) }
                // Nothing was noted, because nothing was changed.
                case .refused: touches.forget(request.tenant)
                }
            }
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
            let global = try await settle(reservation.globalPart, actuals: actuals, on: loop)
            let own = try await settle(reservation.ownPart, actuals: actuals, on: loop)
            return SettleOutcome(global: global == .settled, own: own == .settled)
        }
        let arguments: [RedisArgument] = [
            .bytes(reservation.id.bytes), override, .integer(groups.count),
            .bytes(Self.holdings(of: reservation, actuals)),
        ]
        let keys = groups.keys(third: \.lapsedKey, reservation.claims)
        let status = try await number(LimitScripts.settle, keys, arguments, on: loop)
        return SettleOutcome(
            global: groups.hasGlobal ? status & 1 != 0 : nil,
            own: groups.hasOwn ? status & (groups.hasGlobal ? 2 : 1) != 0 : nil)
    }

    package func charge(
        _ claims: [LimitClaim], tenant: LimitTenant, id: ReservationID, actuals: LimitActuals, age: Int,
        on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> SettleOutcome {
        if claims.isEmpty { return .settled }
        let groups = try ClaimGroups(claims, of: tenant)
        if groups.count == 2, runner.isCluster {
            var any = SettleOutcome.alreadySettled
            for part in [claims.filter(\.isGlobal), claims.filter { !$0.isGlobal }]
            where try await charge(part, tenant: tenant, id: id, actuals: actuals, age: age, on: loop) == .settled {
                any = .settled
            }
            return any
        }
        var arguments: [RedisArgument] = [
            .bytes(id.bytes), override, .integer(groups.count), .integer(LimitAmount.clamped(age)),
            .integer(maxSubjects),
        ]
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
        let arguments =
            [override, .integer(groups.count), .integer(maxSubjects)] + claims.map { .string($0.text) }
        let keys = groups.keys(third: \.lapsedKey, claims)
        guard case .bulk(let bytes) = try await evaluate(LimitScripts.inspect, keys, arguments, on: loop) else {
            throw Self.unreadable
        }
        var numbers = ReplyNumbers(bytes)
        return try LimitState.read(claims, from: &numbers).map { $0.judged(need: 1) }
    }

    /// The time for a script: empty, which means Redis' own, except in tests.
    var override: RedisArgument { clockOverride.map { .integer($0()) } ?? .string("") }

    /// Notes a tenant where it cannot be done in the same step. Without the note its dead leases are freed when the
    /// tenant's next request comes, so a failure is not one of the caller's.
    func touch(_ tenant: LimitTenant, lease: Int, on loop: any EventLoop) async {
        do throws(LimitStoreFailure) {
            _ = try await number(
                LimitScripts.touch, Self.indexKeys, [override, .string(tenant.name), .integer(lease)], on: loop)
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
