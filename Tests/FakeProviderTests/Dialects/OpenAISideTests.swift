import Testing
import WireJSON

@testable import FakeProvider

@Suite("OpenAI's other endpoints", .timeLimit(.minutes(1)))
struct OpenAISideTests {
    @Test("Embeddings: floats, dimensions, usage, order")
    func embeddings() async throws {
        try await Harness.run { fake in
            let answer = try await fake.post(
                "/v1/embeddings", ["model": "text-embedding-3-small", "input": ["one", "two"], "dimensions": 8])
            let data = answer.json["data"]?.arrayValue ?? []
            #expect(data.map { $0["index"]?.intValue } == [0, 1])
            #expect(data.allSatisfy { $0["embedding"]?.arrayValue?.count == 8 })
            #expect(answer.json["usage"]?["prompt_tokens"]?.intValue == 2)
            let whole = try await fake.post("/v1/embeddings", ["model": "m", "input": "one"]).json
            #expect(whole["data"]?[0]?["embedding"]?.arrayValue?.count == 1536)
        }
    }

    @Test("Base64 and floats hold the same vector")
    func base64() async throws {
        try await Harness.run { fake in
            var body: JSONObject = ["model": "m", "input": "hello world", "dimensions": 4]
            let floats = try await fake.post("/embeddings", .object(body)).json["data"]?[0]?["embedding"]?.arrayValue
            body["encoding_format"] = "base64"
            let text = try await fake.post("/embeddings", .object(body)).json["data"]?[0]?["embedding"]?.stringValue
            let vector = EmbeddingVector.make("hello world", dimensions: 4)
            #expect(text == EmbeddingVector.base64(vector))
            #expect(floats?.compactMap { $0.numberValue?.double }.map { Float($0) } == vector)
        }
    }

    @Test("Tokens as input", arguments: [[1, 2, 3], [[1, 2], [3]]] as [JSONValue])
    func tokens(input: JSONValue) async throws {
        try await Harness.run { fake in
            let answer = try await fake.post("/v1/embeddings", ["model": "m", "input": input, "dimensions": 4])
            #expect(answer.json["data"]?.arrayValue?.count == (input[0]?.arrayValue == nil ? 1 : 2))
        }
    }

    @Test(
        "Bad embeddings requests",
        arguments: [["model": "m"], ["model": "m", "input": "x", "dimensions": 0], ["input": "x"]] as [JSONValue])
    func badEmbeddings(body: JSONValue) async throws {
        try await Harness.run { fake async throws in
            #expect(try await fake.post("/v1/embeddings", body).status == 400)
        }
    }

    @Test("Model lists and single models")
    func models() async throws {
        try await Harness.run { fake in
            let list = try await fake.get("/v1/models").json
            #expect(list["object"]?.stringValue == "list")
            #expect(list["data"]?.arrayValue?.contains { $0["id"]?.stringValue == "demo" } == true)
            #expect(try await fake.get("/v1/models/demo").json["object"]?.stringValue == "model")
            #expect(try await fake.get("/v1/models/nope").status == 404)
            #expect(try await fake.get("/openai/v1/models").json["data"]?[0]?["context_window"] != nil)
            let router = try await fake.get("/api/v1/models").json["data"]
            #expect(router?[0]?["pricing"]?["prompt"]?.stringValue != nil)
            #expect(try await fake.get("/api/v1/models/openai/gpt-4o").status == 200)
            #expect(try await fake.get("/api/v1/key").json["data"]?["label"] != nil)
        }
    }

    @Test("Images")
    func images() async throws {
        try await Harness.run { fake in
            let url = try await fake.post("/v1/images/generations", ["prompt": "a bird", "n": 2]).json
            #expect(url["data"]?.arrayValue?.count == 2)
            #expect(url["data"]?[0]?["url"] != nil)
            let data = try await fake.post("/v1/images/generations", ["prompt": "a bird", "model": "gpt-image-1"]).json
            let png = data["data"]?[0]?["b64_json"]?.stringValue.flatMap(Base64.decode) ?? []
            #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            #expect(try await fake.post("/v1/images/generations", ["model": "x"]).status == 400)
            let refused: JSONValue = ["prompt": "x", "model": "gpt-image-1", "response_format": "url"]
            #expect(try await fake.post("/v1/images/generations", refused).status == 400)
        }
    }

