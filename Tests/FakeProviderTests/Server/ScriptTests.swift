import FakeProvider
import Testing
import WireJSON

@Suite("Scripts", .timeLimit(.minutes(1)))
struct ScriptTests {
    @Test("A script gives exact bytes, once, in the order of scripts")
    func order() async throws {
        try await Harness.run { fake in
            fake.server.script(.json("1", status: 201))
            fake.server.script(
                ScriptedAnswer(status: 418, headers: [FakeHeader("X-Odd", "Yes")], body: Array("tea".utf8)))
            #expect(fake.server.pendingScripts == 2)
            #expect(try await fake.chat().text == "1")
            let second = try await fake.chat()
            #expect(second.status == 418)
            #expect(second.head == "HTTP/1.1 418 Status 418\r\nX-Odd: Yes\r\ncontent-length: 3")
            #expect(try await fake.chat().json["object"]?.stringValue == "chat.completion")
            #expect(fake.server.pendingScripts == 0)
            #expect(fake.server.requests.map(\.isScripted) == [true, true, false])
        }
    }

    @Test("Scripts wait for the request they match")
    func matching() async throws {
        try await Harness.run { fake async throws in
            fake.server.script(.json("\"path\""), for: RequestMatch(path: "/v1/messages"))
            fake.server.script(.json("\"prefix\""), for: RequestMatch(path: "/v1beta/*"))
            fake.server.script(.json("\"model\""), for: RequestMatch(model: "special"))
            fake.server.script(.json("\"header\""), for: RequestMatch(header: FakeHeader("X-Case", "7")))
            fake.server.script(.json("\"body\""), for: RequestMatch(method: "POST", bodyContains: "needle"))
            fake.server.script(.json("\"predicate\""), for: RequestMatch { $0.bodySize == 2 })
            #expect(try await fake.chat().status == 200)
            #expect(fake.server.pendingScripts == 6)
            #expect(try await fake.exchange("POST", "/x", body: Array("{}".utf8)).text == "\"predicate\"")
            #expect(try await fake.chat("a needle").text == "\"body\"")
            #expect(try await fake.get("/x", ["x-case": "7"]).text == "\"header\"")
            #expect(try await fake.post("/x", ["model": "special"]).text == "\"model\"")
            #expect(try await fake.gemini("x").text == "\"prefix\"")
            #expect(try await fake.messages("x").text == "\"path\"")
        }
    }

    @Test("A Gemini path names the model of a match")
    func geminiModel() async throws {
        try await Harness.run { fake async throws in
            fake.server.script(.json("1"), for: RequestMatch(model: "gemini-special"))
            #expect(try await fake.gemini("x", model: "gemini-special").text == "1")
        }
    }

    @Test("A script can answer several requests, or all")
    func times() async throws {
        try await Harness.run { fake in
            fake.server.script(.json("1"), times: 2)
            fake.server.script(.json("2"), times: nil)
            var texts: [String] = []
            for _ in 0..<4 { texts.append(try await fake.chat().text) }
            #expect(texts == ["1", "1", "2", "2"])
            fake.server.clearScripts()
            #expect(try await fake.chat().json["object"] != nil)
        }
    }

    @Test("Events become chunks of their own")
    func events() async throws {
        try await Harness.run { fake in
            fake.server.script(.events("data: 1\n\n: c\n\ndata: 2\n\n", gap: .milliseconds(1)))
            let answer = try await fake.chat()
            #expect(
                answer.chunks.map { String(decoding: $0, as: UTF8.self) } == ["data: 1\n\n", ": c\n\n", "data: 2\n\n"])
            #expect(answer.isComplete)
        }
    }

    @Test(
        "Endings",
        arguments: [(.cut, .fin), (.reset, .reset)] as [(ScriptedAnswer.Ending, RawClient.End)])
    func endings(ending: ScriptedAnswer.Ending, end: RawClient.End) async throws {
        try await Harness.run { fake in
            fake.server.script(.events("data: 1\n\n", ending: ending))
            let client = try await fake.connect()
            try await client.request("GET", "/x")
            #expect(await client.end() == end)
            let answer = try await client.answer()
            #expect(answer.text == "data: 1\n\n")
            #expect(!answer.isComplete)
        }
    }

    @Test("A stalled script waits for the client")
    func stall() async throws {
        try await Harness.run { fake in
            fake.server.script(.events("data: 1\n\ndata: 2\n\n", ending: .stall))
            let client = try await fake.connect()
            try await client.request("GET", "/x")
            await client.wait(forText: "data: 2")
            await client.close()
            let record = try await fake.server.waitForRequest { $0.closedByPeer != nil }
            #expect(record.closedByPeer?.afterChunks == 2)
        }
    }

    @Test("Raw bytes need not be HTTP")
    func raw() async throws {
        try await Harness.run { fake in
            fake.server.script(.raw(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)))
            let client = try await fake.connect()
            try await client.request("GET", "/x")
            #expect(await client.end() == .fin)
            #expect(client.text == "SSH-2.0-OpenSSH_9.2\r\n")
        }
    }

    @Test("A split inside a character and inside an event arrives byte for byte")
    func splits() async throws {
        try await Harness.run { fake in
            let text = "data: {\"a\":\"é日🏴‍☠️\"}\r\n\r\n"
            for size in [1, 2, 3, 5] {
                var answer = ScriptedAnswer.events(text)
                answer.split = .every(size)
                fake.server.script(answer)
                let received = try await fake.chat()
                #expect(received.text == text)
                #expect(received.chunks.allSatisfy { $0.count <= size })
            }
        }
    }
}
