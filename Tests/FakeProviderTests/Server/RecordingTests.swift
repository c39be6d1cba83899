import FakeProvider
import Testing
import WireJSON

@Suite("What the server saw", .timeLimit(.minutes(1)))
struct RecordingTests {
    @Test("Method, path, query, headers and body are kept as they came")
    func fields() async throws {
        try await Harness.run { fake in
            _ = try await fake.exchange(
                "POST", "/v1/chat/completions?x=1", ["X-Custom": "Yes"], body: Array(#"{"model":"m"}"#.utf8))
            let record = try #require(fake.server.requests.first)
            #expect(record.id == 1)
            #expect(record.method == "POST")
            #expect(record.uri == "/v1/chat/completions?x=1")
            #expect(record.path == "/v1/chat/completions")
            #expect(record.header("x-custom") == "Yes")
            #expect(record.headers.contains(FakeHeader("X-Custom", "Yes")))
            #expect(record.json?["model"]?.stringValue == "m")
            #expect(record.text == #"{"model":"m"}"#)
            #expect(record.bodySize == 13)
            #expect(record.dialect == .openai)
            #expect(!record.isScripted)
            #expect(record.receivedAt > 0)
            fake.server.clearRequests()
            #expect(fake.server.requests.isEmpty)
        }
    }

    @Test("Only the last requests and the first bytes of their bodies are kept")
    func bounds() async throws {
        var options = FakeProviderOptions()
        options.recordedRequests = 3
        options.recordedBodyBytes = 5
        try await Harness.run(options) { fake in
            for number in 1...7 { _ = try await fake.exchange("POST", "/p\(number)", body: Array("0123456789".utf8)) }
            #expect(fake.server.requests.map(\.path) == ["/p5", "/p6", "/p7"])
            #expect(fake.server.requests.allSatisfy { $0.text == "01234" && $0.bodySize == 10 })
        }
    }

    @Test("Recording can be off; scripts work all the same")
    func off() async throws {
        var options = FakeProviderOptions()
        options.recordedRequests = 0
        try await Harness.run(options) { fake async throws in
            fake.server.script(.json("1"), for: RequestMatch(bodyContains: "needle"))
            #expect(try await fake.exchange("POST", "/x", body: Array("needle".utf8)).text == "1")
            #expect(fake.server.requests.isEmpty)
        }
    }

    @Test("Waiting finds a request that came before, and one that comes later")
    func waiting() async throws {
        try await Harness.run { fake in
            _ = try await fake.get("/first")
            #expect(try await fake.server.waitForRequest().path == "/first")
            async let second = fake.server.waitForRequest { $0.path == "/second" }
            async let third = fake.server.waitForRequest { $0.path == "/third" }
            _ = try await fake.get("/third")
            _ = try await fake.get("/second")
            #expect(try await second.path == "/second")
            #expect(try await third.path == "/third")
        }
    }

    @Test("Waiting ends when time is up")
    func timeout() async throws {
        try await Harness.run { fake in
            await #expect(throws: FakeProviderError.timedOut) {
                try await fake.server.waitForRequest(timeout: .milliseconds(20)) { $0.path == "/never" }
            }
        }
    }

    @Test("Waiting ends when the task is cancelled, before or after it began")
    func cancellation() async throws {
        try await Harness.run { fake in
            let server = fake.server
            let task = Task { try await server.waitForRequest { $0.path == "/never" } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let early = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await server.waitForRequest { $0.path == "/never" }
            }
            await #expect(throws: CancellationError.self) { try await early.value }
        }
    }

    @Test("The client's going away is placed among the chunks", arguments: [1, 2, 3])
    func closedByPeer(chunks: Int) async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            let body = Harness.chatBody("say one two three four", stream: true)
            // The gap leaves all the time in the world between the chunk that is waited for and the next.
            let spec = "stall=\(chunks)"
            try await client.post("/v1/chat/completions", body, ["x-fake": spec])
            _ = try await fake.server.waitForRequest { $0.chunksSent == chunks }
            await client.close()
            let record = try await fake.server.waitForRequest { $0.closedByPeer != nil }
            #expect(record.closedByPeer?.afterChunks == chunks)
            #expect(record.closedByPeer?.afterBytes == record.bytesSent)
            #expect((record.closedByPeer?.at ?? 0) >= record.receivedAt)
            #expect(!record.isAnswered)
        }
    }

    @Test("A client that leaves while the answer is still late")
    func closedWhileLate() async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            try await client.post("/v1/chat/completions", Harness.chatBody("x"), ["x-fake": "late=1m"])
            _ = try await fake.server.waitForRequest()
            await client.close()
            let record = try await fake.server.waitForRequest { $0.closedByPeer != nil }
            #expect(record.closedByPeer?.afterBytes == 0)
        }
    }

    @Test("A client that leaves after its answer has not broken anything off")
    func closedAfterwards() async throws {
        try await Harness.run { fake in
            _ = try await fake.chat()
            let second = try await fake.chat(spec: "cut=1")
            #expect(!second.isComplete)
            let record = try await fake.server.waitForRequest { $0.id == 2 && $0.isAnswered }
            #expect(record.closedByPeer == nil)
            #expect(fake.server.requests.allSatisfy { $0.closedByPeer == nil && $0.isAnswered })
        }
    }

    @Test("Connections are counted: open, at most, in total")
    func connections() async throws {
        try await Harness.run { fake in
            #expect(fake.server.connections == ConnectionCounters())
            let clients = [try await fake.connect(), try await fake.connect(), try await fake.connect()]
            for client in clients {
                try await client.request("GET", "/v1/models")
                _ = try await client.answer()
            }
            #expect(fake.server.connections == ConnectionCounters(open: 3, peak: 3, total: 3))
            let numbers = Set(fake.server.requests.map(\.connection))
            #expect(numbers == [1, 2, 3])
            for client in clients { await client.close() }
            _ = try await fake.get("/v1/models")
            #expect(fake.server.connections.peak <= 4)
            #expect(fake.server.connections.total == 4)
        }
    }
}
