import FakeProvider
import Testing
import WireJSON

@Suite("n8n", .timeLimit(.minutes(1)))
struct N8NTests {
    @Test(
        "JSON modes",
        arguments: [
            ("site", 200, ["output": "one two three"]), ("object", 200, ["output": "one two three"]),
            ("array", 200, [["output": "one two three"], ["output": "And that was all."]]),
            ("nested", 200, ["response": ["text": "one two three"]]),
            ("respond", 201, ["answer": "one two three", "workflow": "fake"]),
            ("openai", 200, ["choices": [["message": ["role": "assistant", "content": "one two three"]]]]),
            ("started", 200, ["message": "Workflow was started"]), ("failed", 500, ["message": "Error in workflow"]),
        ] as [(String, Int, JSONValue)])
    func modes(mode: String, status: Int, body: JSONValue) async throws {
        try await Harness.run { fake in
            let answer = try await fake.webhook(mode)
            #expect(answer.status == status)
            #expect(answer.json == body)
        }
    }

    @Test("Text and empty answers")
    func text() async throws {
        try await Harness.run { fake in
            let answer = try await fake.webhook("text")
            #expect(answer.text == "one two three")
            #expect(answer.header("content-type") == "text/html; charset=utf-8")
            let empty = try await fake.webhook("empty")
            #expect(empty.status == 200)
            #expect(empty.body.isEmpty)
        }
    }

    @Test("Refusals of n8n itself")
    func errors() async throws {
        try await Harness.run { fake in
            let missing = try await fake.webhook("not_found")
            #expect(missing.status == 404)
            #expect(missing.json["message"]?.stringValue?.contains("is not registered") == true)
            let forbidden = try await fake.webhook("forbidden")
            #expect(forbidden.status == 403)
            #expect(forbidden.text == "Authorization data is wrong!")
            #expect(forbidden.header("www-authenticate") == "Basic realm=\"Webhook\"")
        }
    }

    @Test("A stream is one JSON object a line, begun and ended per agent", arguments: [("stream", 1), ("agents", 2)])
    func stream(mode: String, agents: Int) async throws {
        try await Harness.run { fake in
            let answer = try await fake.webhook(mode)
            #expect(answer.header("content-type") == "application/json; charset=utf-8")
            #expect(answer.header("transfer-encoding") == "chunked")
            let lines = answer.lines
            #expect(lines.count { $0["type"]?.stringValue == "begin" } == agents)
            #expect(lines.count { $0["type"]?.stringValue == "end" } == agents)
            #expect(lines.compactMap { $0["content"]?.stringValue }.joined() == "one two three")
            #expect(lines.allSatisfy { $0["metadata"]?["nodeName"]?.stringValue == "AI Agent" })
        }
    }

    @Test("The mode can come in the spec; a segment may hold a spec of its own")
    func bySpec() async throws {
        try await Harness.run { fake in
            #expect(try await fake.webhook("any", spec: "mode=text").text == "one two three")
            #expect(try await fake.webhook("fake-mode-nested").json["response"]?["text"] != nil)
            let cut = try await fake.webhook("fake-cut-1/stream")
            #expect(!cut.isComplete)
            #expect(cut.lines.count == 2)
        }
    }

    @Test("Other methods: OPTIONS is welcome, GET is told to POST")
    func methods() async throws {
        try await Harness.run { fake in
            #expect(try await fake.exchange("OPTIONS", "/webhook/x").status == 204)
            let get = try await fake.get("/webhook/x")
            #expect(get.status == 404)
            #expect(get.json["message"]?.stringValue?.contains("Did you mean to make a POST request?") == true)
        }
    }

    @Test("The last user message is the question when there is no chatInput")
    func messages() async throws {
        try await Harness.run { fake async throws in
            let body: JSONValue = ["messages": [["role": "user", "content": "say hi"]]]
            #expect(try await fake.post("/webhook-test/x", body).json["output"]?.stringValue == "hi")
            #expect(try await fake.exchange("POST", "/webhook/x").status == 200)
        }
    }

    @Test("An error line ends the stream")
    func errorLine() async throws {
        try await Harness.run { fake in
            let lines = try await fake.webhook("stream", spec: "fail=1;message=broken").lines
            #expect(lines.map { $0["type"]?.stringValue } == ["begin", "item", "error"])
            #expect(lines.last?["content"]?.stringValue == "broken")
        }
    }
}
