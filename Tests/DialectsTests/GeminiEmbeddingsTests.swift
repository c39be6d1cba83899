import Dialects
import Testing
import WireJSON

@Suite struct GeminiEmbeddingsTests {
    private static func call(_ members: JSONObject) throws -> ProviderCall {
        try GeminiCase.call(members, model: "gemini-embedding-001", endpoint: .embeddings)
    }

    @Test func oneText() throws {
        let call = try Self.call(["input": "Hello", "dimensions": 768, "task_type": "RETRIEVAL_QUERY"])
        #expect(call.url.hasSuffix("/v1beta/models/gemini-embedding-001:batchEmbedContents"))
        #expect(
            try JSONValue(parsing: call.body) == [
                "requests": [
                    [
                        "model": "models/gemini-embedding-001", "content": ["parts": [["text": "Hello"]]],
                        "outputDimensionality": 768, "taskType": "RETRIEVAL_QUERY",
                    ]
                ]
            ])
        #expect(!call.plan.base64Embeddings)
        #expect(call.plan.promptBytes == 5)
    }

    @Test func severalTexts() throws {
        let call = try Self.call(["input": ["a", "é"], "encoding_format": "base64", "user": "u"])
        #expect(
            try JSONValue(parsing: call.body) == [
                "requests": [
                    ["model": "models/gemini-embedding-001", "content": ["parts": [["text": "a"]]]],
                    ["model": "models/gemini-embedding-001", "content": ["parts": [["text": "é"]]]],
                ]
            ])
        #expect(call.plan.base64Embeddings)
        #expect(call.plan.promptBytes == 3)
    }

    @Test(arguments: [
        (#"{"input":[1,2,3]}"#, "input"), (#"{"input":[[1,2],[3]]}"#, "input"), (#"{"input":""}"#, "input"),
        (#"{"input":["a",""]}"#, "input[1]"), (#"{"input":[]}"#, "input"), (#"{"input":{"a":1}}"#, "input"),
        (#"{"input":null}"#, "input"), (#"{"input":"a","dimensions":0}"#, "dimensions"),
        (#"{"input":"a","encoding_format":"hex"}"#, "encoding_format"),
    ])
    func whatCannotBeEmbedded(members: String, param: String) throws {
        let error = GeminiCase.refusal(
            try #require(JSONValue(parsing: members).objectValue), endpoint: .embeddings)
        #expect(error?.status == 400)
        #expect(error?.param == param)
    }

    @Test func vectors() throws {
        var plan = GeminiCase.plan(.embeddings)
        plan.promptBytes = 10
        let body: JSONValue = ["embeddings": [["values": [0.25, -1e-05, 1]], ["values": [2]]]]
        let answer = try #require(GeminiCase.translate(body, plan).answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body, endpoint: .embeddings) == [])
        #expect(
            answer.parsedBody == [
                "object": "list",
                "data": [
                    ["object": "embedding", "index": 0, "embedding": [0.25, -1e-05, 1]],
                    ["object": "embedding", "index": 1, "embedding": [2]],
                ],
                "model": "served-model", "usage": ["prompt_tokens": 3, "total_tokens": 3],
            ])
        #expect(answer.usage == .estimate(promptBytes: 10, completionBytes: 0))
        #expect(answer.usage?.estimated == true)
    }

    @Test func vectorsInBase64() throws {
        var plan = GeminiCase.plan(.embeddings)
        plan.base64Embeddings = true
        let values: [Double] = [0.25, -1e-05, 1, 1e300, 0.1]
        let body: JSONValue = ["embeddings": [["values": .array(values.map { .number(JSONNumber($0)) })]]]
        let answer = try #require(GeminiCase.translate(body, plan).answer)
        let text = try #require(answer.parsedBody["data"]?[0]?["embedding"]?.stringValue)
        #expect(GeminiIndependent.floats(GeminiIndependent.base64(text)) == values.map { Float($0) })
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"embeddings":[]}"#, #"{"embeddings":[{}]}"#, #"{"embeddings":[{"values":"x"}]}"#, "<html>",
    ])
    func unusableAnswers(body: String) {
        let outcome = GeminiCase.dialect.translate(
            Array(body.utf8), head: .of(200), plan: GeminiCase.plan(.embeddings))
        #expect(outcome.failure?.failureClass == .server)
    }

    @Test func errors() {
        let error: JSONValue = ["error": ["code": 404, "message": "models/x is not found", "status": "NOT_FOUND"]]
        let outcome = GeminiCase.translate(error, GeminiCase.plan(.embeddings), status: 404)
        #expect(outcome.failure?.failureClass == .modelNotFound)
        #expect(GeminiCase.translate(error, GeminiCase.plan(.embeddings)).failure?.failureClass == .modelNotFound)
    }
}
