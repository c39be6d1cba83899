import NIOCore
import RedisClient
import RedisTesting
import Testing

@Suite(
    "Subscriptions",
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)), .timeLimit(.minutes(1)))
struct SubscriptionTests {
    @Test("messages arrive; after a crash the subscription stands again and a gap is told")
    func gap() async throws {
        let first = try await RedisServer.start()
        try await Bench.run("redis://127.0.0.1:\(first.port)") { bench async throws in
            let stream = bench.client.events(of: ["a", "b"], on: bench.loop, limit: 16)
            var events = stream.makeAsyncIterator()
            #expect(await events.next() == .subscribed)
            #expect(try await bench.send(["PUBLISH", "b", "x"]) == .integer(1))
            #expect(await events.next() == .message(channel: "b", payload: [0x78]))
            await first.stop()
            let second = try await RedisServer.start(port: first.port)
            #expect(await events.next() == .gap)
            try await second.command("PUBLISH", "a", "y")
            #expect(await events.next() == .message(channel: "a", payload: [0x79]))
            await second.stop()
        }
    }

    @Test("a reader that ends ends the subscription")
    func cancel() async throws {
        let server = try await RedisServer.start()
        try await Bench.run("redis://127.0.0.1:\(server.port)") { bench async throws in
            do {
                var events = bench.client.events(of: ["a"], on: bench.loop, limit: 16).makeAsyncIterator()
                #expect(await events.next() == .subscribed)
                #expect(try await bench.send(["PUBLISH", "a", "x"]) == .integer(1))
            }
            #expect(try await bench.eventually { try await bench.send(["PUBLISH", "a", "x"]) == .integer(0) })
        }
        await server.stop()
    }

    @Test("a silent connection is given up and made again")
    func silence() async throws {
        let server = try await RedisServer.start()
        try await Bench.run("redis://127.0.0.1:\(server.port)") {
            $0.stallTimeout = .milliseconds(100)
        } _: { bench async throws in
            var events = bench.client.events(of: ["a"], on: bench.loop, limit: 16).makeAsyncIterator()
            #expect(await events.next() == .subscribed)
            server.pause()
            try await bench.loop.scheduleTask(in: .milliseconds(300)) {}.futureResult.get()
            server.resume()
            #expect(await events.next() == .gap)
        }
        await server.stop()
    }
}
