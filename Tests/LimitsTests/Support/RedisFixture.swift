import Limits
import Logging
import NIOCore
import NIOPosix
import RedisClient
import RedisTesting

/// Real servers with a client, for one test.
struct RedisFixture: Sendable {
    let client: RedisClient

    /// Starts one server, runs the body, stops it.
    static func withServer(_ body: (RedisFixture) async throws -> Void) async throws {
        let server = try await RedisServer.start()
        try await run(ports: [server.port], body) { await server.stop() }
    }

    /// Starts a cluster of three masters, runs the body, stops it.
    static func withCluster(_ body: (RedisFixture) async throws -> Void) async throws {
        let cluster = try await RedisCluster.start(masters: 3)
        try await run(ports: cluster.servers.map(\.port), body) { await cluster.stop() }
    }

    /// A store with a clock of its own, on a server that others may use too.
    func store(maxSubjects: Int = StoreUnderTest.maxSubjects) -> StoreUnderTest {
        let clock = TestClock()
        let store = RedisLimitStore(
            runner: client, timeout: .seconds(5), maxSubjects: maxSubjects, clock: clock.read,
            clockOverride: clock.read)
        return StoreUnderTest(
            store: store, clock: clock, isCluster: client.isCluster,
            lose: { counter in
                _ = try await client.send(
                    ["DEL", .string(counter.name)], key: counter.name, on: anyLoop, timeout: .seconds(5))
            })
    }

    /// Removes everything from every server.
    func flush() async throws {
        _ = try await client.masters(["FLUSHALL"], on: anyLoop, timeout: .seconds(5))
    }

    private static func run(
        ports: [Int], _ body: (RedisFixture) async throws -> Void, stop: () async -> Void
    ) async throws {
        let hosts = ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
        let client = RedisClient(
            configuration: try RedisConfiguration(url: "redis://\(hosts)"), eventLoops: [anyLoop],
            logger: Logger(label: "test"))
        do {
            try await client.waitUntilReady(within: .seconds(10))
            try await body(RedisFixture(client: client))
        } catch {
            await client.shutdown()
            await stop()
            throw error
        }
        await client.shutdown()
        await stop()
    }
}
