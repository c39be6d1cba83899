import NIOHTTP2
import Synchronization
import Testing

@testable import Upstream

@Suite("HTTP/2 faults", .timeLimit(.minutes(1)))
struct HTTP2FaultTests {
    static let codes: [HTTP2ErrorCode] = [.protocolError, .internalError, .cancel, .enhanceYourCalm, .streamClosed]

    @Test("Reset without an answer", arguments: codes + [.noError])
    func resetAtOnce(code: HTTP2ErrorCode) async throws {
        try await withHTTP2Bench { stream in
            stream.reset(code)
        } test: { bench in
            let failure = await bench.failure(bench.request())
            #expect(failure?.metricLabel == "first_byte_reset")
            #expect(failure?.curlCode == 92)
        }
    }

    @Test("Reset in the middle of an answer is no end of it", arguments: codes, [true, false])
    func resetMidway(code: HTTP2ErrorCode, isStream: Bool) async throws {
        try await withHTTP2Bench { stream in
            stream.sendHead()
            stream.send("half")
            if !isStream { stream.reset(code) }
        } test: { bench in
            guard isStream else {
                #expect(await bench.failure(bench.request())?.metricLabel == "receive_reset")
                return
            }
            let response = try await bench.send(bench.request(.stream))
            #expect(try await response.next()?.text == "half")
            bench.server.streams[0].reset(code)
            let failure = await #expect(throws: UpstreamFailure.self) { try await response.next() }
            #expect(failure?.metricLabel == "receive_reset")
        }
    }

    /// Proxies end a stream this way when their own upstream fails. libcurl 7.88 takes it for the end of the answer and
    /// has no way to tell; an announced length, a closing `[DONE]` and the JSON itself are what is left to see it by.
    @Test("Reset without an error in the middle of an answer of unknown length")
    func resetWithoutError() async throws {
        try await withHTTP2Bench { stream in
            stream.sendHead()
            stream.send("half")
            stream.reset(.noError)
        } test: { bench in
            let failure = await bench.failure(bench.request())
            withKnownIssue("libcurl 7.88 reports success", isIntermittent: true) {
                #expect(failure?.metricLabel == "receive_reset")
            }
        }
    }

    @Test("Less than announced is no end either", arguments: [true, false])
    func tooShort(byReset: Bool) async throws {
        try await withHTTP2Bench { stream in
            stream.sendHead(headers: [("content-length", "100")])
            stream.send("half", isLast: !byReset)
            if byReset { stream.reset(.noError) }
        } test: { bench in
            #expect(await bench.failure(bench.request())?.metricLabel == "receive_reset")
        }
    }

    @Test("A reset of one stream leaves the others alone")
    func resetOne() async throws {
        try await withHTTP2Bench { stream in
            stream.sendHead()
        } test: { bench in
            let (first, firstStream) = try await bench.openStream("1")
            let (second, secondStream) = try await bench.openStream("2")
            firstStream.reset(.internalError)
            let failure = await #expect(throws: UpstreamFailure.self) { try await first.next() }
            #expect(failure?.metricLabel == "receive_reset")
            secondStream.send("alive", isLast: true)
            #expect(try await second.collect(upTo: 10).text == "alive")
            #expect(bench.server.connections.count == 1)
        }
    }

    @Test("A stream the server refused to look at is sent once more, on another connection")
    func refused() async throws {
        try await withHTTP2Bench { stream in
            stream.connection.number == 0 ? stream.reset(.refusedStream) : stream.respond(body: stream.body)
        } test: { bench in
            let answer = try await bench.answer(bench.request(body: "again"))
            #expect(answer.body.text == "again")
            #expect(bench.server.streams.count == 2)
            #expect(bench.server.connections.count == 2)
        }
    }

    @Test("A server that refuses every stream is not asked for ever")
    func alwaysRefused() async throws {
        try await withHTTP2Bench { stream in
            stream.reset(.refusedStream)
        } test: { bench in
            let failure = await bench.failure(bench.request())
            #expect(failure?.kind == .reset)
            #expect(bench.server.streams.count <= 7)
        }
    }

    @Test("Going away: what runs is finished, what comes next goes elsewhere")
    func goAway() async throws {
        try await withHTTP2Bench { stream in
            stream.sendHead()
            if stream.body.text == "next" { stream.send("elsewhere", isLast: true) }
        } test: { bench in
            let (response, stream) = try await bench.openStream("running")
            stream.connection.goAway(lastStream: 1)
            stream.send("one")
            #expect(try await response.next()?.text == "one")
            let answer = try await bench.answer(bench.request(body: "next"))
            #expect(answer.body.text == "elsewhere")
            #expect(bench.server.streams.map(\.connection.number) == [0, 1])
            stream.send("two", isLast: true)
            #expect(try await response.collect(upTo: 10).text == "two")
        }
    }

