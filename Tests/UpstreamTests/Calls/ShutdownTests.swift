import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Upstream

@Suite("Shutdown", .timeLimit(.minutes(1)))
struct ShutdownTests {
    @Test("Open calls end as cancelled, connections are closed, later calls are refused")
    func open() async throws {
        try await withBench(loops: 2) { request in
            if request.body.text == "stream" { request.connection.startStream() }
        } test: { bench in
            let waiting = (0..<10).map { index in
                Task {
                    do throws(UpstreamFailure) {
                        _ = try await bench.client.send(bench.request(), on: bench.loops[index % 2])
                        return nil as UpstreamFailure?
                    } catch {
                        return error
                    }
                }
            }
            let response = try await bench.send(bench.request(.stream, body: Array("stream".utf8)))
            let reader = Task { try await response.next() }
            await until { bench.server.connections.count == 11 }
            await bench.client.shutdown()
            for task in waiting { #expect(await task.value == .clientShutDown) }
            await #expect(throws: UpstreamFailure.clientShutDown) { try await reader.value }
            for connection in bench.server.connections { await connection.closed.wait() }
            #expect(await bench.failure(bench.request()) == .clientShutDown)
        }
    }

    @Test("Calls that wait for a connection end too")
    func queued() async throws {
        try await withBench { _ in
        } test: { bench in
            var request = bench.request()
            request.connectionLimit = 1
            let tasks = (0..<5).map { _ in Task { [request] in await bench.failure(request) } }
            await until { bench.client.statistics.queuedTransfers == 4 }
            await bench.client.shutdown()
            for task in tasks { #expect(await task.value == .clientShutDown) }
        }
    }

    @Test("Before the start calls are refused")
    func notStarted() async throws {
        let client = UpstreamClient(
            group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test"))
        let request = UpstreamRequest(url: "http://127.0.0.1:1/", delivery: .whole)
        await #expect(throws: UpstreamFailure.clientShutDown) {
            try await client.send(request, on: MultiThreadedEventLoopGroup.singleton.next())
        }
        await client.shutdown()
    }

    @Test("Shutting down twice, and right after the start")
    func twice() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let client = UpstreamClient(group: group, logger: Logger(label: "test"))
        client.start()
        await client.shutdown()
        await client.shutdown()
        try await group.shutdownGracefully()
    }

    @Test("Calls that race with the shutdown end one way or the other")
    func race() async throws {
        try await withBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let failure = await bench.failure(bench.request())
                        #expect(failure == nil || failure?.phase == .cancelled)
                    }
                    if index == 100 { group.addTask { await bench.client.shutdown() } }
                }
            }
        }
    }
}
