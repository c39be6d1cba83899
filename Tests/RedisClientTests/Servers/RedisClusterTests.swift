import NIOCore
import RedisTesting
import Synchronization
import Testing

@testable import RedisClient

@Suite(
    "Clusters",
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)), .timeLimit(.minutes(1)))
struct RedisClusterTests {
    private func withCluster(_ body: @Sendable (RedisCluster, Bench) async throws -> Void) async throws {
        let cluster = try await RedisCluster.start(masters: 3)
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await Bench.run("redis://127.0.0.1:\(cluster.servers[1].port)") { bench async throws in
                    try await bench.client.waitUntilReady(within: .seconds(5))
                    try await body(cluster, bench)
                })
        } catch {
            result = .failure(error)
        }
        await cluster.stop()
        try result.get()
    }

    @Test("keys are served by the master of their slot, also while a slot moves and after a master's crash")
    func cluster() async throws {
        try await self.withCluster { cluster, bench async throws in
            #expect(bench.client.isCluster)
            try await Self.spread(cluster, bench)
            try await Self.migrate(cluster, bench)
            await cluster.servers[2].stop()
            // Another node's slots are served as before, as long as the nodes have not taken the cluster for down.
            let failure = await bench.failure(["PING"])
            #expect(failure == nil || failure?.mayHaveExecuted == true || failure?.metricLabel == "unavailable")
        }
    }

    private static func spread(_ cluster: RedisCluster, _ bench: Bench) async throws {
        let script = RedisScript("return redis.call('INCR', KEYS[1])")
        for number in 0..<60 {
            let key = "{t\(number)}:n"
            _ = try await bench.send(["SET", .string(key), .integer(number)], key: key)
            let reply = try await bench.client.evaluate(
                script, keys: [key], arguments: [], on: bench.loop, timeout: .seconds(5))
            #expect(reply == .integer(number + 1))
        }
        let sizes = try await bench.client.masters(["DBSIZE"], on: bench.loop, timeout: .seconds(5))
        #expect(sizes.count == 3)
        #expect(sizes.compactMap(\.integer).reduce(0, +) == 60)
        #expect(sizes.allSatisfy { ($0.integer ?? 0) > 5 })
        #expect(bench.client.coordinator?.topology?.masters.count == 3)
    }

    /// Moves the slot of "foo" (12182, of the third server) to the first.
    private static func migrate(_ cluster: RedisCluster, _ bench: Bench) async throws {
        _ = try await bench.send(["SET", "foo", "1"], key: "foo")
        let (from, to) = (cluster.servers[2], cluster.servers[0])
        let fromID = try await from.command("CLUSTER", "MYID")
        let toID = try await to.command("CLUSTER", "MYID")
        try await to.command("CLUSTER", "SETSLOT", "12182", "IMPORTING", fromID)
        try await from.command("CLUSTER", "SETSLOT", "12182", "MIGRATING", toID)
        try await from.command("MIGRATE", "127.0.0.1", "\(to.port)", "foo", "0", "5000")
        // ASK: the slot still belongs to the third.
        #expect(try await bench.send(["GET", "foo"], key: "foo") == .bulk([0x31]))
        for server in [to, from] { try await server.command("CLUSTER", "SETSLOT", "12182", "NODE", toID) }
        // MOVED, and the map learns of it.
        #expect(try await bench.send(["GET", "foo"], key: "foo") == .bulk([0x31]))
        let isLearned = try await bench.eventually {
            guard case .cluster(let map) = bench.client.coordinator?.topology, let owner = map.owner(ofSlot: 12182)
            else { return false }
            return map.masters[owner].port == to.port
        }
        #expect(isLearned)
    }
}

@Suite("Redirections by a scripted server", .timeLimit(.minutes(1)))
struct RedirectionTests {
    @Test("MOVED is followed, and the map is asked for again")
    func moved() async throws {
        try await FakeServer.run({ $0.first == "GET" ? .bytes("$1\r\nx\r\n") : nil }) { target async throws in
            try await FakeServer.run({
                $0.first == "GET" ? .bytes("-MOVED 1 127.0.0.1:\(target.port)\r\n") : nil
            }) { server async throws in
                try await Bench.run(server.url) { bench async throws in
                    #expect(try await bench.send(["GET", "a"], key: "a") == .bulk([0x78]))
                    #expect(try await bench.eventually { server.record.commands("CLUSTER").count >= 2 })
                    #expect(target.record.commands("ASKING").isEmpty)
                }
            }
        }
    }

    @Test("ASK is followed once, with ASKING")
    func ask() async throws {
        try await FakeServer.run({ $0.first == "GET" ? .bytes("$1\r\nx\r\n") : nil }) { target async throws in
            try await FakeServer.run({
                $0.first == "GET" ? .bytes("-ASK 1 127.0.0.1:\(target.port)\r\n") : nil
            }) { server async throws in
                try await Bench.run(server.url) { bench async throws in
                    for _ in 0..<3 { #expect(try await bench.send(["GET", "a"], key: "a") == .bulk([0x78])) }
                    #expect(server.record.commands("GET").count == 3)
                    let seen = target.record.log.withLock { $0.commands.map { $0[0] } }
                    #expect(seen == ["PING", "ASKING", "GET", "ASKING", "GET", "ASKING", "GET"])
                }
            }
        }
    }

    @Test("a circle of redirections ends")
    func circle() async throws {
        let port = Atomic(0)
        try await FakeServer.run({
            $0.first == "GET" ? .bytes("-MOVED 1 127.0.0.1:\(port.load(ordering: .relaxed))\r\n") : nil
        }) { server async throws in
            port.store(server.port, ordering: .relaxed)
            try await Bench.run(server.url) { bench async throws in
                #expect(await bench.failure(["GET", "a"]) == .unavailable("redirected more than 5 times"))
                #expect(server.record.commands("GET").count == 5)
            }
        }
    }
}