    @Test("Going away without having looked at some: those are sent again elsewhere, or fail")
    func goAwayUnseen() async throws {
        let waiting = Mutex<[HTTP2TestStream]>.Box([])
        try await withHTTP2Bench { stream in
            guard stream.connection.number == 0 else { return stream.respond(body: stream.body) }
            let all = waiting.value.withLock { waiting in
                waiting.append(stream)
                return waiting
            }
            if all.count == 6 { stream.connection.goAway(lastStream: 0) }
        } test: { bench in
            let answers = await withTaskGroup(of: String?.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        do throws(UpstreamFailure) {
                            let response = try await bench.client.send(bench.request(body: "\(index)"), on: bench.loop)
                            #expect(try await response.collect(upTo: 10).text == "\(index)")
                            return "answer"
                        } catch {
                            return error.metricLabel
                        }
                    }
                }
                return await group.reduce(into: [String?]()) { $0.append($1) }
            }
            // libcurl 7.88 gives some of them up instead, before a byte has come; that must be told apart from an end.
            #expect(answers.contains("answer"))
            #expect(Set(answers).isSubset(of: ["answer", "first_byte_reset"]))
        }
    }

    @Test("Going away in the middle of answers that it disowns: failures, not ends", arguments: [1, 4])
    func goAwayMidway(count: Int) async throws {
        try await withHTTP2Bench { stream in
            stream.sendHead()
            stream.send("half")
        } test: { bench in
            var responses: [UpstreamResponse] = []
            for index in 0..<count {
                let (response, _) = try await bench.openStream("\(index)")
                #expect(try await response.next()?.text == "half")
                responses.append(response)
            }
            bench.server.connections[0].goAway(lastStream: 0, code: .internalError)
            for response in responses {
                let failure = await #expect(throws: UpstreamFailure.self) { try await response.next() }
                #expect(failure?.metricLabel == "receive_reset")
            }
        }
    }

    @Test("The connection ends under its streams: all of them fail", arguments: [true, false])
    func connectionEnds(inGoodOrder: Bool) async throws {
        try await withHTTP2Bench { stream in
            stream.sendHead()
            stream.send("half")
        } test: { bench in
            var responses: [UpstreamResponse] = []
            for index in 0..<5 {
                let (response, _) = try await bench.openStream("\(index)")
                #expect(try await response.next()?.text == "half")
                responses.append(response)
            }
            let connection = bench.server.connections[0]
            inGoodOrder ? connection.close() : connection.cut()
            for response in responses {
                let failure = await #expect(throws: UpstreamFailure.self) { try await response.next() }
                #expect(failure?.metricLabel == "receive_reset")
            }
        }
    }

    @Test("A connection that ended between two calls is not used again")
    func staleConnection() async throws {
        try await withHTTP2Bench { stream in
            stream.respond(body: stream.body)
        } test: { bench in
            let answer = try await bench.answer(bench.request(body: "1"))
            #expect(answer.body.text == "1")
            let connection = bench.server.connections[0]
            connection.cut()
            await connection.closed.wait()
            let answer2 = try await bench.answer(bench.request(body: "2"))
            #expect(answer2.body.text == "2")
            #expect(bench.server.connections.count == 2)
        }
    }

    @Test("Faults of some streams do not spread to others")
    func mixed() async throws {
        try await withHTTP2Bench { stream in
            switch stream.body.text.prefix(5) {
            case "reset": stream.reset(.internalError)
            case "large": stream.respond(body: [UInt8](repeating: 0x78, count: 2_000))
            case "hangs": break
            default: stream.respond(body: stream.body)
            }
        } test: { bench in
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<120 {
                    group.addTask {
                        let kind = ["ok\(index)", "reset", "hangs", "large"][index % 4]
                        let request = bench.request(
                            body: Array(kind.utf8),
                            timeouts: UpstreamTimeouts(connect: 20_000, firstByte: index % 4 == 2 ? 80 : 20_000))
                        switch index % 4 {
                        case 0: #expect((try? await bench.answer(request))?.body.text == kind)
                        case 1: #expect(await bench.failure(request)?.kind == .reset)
                        case 2: #expect(await bench.failure(request)?.metricLabel == "first_byte_timeout")
                        default: #expect(await bench.failure(request) == nil)
                        }
                    }
                }
            }
        }
    }

    @Test("A storm of cancellations at random moments leaves no transfer behind")
    func storm() async throws {
        try await withHTTP2Bench(loops: 2) { stream in
            stream.sendHead()
            stream.send(String(repeating: "x", count: 50_000), isLast: stream.body.count % 2 == 0)
        } test: { bench in
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<300 {
                    group.addTask {
                        let task = Task {
                            let request = bench.request(
                                index % 3 == 0 ? .whole : .stream, body: [UInt8](repeating: 0x61, count: index % 7))
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
            let answer = try await bench.answer(bench.request(.stream, body: [1, 2]))
            #expect(answer.body.count == 50_000)
        }
    }
}
