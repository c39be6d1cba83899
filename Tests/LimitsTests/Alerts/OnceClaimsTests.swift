import Logging
import NIOCore
import RedisClient
import RedisTesting
import Testing

@testable import Limits

@Suite struct OnceClaimsTests {
    @Test func withinAProcess() async {
        let clock = TestClock()
        let claims = LocalOnceClaims(clock: clock.read)
        #expect(await claims.claim("a", forMilliseconds: 1000, on: anyLoop))
        #expect(await claims.claim("b", forMilliseconds: 1000, on: anyLoop))
        clock.advance(999)
        #expect(await !claims.claim("a", forMilliseconds: 1000, on: anyLoop))
        clock.advance(1)
        #expect(await claims.claim("a", forMilliseconds: 1000, on: anyLoop))
    }

    @Test func whatAProcessRemembersIsBounded() async {
        let claims = LocalOnceClaims(capacity: 100, clock: TestClock().read)
        for number in 0..<1000 {
            #expect(await claims.claim("\(number)", forMilliseconds: 1000, on: anyLoop))
        }
        #expect(await !claims.claim("999", forMilliseconds: 1000, on: anyLoop))
        #expect(claims.count <= 100)
    }

    @Test(.enabled(if: RedisServer.isInstalled, "redis-server is not installed"))
    func amongReplicas() async throws {
        try await RedisFixture.withServer { fixture in
            let replicas = (0..<4).map { _ in
                RedisOnceClaims(
                    client: fixture.client, timeout: .seconds(5), own: LocalOnceClaims(clock: TestClock().read))
            }
            for key in ["a", "ml1:{t:acme}:tenant:tokens:minute::1:80"] {
                let won = await withTaskGroup { group in
                    for replica in replicas {
                        for _ in 0..<3 {
                            group.addTask { await replica.claim(key, forMilliseconds: 600_000, on: anyLoop) }
                        }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(won == 1)
            }
            let left = try await fixture.client.send(
                ["PTTL", "ml1:{a}:a"], key: nil, on: anyLoop, timeout: .seconds(5))
            #expect((500_000...600_000).contains(left.integer ?? 0))
            let names = try await fixture.client.send(["KEYS", "*"], key: nil, on: anyLoop, timeout: .seconds(5))
            #expect(
                Set(names.elements?.compactMap(\.string) ?? [])
                    == ["ml1:{a}:a", "ml1:{a}:ml1:{t:acme}:tenant:tokens:minute::1:80"])
        }
    }

    @Test(.enabled(if: RedisServer.isInstalled, "redis-server is not installed"))
    func withoutRedisEachReplicaDecidesForItself() async throws {
        let server = try await RedisServer.start()
        let client = RedisClient(
            configuration: try RedisConfiguration(url: "redis://127.0.0.1:\(server.port)"), eventLoops: [anyLoop],
            logger: Logger(label: "test"))
        let replicas = (0..<2).map { _ in
            RedisOnceClaims(client: client, timeout: .seconds(5), own: LocalOnceClaims(clock: TestClock().read))
        }
        func claim(_ key: String) async -> [Bool] {
            var won: [Bool] = []
            for replica in replicas + replicas {
                won.append(await replica.claim(key, forMilliseconds: 600_000, on: anyLoop))
            }
            return won
        }
        try await client.waitUntilReady(within: .seconds(10))
        #expect(await claim("before") == [true, false, false, false])
        await server.stop()
        #expect(await claim("after") == [true, true, false, false])
        // What was decided before is still known.
        #expect(await claim("before") == [false, false, false, false])
        await client.shutdown()
    }
}
