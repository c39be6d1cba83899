import Dialects
import Testing
import WireJSON

/// Embedding answers, and the two encodings of a vector.
@Suite struct OpenAIEmbeddingsTests {
    private func answer(_ vector: String) -> String {
        #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":\#(vector)}],"model":"m","#
            + #""usage":{"prompt_tokens":3,"total_tokens":3}}"#
    }

    private func vector(_ sent: String, base64: Bool) throws -> JSONValue? {
        let outcome = OpenAIAnswerTests.translate(answer(sent), endpoint: .embeddings) { $0.base64Embeddings = base64 }
        let answer = try #require(outcome.answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body, endpoint: .embeddings) == [])
        #expect(answer.usage == TokenUsage(prompt: 3, completion: 0))
        return try JSONValue(parsing: answer.body)["data"]?[0]?["embedding"]
    }

    @Test func relaysTheRightEncoding() throws {
        #expect(try vector("[0.5, -1,2e-3]", base64: false)?.text == "[0.5,-1,2e-3]")
        #expect(try vector(#""AAAAPw==""#, base64: true) == "AAAAPw==")
    }

    /// 0.5 = 0x3F000000, 1 = 0x3F800000, -2 = 0xC0000000; little-endian.
    @Test func encodesNumbers() throws {
        #expect(try vector("[0.5]", base64: true) == "AAAAPw==")
        #expect(try vector("[ 0.5 , 1 ]", base64: true) == "AAAAPwAAgD8=")
        #expect(try vector("[0.5,1.0,-2]", base64: true) == "AAAAPwAAgD8AAADA")
        #expect(try vector("[]", base64: true) == "")
    }

    @Test func decodesBase64() throws {
        #expect(try vector(#""AAAAPw==""#, base64: false) == [0.5])
        #expect(try vector(#""AAAAPwAAgD8AAADA""#, base64: false)?.text == "[0.5,1.0,-2.0]")
        #expect(try vector(#""AAAAPw""#, base64: false) == [0.5])
        #expect(try vector(#""AACAPw==\u002f""#.replacing("==\\u002f", with: "=="), base64: false) == [1.0])
        #expect(try vector(#""""#, base64: false) == [])
    }

    @Test func survivesTheRoundTrip() throws {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<50 {
            let values = (0..<generator.below(20)).map { _ in Float.random(in: -2...2, using: &generator) }
            let numbers = "[\(values.map(\.description).joined(separator: ","))]"
            let encoded = try #require(try vector(numbers, base64: true)).text
            let decoded = try vector(encoded, base64: false)?.arrayValue ?? []
            #expect(decoded.compactMap { $0.numberValue?.double.map { Float($0) } } == values)
        }
    }

    @Test(arguments: [
        #""AAAA""#, #""A""#, #""????""#, #""AAAAPw===""#, #""AADAfw==""#, "null", "7", "{}",
    ])
    func failsOnVectorsItCannotRead(_ vector: String) {
        let outcome = OpenAIAnswerTests.translate(answer(vector), endpoint: .embeddings)
        #expect(outcome.failure?.failureClass == .server)
    }

    @Test(arguments: ["[null]", "[\"a\"]", "[[1]]", "[1e999]", "true"])
    func failsOnNumbersItCannotRead(_ vector: String) {
        let outcome = OpenAIAnswerTests.translate(answer(vector), endpoint: .embeddings) { $0.base64Embeddings = true }
        #expect(outcome.failure?.failureClass == .server)
    }

    @Test func fillsInWhatIsMissing() throws {
        let outcome = OpenAIAnswerTests.translate(
            #"{"data":[{"embedding":[1]},{"index":null,"embedding":[2]}]}"#, endpoint: .embeddings
        ) { $0.promptBytes = 8 }
        let answer = try #require(outcome.answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body, endpoint: .embeddings) == [])
        #expect(answer.usage?.prompt == 2)
        #expect(answer.usage?.estimated == true)
    }

    @Test(arguments: [#"{"data":null}"#, #"{"object":"list"}"#, #"{"data":[7]}"#, #"{"data":[{"index":0}]}"#, ""])
    func failsWithoutVectors(_ body: String) {
        #expect(OpenAIAnswerTests.translate(body, endpoint: .embeddings).failure != nil)
    }
}
