import NIOCore
import RedisClient
import RedisTesting
import Testing

@Suite(
    "Sentinels",
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)), .timeLimit(.minutes(1)))
struct SentinelTests {
    @Test("the client follows a failover")
    func failover() async throws {
        let master = try await RedisServer.start()
        let replica = try await RedisServer.start(arguments: ["--replicaof", "127.0.0.1 \(master.port)"])
        try await replica.wait(for: "INFO", "replication") { $0.contains("master_link_status:up") }
        let sentinel = try await RedisServer.start(
            isSentinel: true,
            settings: """
                sentinel monitor main 127.0.0.1 \(master.port) 1
                sentinel down-after-milliseconds main 500
                sentinel failover-timeout main 3000

                """)
        try await sentinel.wait(for: "SENTINEL", "MASTER", "main") { $0.contains("num-slaves\n1") }
        try await Bench.run("redis://127.0.0.1:\(sentinel.port)?master=main") { bench async throws in
            _ = try await bench.send(["SET", "a", "1"])
            #expect(try await bench.send(["WAIT", 1, 2000]) == .integer(1))
            await master.stop()
            #expect(try await bench.eventually { await bench.failure(["SET", "b", "2"]) == nil })
            #expect(try await bench.send(["GET", "a"]) == .bulk([0x31]))
            #expect(try await replica.command("GET", "b") == "2")
        }
        await sentinel.stop()
        await replica.stop()
    }

    @Test("a sentinel that knows no such master")
    func unknownMaster() async throws {
        try await FakeServer.run({ $0.first == "SENTINEL" ? .bytes("*-1\r\n") : nil }) { server async throws in
            try await Bench.run(server.url + "?master=other") { bench async throws in
                #expect(
                    await bench.failure(["PING"])
                        == .unavailable("sentinel 127.0.0.1:\(server.port) does not know a master named other"))
            }
        }
    }
}
