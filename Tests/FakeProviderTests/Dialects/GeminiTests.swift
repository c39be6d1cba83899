import FakeProvider
import Testing
import WireJSON

@Suite("Gemini", .timeLimit(.minutes(1)))
struct GeminiTests {
    private let path = "/v1beta/models/gemini-test:generateContent"

    private func body(_ text: String, _ members: JSONObject = [:]) -> JSONValue {
        var body: JSONObject = ["contents": [["role": "user", "parts": [["text": .string(text)]]]]]
        for (key, value) in members { body[key] = value }
        return .object(body)
    }

    @Test("A whole answer")
    func whole() async throws {
        try await Harness.run { fake in
            let answer = try await fake.gemini("say one two")
            #expect(answer.header("content-type") == "application/json; charset=UTF-8")
            let candidate = answer.json["candidates"]?[0]
            #expect(candidate?["content"] == ["parts": [["text": "one two"]], "role": "model"])
            #expect(candidate?["finishReason"]?.stringValue == "STOP")
            #expect(answer.json["usageMetadata"]?["totalTokenCount"]?.intValue == 5)
            #expect(answer.json["modelVersion"]?.stringValue == "gemini-test")
        }
    }

    @Test("A stream of events: CRLF, cumulative usage, no end marker")
    func stream() async throws {
        try await Harness.run { fake in
            let answer = try await fake.gemini("say one two three four", stream: true)
            #expect(answer.header("content-type") == "text/event-stream")
            #expect(answer.text.contains("}\r\n\r\ndata: "))
            #expect(!answer.text.contains("[DONE]"))
            let texts = answer.dataObjects.compactMap {
                $0["candidates"]?[0]?["content"]?["parts"]?[0]?["text"]?.stringValue
            }
            #expect(texts.joined() == "one two three four")
            let counts = answer.dataObjects.compactMap { $0["usageMetadata"]?["candidatesTokenCount"]?.intValue }
            #expect(counts == counts.sorted())
            #expect(counts.count == 5)
            #expect(counts.last == 5)
            #expect(answer.dataObjects.compactMap { $0["candidates"]?[0]?["finishReason"]?.stringValue } == ["STOP"])
        }
    }

    @Test("Without alt=sse the stream is one JSON array in pieces")
    func arrayStream() async throws {
        try await Harness.run { fake in
            let answer = try await fake.post("/v1beta/models/m:streamGenerateContent", body("say one two"))
            #expect(answer.header("content-type") == "application/json; charset=UTF-8")
            #expect(answer.chunks.count == 4)
            #expect(answer.json.arrayValue?.count == 3)
        }
    }

