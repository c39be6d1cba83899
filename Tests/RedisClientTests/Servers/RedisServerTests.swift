import NIOCore
import NIOPosix
import RedisClient
import RedisTesting
import Testing

@Suite(
    "Against a real server",
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)), .timeLimit(.minutes(1)))
struct RedisServerTests {
    private func withServer<Result: Sendable>(
        _ arguments: [String] = [], _ body: @Sendable (RedisServer, String) async throws -> Result
    ) async throws -> Result {
        let server = try await RedisServer.start(arguments: arguments)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(server, "redis://127.0.0.1:\(server.port)"))
        } catch {
            result = .failure(error)
        }
        await server.stop()
        return try result.get()
    }

    @Test("values come back as they went")
    func values() async throws {
        try await self.withServer { _, url async throws in
            try await Bench.run(url) { bench async throws in
                #expect(try await bench.send(["SET", "k", .bytes([0, 13, 10, 255])]) == .status("OK"))
                #expect(try await bench.send(["GET", "k"]) == .bulk([0, 13, 10, 255]))
                #expect(try await bench.send(["GET", "none"]) == .null)
                #expect(try await bench.send(["INCRBY", "n", .integer(.max)]) == .integer(.max))
                #expect(try await bench.send(["DECRBY", "m", .integer(.max)]) == .integer(-.max))
                let nested = try await bench.send(["EVAL", "return {1, {'a', {}}, false}", 0])
                #expect(nested == .array([.integer(1), .array([.bulk([0x61]), .array([])]), .null]))
                #expect(bench.client.isCluster == false)
                let failure = await bench.failure(["INCR", "k"])
                #expect(failure == .server(RedisServerError("ERR value is not an integer or out of range")))
                #expect(await bench.failure([]) == .server(RedisServerError("ERR empty command")))
            }
        }
    }

    @Test("a script is known by its digest once it ran, and runs again after the server has forgotten it")
    func scripts() async throws {
        try await self.withServer { server, url async throws in
            try await Bench.run(url) { bench async throws in
                let script = RedisScript("return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}")
                for count in 1...3 {
                    let reply = try await bench.client.evaluate(
                        script, keys: ["c"], arguments: [7], on: bench.loop, timeout: .seconds(5))
                    #expect(reply == .array([.bulk([0x63]), .bulk([0x37]), .integer(count)]))
                    let exists = try await bench.send(["SCRIPT", "EXISTS", .string(script.sha1)])
                    #expect(exists == .array([.integer(1)]))
                    if count == 2 { try await server.command("SCRIPT", "FLUSH") }
                }
            }
        }
    }

    @Test("many calls at once each get their own reply", arguments: [1, 2])
    func pipelining(threads: Int) async throws {
        try await self.withServer { _, url async throws in
            try await Bench.run(url, threads: threads) { bench async throws in
                let echoes = await withTaskGroup(of: Bool.self) { group in
                    for number in 0..<2000 {
                        group.addTask {
                            let reply = try? await bench.send(["ECHO", .integer(number)])
                            return reply?.integer == number
                        }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(echoes == 2000)
            }
        }
    }

    @Test("a call from the event loop stays on it")
    func noHop() async throws {
        try await self.withServer { _, url async throws in
            try await Bench.run(url) { bench async throws in
                let stayed = await bench.onLoop {
                    guard bench.loop.inEventLoop else { return false }
                    let reply = try? await bench.send(["PING"])
                    return reply == .status("PONG") && bench.loop.inEventLoop
                }
                #expect(stayed)
            }
        }
    }

    @Test("a held server costs each call its timeout, and late replies go to nobody")
    func timeouts() async throws {
        try await self.withServer { server, url async throws in
            try await Bench.run(url) { bench async throws in
                _ = try await bench.send(["SET", "a", "1"])
                server.pause()
                let start = ContinuousClock.now
                #expect(await bench.failure(["ECHO", "late"], timeout: .milliseconds(60)) == .timeout)
                #expect(await bench.failure(["ECHO", "later"], timeout: .zero) == .timeout)
                #expect(ContinuousClock.now - start < .seconds(2))
                server.resume()
                #expect(try await bench.send(["GET", "a"]) == .bulk([0x31]))
                #expect(try await bench.send(["ECHO", "b"]) == .bulk([0x62]))
            }
        }
    }

    @Test("a cancelled call ends at once, and its reply goes to nobody")
    func cancellation() async throws {
        try await self.withServer { server, url async throws in
            try await Bench.run(url) { bench async throws in
                _ = try await bench.send(["SET", "a", "1"])
                server.pause()
                let call = Task { await bench.failure(["INCR", "a"], timeout: .hours(1)) }
                call.cancel()
                #expect(await call.value == .cancelled)
                let onLoop = Task { await bench.onLoop { await bench.failure(["ECHO", "x"], timeout: .hours(1)) } }
                onLoop.cancel()
                #expect(await onLoop.value == .cancelled)
                server.resume()
                #expect(try await bench.send(["ECHO", "b"]) == .bulk([0x62]))
            }
        }
    }

    @Test("a password, a user and a database are used")
    func authentication() async throws {
        try await self.withServer(["--requirepass", "ge:heim"]) { server, _ async throws in
            try await Bench.run("redis://:ge%3Aheim@127.0.0.1:\(server.port)/3") { bench async throws in
                _ = try await bench.send(["SET", "a", "1"])
                _ = try await bench.send(["ACL", "SETUSER", "ada", "on", ">pw", "~*", "+@all"])
                let info = try await bench.send(["INFO", "keyspace"]).string
                #expect(info?.contains("db3:keys=1") == true)
            }
            try await Bench.run("redis://ada:pw@127.0.0.1:\(server.port)/3") { bench async throws in
                #expect(try await bench.send(["ACL", "WHOAMI"]) == .bulk(Array("ada".utf8)))
                #expect(try await bench.send(["GET", "a"]) == .bulk([0x31]))
            }
            for url in ["redis://:wrong@127.0.0.1:\(server.port)", "redis://127.0.0.1:\(server.port)"] {
                try await Bench.run(url) { bench async throws in
                    let failure = await bench.failure(["GET", "a"])
                    guard case .unavailable(let reason) = failure else {
                        Issue.record("not refused: \(String(describing: failure))")
                        return
                    }
                    #expect(reason.contains(url.contains("wrong") ? "WRONGPASS" : "NOAUTH"))
                    #expect(!reason.contains("wrong@"))
                }
            }
        }
    }

    @Test("after a crash calls fail at once, and work again when the server is back")
    func reconnect() async throws {
        let first = try await RedisServer.start()
        try await Bench.run("redis://127.0.0.1:\(first.port)") { bench async throws in
            _ = try await bench.send(["PING"])
            await first.stop()
            #expect(
                try await bench.eventually {
                    if case .unavailable = await bench.failure(["PING"]) { true } else { false }
                })
            let start = ContinuousClock.now
            for _ in 0..<100 { #expect(await bench.failure(["PING"]) != nil) }
            #expect(ContinuousClock.now - start < .seconds(1))
            let second = try await RedisServer.start(port: first.port)
            #expect(try await bench.eventually { await bench.failure(["PING"]) == nil })
            await second.stop()
        }
    }

    @Test("commands wait while the server does not read, and are not sent any more when given up")
    func backpressure() async throws {
        try await self.withServer { server, url async throws in
            try await Bench.run(url) { bench async throws in
                _ = try await bench.send(["PING"])
                server.pause()
                let large = RedisArgument.bytes([UInt8](repeating: 1, count: 1 << 20))
                var failures: [RedisFailure?] = []
                for number in 0..<40 {
                    failures.append(
                        await bench.failure(["SET", .integer(number), large], timeout: .milliseconds(20)))
                }
                #expect(failures == Array(repeating: .timeout, count: 40))
                server.resume()
                let size = try #require(try await bench.send(["DBSIZE"]).integer)
                #expect((1..<30).contains(size))
            }
        }
    }

    @Test("a call that names a foreign event loop, and one to all masters of a single server")
    func otherWays() async throws {
        try await self.withServer { _, url async throws in
            try await Bench.run(url) { bench async throws in
                let foreign = MultiThreadedEventLoopGroup.singleton.next()
                let reply = try await bench.client.send(["PING"], key: nil, on: foreign, timeout: .seconds(5))
                #expect(reply == .status("PONG"))
                let replies = try await bench.client.masters(["ECHO", "a"], on: bench.loop, timeout: .seconds(5))
                #expect(replies == [.bulk([0x61])])
            }
        }
    }

    @Test("shutdown ends open calls")
    func shutdown() async throws {
        try await self.withServer { server, url async throws in
            try await Bench.run(url) { bench async throws in
                _ = try await bench.send(["PING"])
                server.pause()
                async let open = bench.failure(["PING"], timeout: .hours(1))
                try await bench.loop.submit {}.get()
                await bench.client.shutdown()
                #expect(await open == .closed)
                #expect(await bench.failure(["PING"]) == .closed)
                #expect(
                    await #expect(throws: RedisFailure.self) {
                        try await bench.client.masters(["PING"], on: bench.loop, timeout: .seconds(1))
                    } != nil)
                server.resume()
            }
        }
    }
}
