import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Upstream

/// A client and a server for one test.
struct TestBench: Sendable {
    let client: UpstreamClient
    let server: TestServer
    let loops: [any EventLoop]

    var loop: any EventLoop { self.loops[0] }
    var url: String { "http://127.0.0.1:\(self.server.port)/v1/chat" }

    /// Requests are allowed to go to 127.0.0.1 unless the test says otherwise.
    func request(
        _ delivery: UpstreamRequest.Delivery = .whole, body: [UInt8] = Array("{}".utf8),
        timeouts: UpstreamTimeouts = UpstreamTimeouts()
    ) -> UpstreamRequest {
        UpstreamRequest(
            url: self.url, body: body, timeouts: timeouts, delivery: delivery, allowPrivateNetwork: true)
    }

    func send(_ request: UpstreamRequest) async throws -> UpstreamResponse {
        try await self.client.send(request, on: self.loop)
    }

    /// Sends and reads to the end.
    func answer(_ request: UpstreamRequest) async throws -> UpstreamAnswer {
        let response = try await self.client.send(request, on: self.loop)
        let body = try await response.collect(upTo: 1 << 30)
        return UpstreamAnswer(status: response.status, rawHeaders: response.rawHeaders, body: body)
    }

    /// The failure of sending and reading to the end.
    func failure(_ request: UpstreamRequest) async -> UpstreamFailure? {
        do throws(UpstreamFailure) {
            let response = try await self.client.send(request, on: self.loop)
            _ = try await response.collect(upTo: 1 << 30)
            return nil
        } catch {
            return error
        }
    }
}

/// Starts client and server, runs the test, and takes both down again.
func withBench(
    loops: Int = 1, configuration: UpstreamConfiguration = UpstreamConfiguration(), host: String = "127.0.0.1",
    readsBodies: Bool = true, behaviour: @escaping TestServer.Behaviour,
    test: (TestBench) async throws -> Void
) async throws {
    let server = try await TestServer.start(host: host, readsBodies: readsBodies, behaviour: behaviour)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
    let client = UpstreamClient(group: group, configuration: configuration, logger: Logger(label: "test"))
    client.start()
    let bench = TestBench(client: client, server: server, loops: Array(group.makeIterator()))
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await test(bench))
    } catch {
        outcome = .failure(error)
    }
    await client.shutdown()
    #expect(client.statistics.openTransfers == 0)
    #expect(client.statistics.queuedTransfers == 0)
    #expect(client.statistics.connections == 0)
    await server.stop()
    try await group.shutdownGracefully()
    try outcome.get()
}

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}
