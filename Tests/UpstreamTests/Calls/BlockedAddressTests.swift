import NIOCore
import Synchronization
import Testing

@testable import Upstream

@Suite("Address guard at work", .timeLimit(.minutes(1)))
struct BlockedAddressTests {
    @Test(
        "Private addresses in any spelling are not connected to",
        arguments: [
            "127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0",
        ])
    func blocked(host: String) async throws {
        try await withBench {
            $0.connection.respond(body: "secret")
        } test: { bench in
            var request = bench.request()
            request.url = "http://\(host):\(bench.server.port)/"
            request.allowPrivateNetwork = false
            let failure = await bench.failure(request)
            #expect(failure?.metricLabel == "blocked_address_blocked")
            #expect(failure?.message.contains("allow_private_network") == true)
            #expect(bench.server.connections.isEmpty)
            #expect(bench.client.statistics.blockedAddresses > 0)
            #expect(bench.client.statistics.connectionsOpened == 0)
        }
    }

    @Test("The metadata service is out of reach even with permission")
    func metadata() async throws {
        try await withBench { _ in
        } test: { bench in
            var request = bench.request()
            request.url = "http://169.254.169.254/latest/meta-data/"
            let failure = await bench.failure(request)
            #expect(failure?.phase == .blockedAddress)
            #expect(failure?.message.contains("never") == true)
        }
    }

    @Test("IPv6 loopback with permission works where there is IPv6")
    func ipv6() async throws {
        let server: TestServer
        do {
            server = try await TestServer.start(host: "::1") { $0.connection.respond(body: "six") }
        } catch {
            return  // No IPv6 here.
        }
        try await withBench { _ in
        } test: { bench in
            var request = bench.request()
            request.url = "http://[::1]:\(server.port)/"
            let answer = try await bench.answer(request)
            #expect(answer.body.text == "six")
            request.allowPrivateNetwork = false
            #expect(await bench.failure(request)?.phase == .blockedAddress)
        }
        await server.stop()
    }

    @Test("A connection opened with permission is of no use to a call without")
    func notThroughTheCache() async throws {
        try await withBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            let answer = try await bench.answer(bench.request())
            #expect(answer.body.text == "ok")
            #expect(bench.client.statistics.connections == 1)
            for _ in 0..<3 {
                var request = bench.request()
                request.allowPrivateNetwork = false
                #expect(await bench.failure(request)?.phase == .blockedAddress)
            }
            let second = try await bench.send(bench.request())
            #expect(second.timings.reusedConnection)
            #expect(try await second.collect(upTo: 10).text == "ok")
            #expect(bench.server.connections.count == 1)
            #expect(bench.server.connections[0].requests.load(ordering: .sequentiallyConsistent) == 2)
        }
    }

    @Test("Both kinds of call at once, on shared libcurl handles")
    func interleaved() async throws {
        try await withBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<100 {
                    group.addTask {
                        var request = bench.request()
                        request.allowPrivateNetwork = index % 2 == 0
                        let failure = await bench.failure(request)
                        #expect(failure?.phase == (index % 2 == 0 ? nil : .blockedAddress))
                    }
                }
            }
        }
    }

    @Test("Fetching obeys the guard as well")
    func fetch() async throws {
        try await withBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            let failure = await #expect(throws: UpstreamFailure.self) {
                try await bench.client.fetch(url: bench.url, maxBytes: 10, on: bench.loop)
            }
            #expect(failure?.phase == .blockedAddress)
        }
    }
}
