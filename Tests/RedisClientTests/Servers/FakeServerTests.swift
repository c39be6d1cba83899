import NIOCore
import RedisClient
import Synchronization
import Testing

@Suite("Against servers that misbehave", .timeLimit(.minutes(1)))
struct FakeServerTests {
    @Test("calls of one turn of the event loop leave together")
    func oneFlush() async throws {
        try await FakeServer.run({ _ in nil }) { server async throws in
            try await Bench.run(server.url) { bench async throws in
                _ = try await bench.send(["PING"])
                let executor = LoopExecutor(bench.loop)
                // Holds the loop until all tasks wait in its queue.
                try await bench.loop.submit {
                    for number in 0..<50 {
                        Task(executorPreference: executor) { try? await bench.send(["SET", "k", .integer(number)]) }
                    }
                }.get()
                #expect(try await bench.eventually { server.record.commands("SET").count == 50 })
                #expect(server.record.log.withLock { $0.mostAtOnce } == 50)
                #expect(server.record.commands("SET").map { $0[2] } == (0..<50).map { "\($0)" })
            }
        }
    }

    @Test("no more calls wait than allowed")
    func bound() async throws {
        try await FakeServer.run({ $0.first == "GET" ? .silence : nil }) { server async throws in
            try await Bench.run(server.url) {
                $0.maxInFlight = 4
            } _: { bench async throws in
                _ = try await bench.send(["PING"])
                let failures = await bench.onLoop {
                    await withTaskGroup(of: RedisFailure?.self) { group in
                        for _ in 0..<6 {
                            group.addTask { await bench.failure(["GET", "a"], timeout: .milliseconds(50)) }
                        }
                        return await group.reduce(into: [RedisFailure?]()) { $0.append($1) }
                    }
                }
                #expect(failures.count { $0 == .queueFull } == 2)
                #expect(failures.count { $0 == .timeout } == 4)
                // Those given up still count: their replies may come.
                #expect(await bench.failure(["GET", "a"]) == .queueFull)
            }
        }
    }

    @Test("a connection that makes no progress is closed and made again")
    func stall() async throws {
        try await FakeServer.run({ $0.first == "GET" ? .silence : nil }) { server async throws in
            try await Bench.run(server.url) {
                $0.stallTimeout = .milliseconds(100)
            } _: { bench async throws in
                #expect(await bench.failure(["GET", "a"]) == .disconnected("no reply for too long"))
                #expect(await bench.failure(["PING"]) == nil)
            }
        }
    }