    @Test("Transcriptions in several formats", arguments: ["json", "text", "verbose_json"])
    func transcription(format: String) async throws {
        try await Harness.run { fake in
            let form =
                "--b\r\ncontent-disposition: form-data; name=\"response_format\"\r\n\r\n\(format)\r\n"
                + "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n--b--\r\n"
            let answer = try await fake.exchange(
                "POST", "/v1/audio/transcriptions", ["content-type": "multipart/form-data; boundary=b"],
                body: Array(form.utf8))
            #expect(answer.status == 200)
            switch format {
            case "text": #expect(answer.text == "This is a fake transcription.")
            case "verbose_json": #expect(answer.json["segments"]?.arrayValue?.count == 1)
            default: #expect(answer.json["text"]?.stringValue == "This is a fake transcription.")
            }
        }
    }

    @Test("Moderation flags what asks for it")
    func moderation() async throws {
        try await Harness.run { fake in
            let results = try await fake.post("/v1/moderations", ["input": ["fine", "flag me"]]).json["results"]
            #expect(results?[0]?["flagged"]?.boolValue == false)
            #expect(results?[1]?["flagged"]?.boolValue == true)
        }
    }

    @Test("Responses, whole and streamed")
    func responses() async throws {
        try await Harness.run { fake in
            let whole = try await fake.post("/v1/responses", ["model": "m", "input": "say one two"]).json
            #expect(whole["status"]?.stringValue == "completed")
            #expect(whole["output"]?[0]?["content"]?[0]?["text"]?.stringValue == "one two")
            #expect(whole["usage"]?["total_tokens"]?.intValue == 5)
            let stream = try await fake.post("/v1/responses", ["model": "m", "input": "say one two", "stream": true])
            let events = stream.events
            #expect(events.first?.name == "response.created")
            #expect(events.last?.name == "response.completed")
            #expect(stream.dataObjects.map { $0["sequence_number"]?.intValue } == Array(0..<events.count))
            let deltas = stream.dataObjects.filter { $0["type"]?.stringValue == "response.output_text.delta" }
            #expect(deltas.compactMap { $0["delta"]?.stringValue }.joined() == "one two")
            let cut = try await fake.post(
                "/v1/responses", ["model": "m", "input": "say one two", "max_output_tokens": 1])
            #expect(cut.json["status"]?.stringValue == "incomplete")
            #expect(try await fake.post("/v1/responses", ["model": "m"]).status == 400)
        }
    }

    @Test("Responses with tools and their results")
    func responsesTools() async throws {
        try await Harness.run { fake in
            let flat: JSONValue = ["type": "function", "name": "get_weather", "parameters": citySchema]
            var body: JSONObject = ["model": "m", "input": "get_weather", "tools": [flat]]
            let call = try await fake.post("/v1/responses", .object(body)).json["output"]?[0]
            #expect(call?["type"]?.stringValue == "function_call")
            #expect(call?["arguments"]?.stringValue == #"{"city":"demo"}"#)
            body["stream"] = true
            let stream = try await fake.post("/v1/responses", .object(body)).dataObjects
            let deltas = stream.filter { $0["type"]?.stringValue == "response.function_call_arguments.delta" }
            #expect(deltas.compactMap { $0["delta"]?.stringValue }.joined() == #"{"city":"demo"}"#)
            body["stream"] = false
            body["input"] = [
                ["role": "user", "content": "get_weather"],
                ["type": "function_call_output", "call_id": "c", "output": "28"],
            ]
            let answer = try await fake.post("/v1/responses", .object(body)).json
            #expect(answer["output"]?[0]?["content"]?[0]?["text"]?.stringValue?.contains("28") == true)
        }
    }
}
