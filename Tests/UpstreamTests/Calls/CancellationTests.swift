import NIOCore
import Synchronization
import Testing

@testable import Upstream

@Suite("Cancellation", .timeLimit(.minutes(1)))
struct CancellationTests {
    @Test("Cancelling the task that waits for the head closes the connection")
    func whileSending() async throws {
        let arrived = Signal()
        try await withBench { _ in
            arrived.fire()
        } test: { bench in
            let task = Task { await bench.failure(bench.request()) }
            await arrived.wait()
            task.cancel()
            #expect(await task.value == .cancelledByCaller)
            await bench.server.connections[0].closed.wait()
        }
    }

    @Test("Cancelling the task that waits for a chunk closes the connection")
    func whileReading() async throws {
        try await withBench { request in
            request.connection.startStream()
            request.connection.chunk("1")
        } test: { bench in
            let hasRead = Signal()
            let task = Task {
                let response = try await bench.send(bench.request(.stream))
                _ = try await response.next()
                hasRead.fire()
                _ = try await response.next()
            }
            await hasRead.wait()
            task.cancel()
            let failure = await #expect(throws: UpstreamFailure.self) { try await task.value }
            #expect(failure == .cancelledByCaller)
            await bench.server.connections[0].closed.wait()
        }
    }

    @Test("A task that was cancelled before it asked")
    func before() async throws {
        try await withBench {
            $0.connection.respond(body: "")
        } test: { bench in
            let go = Signal()
            let task = Task {
                await go.wait()
                return await bench.failure(bench.request())
            }
            task.cancel()
            go.fire()
            #expect(await task.value?.phase == .cancelled)
        }
    }

    @Test("cancel() from elsewhere wakes the reader")
    func explicit() async throws {
        try await withBench {
            $0.connection.startStream()
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            let reader = Task { try await response.next() }
            response.cancel()
            response.cancel()
            let failure = await #expect(throws: UpstreamFailure.self) { try await reader.value }
            #expect(failure == .cancelledByCaller)
            await bench.server.connections[0].closed.wait()
        }
    }

    @Test("Dropping the response closes the connection")
    func dropping() async throws {
        try await withBench {
            $0.connection.startStream()
        } test: { bench in
            var response: UpstreamResponse? = try await bench.send(bench.request(.stream))
            #expect(response?.status == 200)
            response = nil
            await bench.server.connections[0].closed.wait()
            await until { bench.client.statistics.openTransfers == 0 }
        }
    }

    @Test("After the end there is nothing to cancel: the connection lives on")
    func afterEnd() async throws {
        try await withBench {
            $0.connection.respond(body: "ok")
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            while try await response.next() != nil {}
            response.cancel()
            #expect(try await response.next() == nil)
            _ = try await bench.answer(bench.request())
            #expect(bench.server.connections.count == 1)
        }
    }

    @Test("Two readers of one response: the second is refused, the first goes on")
    func twoReaders() async throws {
        try await withBench {
            $0.connection.startStream()
        } test: { bench in
            let response = try await bench.send(bench.request(.stream))
            let readers = (0..<2).map { _ in Task { try await response.next()?.text } }
            // Whichever comes second is refused; only then is there anything to read for the first.
            let refusals = Mutex<Int>.Box(0)
            let results = await withTaskGroup(of: Result<String?, any Error>.self) { group in
                for reader in readers { group.addTask { await reader.result } }
                var results: [Result<String?, any Error>] = []
                for await result in group {
                    if case .failure = result { refusals.value.withLock { $0 += 1 } }
                    results.append(result)
                    bench.server.connections[0].chunk("x")
                }
                return results
            }
            #expect(refusals.value.withLock { $0 } == 1)
            #expect(results.contains { (try? $0.get()) == "x" })
        }
    }

    @Test("A storm of cancellations at random moments leaves no transfer behind")
    func storm() async throws {
        try await withBench(loops: 2) { request in
            request.connection.startStream()
            request.connection.chunk(String(repeating: "x", count: 50_000))
            if request.body.count % 2 == 0 { request.connection.endStream() }
        } test: { bench in
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<400 {
                    group.addTask {
                        let task = Task {
                            var request = bench.request(
                                index % 3 == 0 ? .whole : .stream, body: [UInt8](repeating: 0x61, count: index % 7))
                            request.connectionLimit = index % 2 == 0 ? 16 : nil
                            let response = try await bench.client.send(request, on: bench.loops[index % 2])
                            while try await response.next() != nil {}
                        }
                        for _ in 0..<(index % 50) { await Task.yield() }
                        task.cancel()
                        _ = await task.result
                    }
                }
            }
            await until { bench.client.statistics.openTransfers == 0 }
            #expect(bench.client.statistics.queuedTransfers == 0)
            let answer = try await bench.answer(bench.request(.stream, body: [1, 2]))
            #expect(answer.body.count == 50_000)
        }
    }
}
