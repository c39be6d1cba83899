import Logging
import NIOCore
import Policy
import RedisClient
import RedisTesting
import Testing

@testable import Limits

/// Servers that read and do not write, and clusters of which a part is away: what is lent stays a tenth.
@Suite(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)))
struct RedisOutageTests {
    private let steady = TestClock()

    private func makeGuard(_ store: StoreUnderTest) -> LimitStoreGuard {
        LimitStoreGuard(
            primary: store.store, breaker: CircuitBreaker(firstProbeAfter: 100), logger: Logger(label: "test"),
            clock: store.clock.read, steadyClock: steady.read)
    }

    private func reserve(_ sut: LimitStoreGuard, _ tenant: LimitTenant) async throws -> Reservation.Origin? {
        let request = ReservationRequest(
            id: .random(), tenant: tenant,
            claims: [claim(.tenant, .requests, .day, max: 50, tenant: tenant, calendar: utcDay(noon))],
            demand: tokens(0), leaseMilliseconds: 30_000)
        return try await sut.reserve(request, onOutage: .lease, on: anyLoop).reservation?.origin
    }

    /// How many of so many requests are admitted, and by what.
    private func admitted(
        _ count: Int, _ sut: LimitStoreGuard, _ tenant: LimitTenant
    ) async throws -> [Reservation.Origin: Int] {
        var admitted: [Reservation.Origin: Int] = [:]
        for _ in 0..<count {
            if let origin = try await reserve(sut, tenant) { admitted[origin, default: 0] += 1 }
            await pass(sut)
        }
        return admitted
    }

    private func pass(_ sut: LimitStoreGuard) async {
        steady.advance(50)
        await sut.maintain(on: anyLoop)
    }

    /// Out of memory; a replica after a failover.
    @Test(arguments: [
        (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]),
        (["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]),
    ])
    func aServerThatOnlyReadsLendsOneShare(_ trouble: [String], _ end: [String]) async throws {
        try await RedisFixture.withServer { fixture in
            func command(_ words: [String]) async throws {
                _ = try await fixture.client.send(
                    words.map { .string($0) }, key: nil, on: anyLoop, timeout: .seconds(5))
            }
            let store = fixture.store()
            let sut = makeGuard(store)
            let acme = LimitTenant("acme")
            #expect(try await reserve(sut, acme) == .store)
            try await command(trouble)
            #expect(try await admitted(100, sut, acme) == [.lease: 5])
            #expect(sut.isDegraded)
            #expect(sut.metrics.outages == 1)
            try await command(end)
            for _ in 0..<12 { await pass(sut) }
            #expect(!sut.isDegraded)
            #expect(try await reserve(sut, acme) == .store)
        }
    }

    /// A dead master takes its own tenants with it, and nobody else.
    @Test func aClusterFailsInParts() async throws {
        let cluster = try await RedisCluster.start(masters: 3)
        let hosts = cluster.servers.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        let client = RedisClient(
            configuration: try RedisConfiguration(url: "redis://\(hosts)"), eventLoops: [anyLoop],
            logger: Logger(label: "test"))
        func run() async throws {
            try await client.waitUntilReady(within: .seconds(10))
            _ = try await client.masters(
                ["CONFIG", "SET", "cluster-require-full-coverage", "no"], on: anyLoop, timeout: .seconds(5))
            // The masters have a third of the slots each, in order.
            let tenants = (0..<2000).map { LimitTenant("t\($0)") }
            let dead = try #require(tenants.first { $0.slot < 5000 })
            let living = try #require(tenants.first { $0.slot > 6000 })
            let store = RedisFixture(client: client).store()
            let sut = makeGuard(store)
            #expect(try await reserve(sut, dead) == .store)
            #expect(try await reserve(sut, living) == .store)
            await cluster.servers[0].stop()
            for _ in 0..<40 {
                _ = try await reserve(sut, dead)
                #expect(try await reserve(sut, living) == .store)
                await pass(sut)
            }
            #expect(sut.isDegraded)
            #expect(sut.metrics.admittedByLease == 5)
            #expect(try await admitted(20, sut, dead) == [:])
        }
        do { try await run() } catch {
            await client.shutdown()
            await cluster.stop()
            throw error
        }
        await client.shutdown()
        await cluster.stop()
    }
}