    @Test("Function calls end with STOP; Gemini 3 gives ids and one signature")
    func functions() async throws {
        try await Harness.run { fake in
            let declarations: JSONValue = [
                [
                    "functionDeclarations": [
                        ["name": "get_weather", "parametersJsonSchema": citySchema],
                        ["name": "get_time", "parameters": citySchema],
                    ]
                ]
            ]
            let asked = body("get_weather and get_time", ["tools": declarations])
            let old = try await fake.post(path, asked).json["candidates"]?[0]
            #expect(old?["finishReason"]?.stringValue == "STOP")
            #expect(
                old?["content"]?["parts"]?[0] == ["functionCall": ["name": "get_weather", "args": ["city": "demo"]]])
            let new = try await fake.post("/v1beta/models/gemini-3-pro:generateContent", asked).json["candidates"]?[0]
            #expect(new?["content"]?["parts"]?[0]?["functionCall"]?["id"] != nil)
            #expect(new?["content"]?["parts"]?[0]?["thoughtSignature"] != nil)
            #expect(new?["content"]?["parts"]?[1]?["thoughtSignature"] == nil)
            let stream = try await fake.post("/v1beta/models/m:streamGenerateContent?alt=sse", asked).dataObjects
            let calls = stream.compactMap { $0["candidates"]?[0]?["content"]?["parts"]?[0]?["functionCall"] }
            #expect(calls.map { $0["args"] } == [["city": "demo"], ["city": "demo"]])
        }
    }

    @Test(
        "The calling mode",
        arguments: [
            (["mode": "NONE"], []), (["mode": "AUTO"], []), (["mode": "ANY"], ["a_tool"]),
            (["mode": "ANY", "allowedFunctionNames": ["b_tool"]], ["b_tool"]),
        ] as [(JSONValue, [String])])
    func mode(config: JSONValue, called: [String]) async throws {
        try await Harness.run { fake in
            let asked = body(
                "hello",
                [
                    "tools": [["functionDeclarations": [["name": "a_tool"], ["name": "b_tool"]]]],
                    "toolConfig": ["functionCallingConfig": config],
                ])
            let parts = try await fake.post(path, asked).json["candidates"]?[0]?["content"]?["parts"]?.arrayValue ?? []
            #expect(parts.compactMap { $0["functionCall"]?["name"]?.stringValue } == called)
        }
    }

    @Test("Function responses are answered; snake_case is read as well")
    func responses() async throws {
        try await Harness.run { fake in
            let asked: JSONValue = [
                "contents": [
                    ["role": "user", "parts": [["text": "weather"]]],
                    ["role": "model", "parts": [["function_call": ["name": "w", "args": [:]]]]],
                    ["role": "user", "parts": [["function_response": ["name": "w", "response": ["result": "28"]]]]],
                ]
            ]
            let text = try await fake.post(path, asked).json["candidates"]?[0]?["content"]?["parts"]?[0]?["text"]
            #expect(text?.stringValue?.hasPrefix("The tool answered: 28.") == true)
        }
    }

    @Test("Limits, stops, candidates, formats")
    func config() async throws {
        try await Harness.run { fake in
            func ask(_ config: JSONValue) async throws -> JSONValue? {
                try await fake.post(path, body("say one two three", ["generationConfig": config])).json["candidates"]
            }
            #expect(try await ask(["maxOutputTokens": 1])?[0]?["finishReason"]?.stringValue == "MAX_TOKENS")
            let stopped = try await ask(["stopSequences": [" two"]])
            #expect(stopped?[0]?["content"]?["parts"]?[0]?["text"]?.stringValue == "one")
            #expect(try await ask(["candidateCount": 2])?.arrayValue?.count == 2)
            let schema = try await ask(["responseMimeType": "application/json", "responseJsonSchema": citySchema])
            #expect(schema?[0]?["content"]?["parts"]?[0]?["text"]?.stringValue == #"{"city":"demo"}"#)
            #expect(try await ask(["stopSequences": ["1", "2", "3", "4", "5", "6"]]) == nil)
            #expect(try await ask(["thinkingConfig": ["thinkingBudget": 1, "thinkingLevel": "LOW"]]) == nil)
        }
    }

    @Test("Thoughts are parts of their own, counted beside the answer; refusals are SAFETY without parts")
    func thoughtsAndRefusals() async throws {
        try await Harness.run { fake in
            let json = try await fake.gemini("say one", spec: "thinking=2").json
            #expect(json["candidates"]?[0]?["content"]?["parts"]?[0]?["thought"]?.boolValue == true)
            #expect(json["usageMetadata"]?["candidatesTokenCount"]?.intValue == 1)
            #expect(json["usageMetadata"]?["thoughtsTokenCount"]?.intValue ?? 0 > 1)
            let refused = try await fake.gemini("x", spec: "refusal").json["candidates"]?[0]
            #expect(refused?["finishReason"]?.stringValue == "SAFETY")
            #expect(refused?["content"] == .object([:]))
        }
    }

    @Test("Inline media are described")
    func media() async throws {
        try await Harness.run { fake in
            let asked: JSONValue = [
                "contents": [
                    [
                        "parts": [
                            ["inlineData": ["mimeType": "image/png", "data": "AA"]],
                            ["inline_data": ["mime_type": "audio/wav", "data": "AA"]],
                            ["text": "what"],
                        ]
                    ]
                ]
            ]
            let text = try await fake.post(path, asked).json["candidates"]?[0]?["content"]?["parts"]?[0]?["text"]
            #expect(text?.stringValue?.contains("1 image (image/png) and 1 audio clip") == true)
        }
    }

    @Test("Models, token counts, embeddings")
    func side() async throws {
        try await Harness.run { fake in
            #expect(
                try await fake.get("/v1beta/models").json["models"]?[0]?["name"]?.stringValue
                    == "models/gemini-2.5-flash")
            #expect(try await fake.get("/v1beta/models/gemini-2.5-pro").status == 200)
            #expect(try await fake.get("/v1beta/models/nope").json["error"]?["status"]?.stringValue == "NOT_FOUND")
            let count = try await fake.post("/v1beta/models/m:countTokens", body("12345678"))
            #expect(count.json["totalTokens"]?.intValue == 2)
            let request: JSONValue = [
                "model": "models/e", "content": ["parts": [["text": "hi"]]], "outputDimensionality": 4,
            ]
            let batch = try await fake.post("/v1beta/models/e:batchEmbedContents", ["requests": [request, request]])
                .json
            #expect(batch["embeddings"]?.arrayValue?.map { $0["values"]?.arrayValue?.count } == [4, 4])
            let single = try await fake.post("/v1beta/models/e:embedContent", request).json
            #expect(single["embedding"]?["values"]?.arrayValue?.count == 4)
            #expect(try await fake.post("/v1beta/models/e:batchEmbedContents", ["requests": []]).status == 400)
        }
    }

    @Test(
        "What Gemini refuses",
        arguments: [
            [:], ["contents": []], ["contents": [["role": "user"]]],
            ["contents": [["role": "user", "parts": [["functionResponse": ["name": "", "response": [:]]]]]]],
            ["contents": [["role": "user", "parts": [["functionResponse": ["name": "x", "response": "text"]]]]]],
            [
                "contents": [
                    ["role": "model", "parts": [["functionCall": ["name": "a"]]]],
                    ["role": "user", "parts": [["text": "x"]]],
                ]
            ],
        ] as [JSONValue])
    func refused(body: JSONValue) async throws {
        try await Harness.run { fake in
            let answer = try await fake.post(path, body)
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["status"]?.stringValue == "INVALID_ARGUMENT")
        }
    }

    @Test("Gemini 3 wants its signature back", arguments: [false, true])
    func signature(isSigned: Bool) async throws {
        try await Harness.run { fake async throws in
            var part: JSONObject = ["functionCall": ["name": "a", "args": [:]]]
            if isSigned { part["thoughtSignature"] = "abc" }
            let asked: JSONValue = [
                "contents": [
                    ["role": "user", "parts": [["text": "x"]]], ["role": "model", "parts": [.object(part)]],
                    ["role": "user", "parts": [["functionResponse": ["name": "a", "response": ["result": "1"]]]]],
                ]
            ]
            #expect(
                try await fake.post("/v1beta/models/gemini-3-pro:generateContent", asked).status
                    == (isSigned ? 200 : 400))
            #expect(try await fake.post(path, asked).status == 200)
        }
    }
}
