import Logging
import NIOCore
import Policy
import RedisClient
import RedisTesting
import Testing

@testable import Limits

/// Leases of thousands of tenants, some of them in trouble, on a real server.
@Suite(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)))
struct RedisLeaseTests {
    private func slots(_ tenant: LimitTenant) -> [LimitClaim] {
        [claim(.tenant, .concurrency, nil, max: 10, tenant: tenant)]
    }

    private func reserve(_ store: StoreUnderTest, _ tenants: [LimitTenant]) async throws -> [Reservation] {
        try await withThrowingTaskGroup { group in
            for part in stride(from: 0, to: tenants.count, by: 100) {
                group.addTask {
                    var made: [Reservation] = []
                    for tenant in tenants[part..<min(part + 100, tenants.count)] {
                        let outcome = try await store.reserve(slots(tenant), tokens(0), of: tenant)
                        made.append(try #require(outcome.reservation))
                    }
                    return made
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func number(_ fixture: RedisFixture, _ command: [RedisArgument]) async throws -> Int? {
        try await fixture.client.send(command, key: nil, on: anyLoop, timeout: .seconds(5)).integer
    }

    @Test func sweepersShareThousandsOfTenants() async throws {
        try await RedisFixture.withServer { fixture in
            let first = fixture.store()
            let replicas = [first] + (0..<2).map { _ in fixture.store() }
            let tenants = (0..<2000).map { LimitTenant("t\($0)") }
            let all = try await reserve(first, tenants)
            // Half of them live on.
            for replica in replicas { replica.clock.advance(20_000) }
            try await first.renew(Array(all.filter { Int($0.tenant.name.dropFirst()) ?? 0 < 1000 }))
            for replica in replicas { replica.clock.advance(9999) }
            for replica in replicas { #expect(try await replica.sweep() == 0) }
            for replica in replicas { replica.clock.advance(1) }
            func sweepAll() async throws -> Int {
                try await withThrowingTaskGroup { group in
                    for replica in replicas { group.addTask { try await replica.sweep() } }
                    return try await group.reduce(0, +)
                }
            }
            #expect(try await sweepAll() == 1000)
            for replica in replicas { replica.clock.advance(19_999) }
            #expect(try await sweepAll() == 0)
            for replica in replicas { replica.clock.advance(1) }
            #expect(try await sweepAll() == 1000)
            // Tenants that nobody notes any more are forgotten.
            #expect(try await number(fixture, ["ZCARD", "ml1:{i}:due"]) == 2000)
            for _ in 0..<6 {
                for replica in replicas { replica.clock.advance(31_000) }
                #expect(try await first.sweep() == 0)
            }
            #expect(try await number(fixture, ["ZCARD", "ml1:{i}:due"]) == 0)
            #expect(try await number(fixture, ["ZCARD", "ml1:{i}:tenants"]) == 0)
            // And noted again.
            _ = try await reserve(first, [tenants[0]])
            first.clock.advance(30_000)
            #expect(try await first.sweep() == 1)
        }
    }

    /// Its tenants are looked at by another one.
    @Test func aSweeperThatDiesHoldsUpNobodyForLong() async throws {
        try await RedisFixture.withServer { fixture in
            let store = fixture.store()
            let acme = LimitTenant("acme")
            _ = try await reserve(store, [acme])
            store.clock.advance(30_000)
            _ = try await fixture.client.evaluate(
                LimitScripts.due, keys: RedisLimitStore.indexKeys,
                arguments: [.integer(store.clock.now), 500, 5000], on: anyLoop, timeout: .seconds(5))
            #expect(try await store.sweep() == 0)
            store.clock.advance(4999)
            #expect(try await store.sweep() == 0)
            store.clock.advance(1)
            #expect(try await store.sweep() == 1)
        }
    }

    @Test func oneTenantInTroubleStopsNothing() async throws {
        try await RedisFixture.withServer { fixture in
            let store = fixture.store()
            let tenants = (0..<20).map { LimitTenant("t\($0)") }
            let all = try await reserve(store, tenants)
            let bad = tenants[7]
            _ = try await fixture.client.send(
                ["SET", .string(bad.leasesKey), "x"], key: nil, on: anyLoop, timeout: .seconds(5))
            store.clock.advance(20_000)
            let outcome = await store.store.renew(all, leaseMilliseconds: 30_000, on: anyLoop)
            #expect(outcome.failure?.isOutage == true)
            #expect(Set(outcome.renewed) == Set(all.filter { $0.tenant != bad }.map(\.id)))
            store.clock.advance(20_000)
            #expect(try await store.sweep() == 0)
            store.clock.advance(10_000)
            #expect(try await store.sweep() == 19)
        }
    }

    /// What a failover loses is counted when it is settled.
    @Test func aServerThatComesBackEmptyLosesNoUsage() async throws {
        for isCluster in [false, true] {
            let body: (RedisFixture) async throws -> Void = { fixture in
                let fake = fixture.store()
                let sut = LimitStoreGuard(
                    primary: fake.store, logger: .init(label: "test"), clock: fake.clock.read)
                let acme = LimitTenant("acme")
                let claims = [
                    claim(.tenant, .tokens, .day, max: 1000, tenant: acme, calendar: utcDay(noon)),
                    claim(.global, .requests, .hour, max: 1000, tenant: acme),
                ]
                func reserve() async throws -> Reservation {
                    let request = ReservationRequest(
                        id: .random(), tenant: acme, claims: claims, demand: tokens(10), leaseMilliseconds: 30_000)
                    return try #require(try await sut.reserve(request, onOutage: .closed, on: anyLoop).reservation)
                }
                let (one, two) = (try await reserve(), try await reserve())
                // Of one only the global part is lost, of the other everything.
                for key in ["ml1:{g}:r", "ml1:{g}:x", claims[1].counter.name] {
                    _ = try await fixture.client.send(
                        ["DEL", .string(key)], key: key, on: anyLoop, timeout: .seconds(5))
                }
                #expect(try await sut.settle(one, actuals: used(7), on: anyLoop) == .settled)
                #expect(try await fake.state(claims, of: acme) == [Amounts(7, 10), Amounts(1, 0)])
                try await fixture.flush()
                for _ in 0..<3 { _ = try await sut.settle(two, actuals: used(5), on: anyLoop) }
                for _ in 0..<3 { _ = try await sut.settle(one, actuals: used(7), on: anyLoop) }
                #expect(try await fake.state(claims, of: acme) == [Amounts(5, 0), Amounts(1, 0)])
                #expect(sut.metrics.forgotten == 2)
            }
            try await isCluster ? RedisFixture.withCluster(body) : RedisFixture.withServer(body)
        }
    }
}