    @Test(
        "garbage ends the connection and the calls on it, not the client",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n\r\n", "*99999999999\r\n", "$-7\r\n", ":x\r\n", "*1048577\r\n", "\0\0\0",
            String(repeating: "*1\r\n", count: 20),
        ])
    func garbage(text: String) async throws {
        try await FakeServer.run({ $0.first == "GET" ? .bytes(text) : nil }) { server async throws in
            try await Bench.run(server.url) { bench async throws in
                let failure = await bench.failure(["GET", "a"])
                guard case .protocolViolation = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
                #expect(await bench.failure(["PING"]) == nil)
            }
        }
    }

    @Test("half a reply, then the end of the connection")
    func halfReply() async throws {
        try await FakeServer.run({ $0.first == "GET" ? .bytes("$10\r\nabc") : $0.first == "DEL" ? .close : nil }) {
            server async throws in
            try await Bench.run(server.url) { bench async throws in
                #expect(await bench.failure(["GET", "a"], timeout: .milliseconds(50)) == .timeout)
                #expect(await bench.failure(["DEL", "a"]) == .disconnected("closed by the server"))
                #expect(await bench.failure(["PING"]) == nil)
            }
        }
    }

    @Test("a reply nobody asked for ends the connection")
    func unasked() async throws {
        try await FakeServer.run({ $0.first == "GET" ? .bytes("+a\r\n+b\r\n") : nil }) { server async throws in
            try await Bench.run(server.url) { bench async throws in
                #expect(try await bench.send(["GET", "a"]) == .status("a"))
                #expect(try await bench.eventually { server.record.log.withLock { $0.connections } >= 3 })
                #expect(await bench.failure(["PING"]) == nil)
            }
        }
    }

    @Test("a server that is silent from the start is not available")
    func silentGreeting() async throws {
        try await FakeServer.run({ _ in .silence }) { server async throws in
            try await Bench.run(server.url) {
                $0.connectTimeout = .milliseconds(80)
            } _: { bench async throws in
                #expect(
                    await bench.failure(["PING"])
                        == .unavailable("127.0.0.1:\(server.port) did not answer in time"))
                let waited = await #expect(throws: RedisFailure.self) {
                    try await bench.client.waitUntilReady(within: .milliseconds(30))
                }
                #expect(waited == .unavailable("127.0.0.1:\(server.port) did not answer in time"))
            }
        }
    }

    @Test("a server that may not be asked what it is counts as a single one")
    func noPermission() async throws {
        try await FakeServer.run({
            ["INFO", "CLUSTER"].contains($0.first) ? .bytes("-NOPERM this user has no permissions\r\n") : nil
        }) { server async throws in
            try await Bench.run(server.url) { bench async throws in
                #expect(try await bench.send(["SET", "a", "b"]) == .status("OK"))
                #expect(!bench.client.isCluster)
            }
        }
    }

    @Test("a cluster none of whose slots is served is not available")
    func emptyCluster() async throws {
        try await FakeServer.run({
            switch $0.first {
            case "INFO": .bytes("$17\r\ncluster_enabled:1\r\n")
            case "CLUSTER": .bytes("*0\r\n")
            default: nil
            }
        }) { server async throws in
            try await Bench.run(server.url) { bench async throws in
                let reason = "127.0.0.1:\(server.port) is part of a cluster but tells no valid map of its slots"
                #expect(await bench.failure(["PING"]) == .unavailable(reason))
            }
        }
    }

    @Test("a key in a slot nobody serves fails, others work")
    func halfCluster() async throws {
        let port = Atomic(0)
        try await FakeServer.run({
            switch $0.first {
            case "INFO": .bytes("$17\r\ncluster_enabled:1\r\n")
            // "foo" lies in slot 12182, "bar" in 5061.
            case "CLUSTER":
                .bytes("*1\r\n*3\r\n:0\r\n:9999\r\n*2\r\n$0\r\n\r\n:\(port.load(ordering: .relaxed))\r\n")
            default: nil
            }
        }) { server async throws in
            port.store(server.port, ordering: .relaxed)
            try await Bench.run(server.url) {
                // The first answer may be older than the port.
                $0.connectTimeout = .seconds(1)
            } _: { bench async throws in
                #expect(try await bench.eventually { (try? await bench.send(["GET", "bar"], key: "bar")) != nil })
                let failure = await #expect(throws: RedisFailure.self) {
                    try await bench.send(["GET", "foo"], key: "foo")
                }
                #expect(failure == .unavailable("no node of the cluster serves slot 12182"))
                #expect(bench.client.isCluster)
            }
        }
    }

    @Test("a server that is still loading is tried again")
    func loading() async throws {
        let pings = Atomic(0)
        try await FakeServer.run({
            guard $0.first == "PING" else { return nil }
            let count = pings.wrappingAdd(1, ordering: .relaxed).newValue
            return count <= 3 ? .bytes("-LOADING Redis is loading the dataset in memory\r\n") : nil
        }) { server async throws in
            try await Bench.run(server.url) { bench async throws in
                let reason = "127.0.0.1:\(server.port): the server refused the connection: "
                let failure = await bench.failure(["GET", "a"])
                #expect(
                    failure == nil
                        || failure == .unavailable(reason + "LOADING Redis is loading the dataset in memory"))
                #expect(try await bench.eventually { await bench.failure(["GET", "a"]) == nil })
                #expect(pings.load(ordering: .relaxed) >= 4)
            }
        }
    }

    @Test("random bytes at any time never crash the client", arguments: 1...6)
    func randomBytes(seed: UInt64) async throws {
        let alphabet = Array("+-:$*01239\r\n\r\nabMOVED ASK \0".utf8)
        try await FakeServer.run({ command in
            guard command.first == "GET" else { return nil }
            var random = SplitMix64(seed: seed &* 1000 &+ (UInt64(command.last ?? "") ?? 0))
            let count = Int.random(in: 1...40, using: &random)
            return .raw((0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 })
        }) { server async throws in
            try await Bench.run(server.url) { bench async throws in
                for number in 0..<60 { _ = await bench.failure(["GET", .integer(number)], timeout: .milliseconds(15)) }
                #expect(try await bench.eventually { await bench.failure(["PING"]) == nil })
            }
        }
    }
}
