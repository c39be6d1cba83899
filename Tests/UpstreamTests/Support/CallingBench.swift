import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Upstream

/// A client and the address of the server it is to call.
protocol CallingBench: Sendable {
    var client: UpstreamClient { get }
    var loops: [any EventLoop] { get }
    var url: String { get }
}

extension CallingBench {
    var loop: any EventLoop { self.loops[0] }

    /// Requests are allowed to go to 127.0.0.1 unless the test says otherwise.
    func request(
        _ delivery: UpstreamRequest.Delivery = .whole, body: [UInt8] = Array("{}".utf8),
        timeouts: UpstreamTimeouts = UpstreamTimeouts()
    ) -> UpstreamRequest {
        UpstreamRequest(
            url: self.url, body: body, timeouts: timeouts, delivery: delivery, allowPrivateNetwork: true)
    }

    func request(_ delivery: UpstreamRequest.Delivery = .whole, body: String) -> UpstreamRequest {
        self.request(delivery, body: Array(body.utf8))
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

    /// The body of the answer, in the same way.
    func text(_ request: UpstreamRequest) async throws -> String {
        try await self.answer(request).body.text
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

/// Starts a client, runs the test, and takes it down again; then nothing may be left open.
func withClient(
    loops: Int = 1, configuration: UpstreamConfiguration,
    test: (UpstreamClient, [any EventLoop]) async throws -> Void
) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
    let client = UpstreamClient(group: group, configuration: configuration, logger: Logger(label: "test"))
    client.start()
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await test(client, Array(group.makeIterator())))
    } catch {
        outcome = .failure(error)
    }
    await client.shutdown()
    #expect(client.statistics.openTransfers == 0)
    #expect(client.statistics.queuedTransfers == 0)
    #expect(client.statistics.connections == 0)
    try await group.shutdownGracefully()
    try outcome.get()
}
