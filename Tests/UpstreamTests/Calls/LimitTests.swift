import NIOCore
import Synchronization
import Testing

@testable import Upstream

@Suite("Connection limits and scale", .timeLimit(.minutes(2)))
struct LimitTests {
    @Test("No more than the limit at a time, over all event loops, in turn")
    func limit() async throws {
        let busy = Mutex<(now: Int, peak: Int)>.Box((0, 0))
        let gate = Signal()
        try await withBench(loops: 2) { request in
            busy.value.withLock { busy in
                busy.now += 1
                busy.peak = max(busy.peak, busy.now)
            }
            Task {
                await gate.wait()
                busy.value.withLock { $0.now -= 1 }
                request.connection.respond(body: "ok")
            }
        } test: { bench in
            try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<40 {
                    group.addTask {
                        var request = bench.request()
                        request.connectionLimit = 4
                        let response = try await bench.client.send(request, on: bench.loops[index % 2])
                        return try await response.collect(upTo: 10).text
                    }
                }
                await until { bench.client.statistics.queuedTransfers == 36 && busy.value.withLock { $0.now } == 4 }
                gate.fire()
                for try await text in group { #expect(text == "ok") }
            }
            #expect(busy.value.withLock { $0.peak } == 4)
            #expect(bench.client.statistics.queuedTransfers == 0)
        }
    }

    @Test("Waiting for a connection counts as connecting")
    func queueDeadline() async throws {
        try await withBench { request in
            if request.body.text == "go" { request.connection.respond(body: "ok") }
        } test: { bench in
            var first = bench.request(.whole)
            first.connectionLimit = 1
            let holder = Task { [first] in await bench.failure(first) }
            await until { bench.server.connections.count == 1 }
            var second = bench.request(timeouts: UpstreamTimeouts(connect: 40))
            second.connectionLimit = 1
            let failure = await bench.failure(second)
            #expect(failure?.metricLabel == "connect_timeout")
            #expect(
                failure?.message
                    == "no free connection to 127.0.0.1 within 40 ms (connect limit); all 1 are busy")
            // Its place in the queue is gone too: the next one gets the connection.
            holder.cancel()
            _ = await holder.value
            var third = bench.request(body: Array("go".utf8))
            third.connectionLimit = 1
            let answer = try await bench.answer(third)
            #expect(answer.body.text == "ok")
        }
    }

    @Test("Cancelling while waiting, and calls without a limit pass")
    func cancelQueued() async throws {
        try await withBench { request in
            if request.body.text == "go" { request.connection.respond(body: "ok") }
        } test: { bench in
            var limited = bench.request()
            limited.connectionLimit = 1
            let tasks = (0..<5).map { _ in Task { [limited] in await bench.failure(limited) } }
            await until { bench.client.statistics.queuedTransfers == 4 }
            let answer = try await bench.answer(bench.request(body: Array("go".utf8)))
            #expect(answer.body.text == "ok")
            for task in tasks { task.cancel() }
            for task in tasks { #expect(await task.value?.phase == .cancelled) }
            await until { bench.client.statistics.openTransfers == 0 }
        }
    }

    @Test("A thousand calls at once, over several multi handles", arguments: [UpstreamRequest.Delivery.whole, .stream])
    func thousand(delivery: UpstreamRequest.Delivery) async throws {
        var configuration = UpstreamConfiguration()
        configuration.transfersPerMulti = 100
        let all = Mutex<[TestConnection]>.Box([])
        try await withBench(loops: 2, configuration: configuration) { request in
            // Nobody is answered before everybody has asked.
            let ready = all.value.withLock { waiting -> [TestConnection] in
                waiting.append(request.connection)
                return waiting.count == 1_000 ? waiting : []
            }
            for connection in ready { connection.respond(body: "number \(connection.number)") }
        } test: { bench in
            try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<1_000 {
                    group.addTask {
                        let timeouts = UpstreamTimeouts(connect: 60_000, firstByte: 60_000, idle: 60_000)
                        let response = try await bench.client.send(
                            bench.request(delivery, timeouts: timeouts), on: bench.loops[index % 2])
                        return try await response.collect(upTo: 100).text
                    }
                }
                var answers: Set<String> = []
                for try await answer in group { answers.insert(answer) }
                #expect(answers.count == 1_000)
            }
            #expect(bench.client.statistics.connections == 1_000)
            #expect(bench.client.statistics.transfers == 1_000)
        }
    }

    @Test("The number of open calls is bounded")
    func maxOpen() async throws {
        var configuration = UpstreamConfiguration()
        configuration.maxOpenTransfers = 3
        try await withBench(configuration: configuration) { _ in
        } test: { bench in
            let tasks = (0..<3).map { _ in Task { await bench.failure(bench.request()) } }
            await until { bench.client.statistics.openTransfers == 3 }
            #expect(await bench.failure(bench.request())?.message == "too many calls are open (3 per loop)")
            for task in tasks { task.cancel() }
            for task in tasks { _ = await task.value }
        }
    }

    @Test("Many calls to a new name cost one lookup")
    func oneLookup() async throws {
        try await withBench(host: "localhost") {
            $0.connection.respond(body: "ok")
        } test: { bench in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        var request = bench.request(timeouts: UpstreamTimeouts(connect: 30_000))
                        request.url = "http://localhost:\(bench.server.port)/"
                        return try await bench.answer(request).body.text
                    }
                }
                for try await text in group { #expect(text == "ok") }
            }
            #expect(bench.client.statistics.lookupsStarted == 1)
            #expect(bench.client.statistics.lookups == 0)
        }
    }

    @Test("Calls that wait for a lookup share its failure")
    func sharedLookupFailure() async throws {
        try await withBench { _ in
        } test: { bench in
            await withTaskGroup(of: UpstreamFailure?.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        var request = bench.request(timeouts: UpstreamTimeouts(connect: 3_000))
                        request.url = "http://does-not-exist.invalid/"
                        return await bench.failure(request)
                    }
                }
                for await failure in group { #expect(failure?.phase == .connect) }
            }
            #expect(bench.client.statistics.lookups == 0)
            #expect(bench.client.statistics.lookupsStarted < 50)
        }
    }
}
