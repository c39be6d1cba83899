import FakeProvider
import Testing
import WireJSON

@Suite("Control paths", .timeLimit(.minutes(1)))
struct ControlTests {
    @Test("A script over HTTP")
    func script() async throws {
        try await Harness.run { fake in
            let made = try await fake.post(
                "/__fake/script",
                [
                    "match": ["path": "/v1/chat/completions"], "status": 429, "headers": ["retry-after": "7"],
                    "body_base64": "aGVsbG8=", "chunks": ["every": 2],
                ])
            #expect(made.status == 201)
            #expect(made.json["scripts"]?.intValue == 1)
            #expect(try await fake.get("/__fake/script").json["scripts"]?.intValue == 1)
            let answer = try await fake.chat()
            #expect(answer.status == 429)
            #expect(answer.header("retry-after") == "7")
            #expect(answer.text == "hello")
            #expect(answer.chunks.count == 3)
        }
    }

    @Test("Several scripts at once, all or none")
    func several() async throws {
        try await Harness.run { fake in
            let bad = try await fake.post("/__fake/script", [["body": "1"], ["nope": 1]])
            #expect(bad.status == 400)
            #expect(bad.json["error"]?["message"]?.stringValue == "unknown member 'nope'")
            #expect(fake.server.pendingScripts == 0)
            #expect(try await fake.post("/__fake/script", [["body": "1"], ["body": "2", "times": 0]]).status == 201)
            var texts: [String] = []
            for _ in 0..<3 { texts.append(try await fake.chat().text) }
            #expect(texts == ["1", "2", "2"])
            #expect(try await fake.exchange("DELETE", "/__fake/script").status == 204)
            #expect(fake.server.pendingScripts == 0)
        }
    }

    @Test("Recorded requests over HTTP")
    func requests() async throws {
        try await Harness.run { fake in
            _ = try await fake.chat("hello", spec: "cut=1", stream: true)
            _ = try await fake.get("/v1/models")
            let all = try await fake.get("/__fake/requests").json["requests"]
            #expect(all?.arrayValue?.count == 2)
            let first = all?[0]
            #expect(first?["method"]?.stringValue == "POST")
            #expect(first?["body"]?.stringValue?.contains("hello") == true)
            #expect(first?["chunks_sent"]?.intValue == 1)
            #expect(first?["closed_by_peer"] == .null)
            #expect(first?["headers"]?.arrayValue?.contains(["x-fake", "cut=1"]) == true)
            let later = try await fake.get("/__fake/requests?since=1").json["requests"]?.arrayValue
            #expect(later?.map { $0["path"]?.stringValue } == ["/v1/models"])
            let ofPath = try await fake.get("/__fake/requests?path=/v1/models").json["requests"]?.arrayValue
            #expect(ofPath?.count == 1)
            #expect(try await fake.exchange("DELETE", "/__fake/requests").status == 204)
            #expect(try await fake.get("/__fake/requests").json["requests"] == .array([]))
        }
    }

    @Test("The client's going away is in the JSON")
    func closedByPeer() async throws {
        try await Harness.run { fake in
            let client = try await fake.connect()
            try await client.post("/v1/chat/completions", Harness.chatBody("x", stream: true), ["x-fake": "stall=1"])
            await client.wait(forText: "content")
            await client.close()
            _ = try await fake.server.waitForRequest { $0.closedByPeer != nil }
            let record = try await fake.get("/__fake/requests").json["requests"]?[0]
            #expect(record?["closed_by_peer"]?["after_chunks"]?.intValue == 1)
            #expect(record?["closed_by_peer"]?["after_us"]?.intValue ?? 0 > 0)
        }
    }

    @Test("Default spec, connections, cases, and all back to the start")
    func others() async throws {
        var options = FakeProviderOptions()
        options.recordings = ["openai/basic": .json("\"recorded\"")]
        try await Harness.run(options) { fake async throws in
            #expect(try await fake.post("/__fake/default", ["spec": "status=503"]).status == 204)
            #expect(try await fake.chat().status == 503)
            #expect(try await fake.post("/__fake/default", ["spec": "nope"]).status == 400)
            #expect(try await fake.post("/__fake/default", [:]).status == 400)
            #expect(try await fake.get("/__fake/connections").json["total"]?.intValue ?? 0 > 1)
            #expect(try await fake.get("/__fake/cases").json["cases"] == ["openai/basic"])
            #expect(try await fake.chat(spec: "case=openai/basic").text == "\"recorded\"")
            #expect(try await fake.chat(spec: "case=unknown").status == 404)
            #expect(try await fake.exchange("DELETE", "/__fake").status == 204)
            #expect(try await fake.chat().status == 200)
            #expect(fake.server.requests.count == 1)
            #expect(try await fake.get("/__fake/nope").status == 404)
            #expect(try await fake.exchange("POST", "/__fake/script", body: Array("{".utf8)).status == 400)
        }
    }
}
