import Dialects
import Testing
import WireJSON

/// How much a request may hold, whichever provider it goes to.
@Suite struct CoreRequestBoundsTests {
    private static func refusal(_ json: String, _ endpoint: Endpoint = .chatCompletions) -> WireError? {
        do {
            _ = try ClientRequest.of(json, endpoint)
            return nil
        } catch {
            return error
        }
    }

    // MARK: Model names

    private static func naming(_ model: String) -> String {
        #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"#
    }

    @Test(arguments: [
        String(repeating: "m", count: 256), String(repeating: "é", count: 128),
        String(repeating: "\\u0061", count: 256),
    ])
    func longNamesAreAccepted(name: String) throws {
        #expect(try ClientRequest.of(Self.naming(name)).model.utf8.count == 256)
    }

    @Test(arguments: [
        (String(repeating: "m", count: 257), 257), (String(repeating: "é", count: 129), 258),
        (String(repeating: "\\u00e9", count: 129), 258), (String(repeating: "m", count: 1 << 20), 1 << 20),
    ])
    func longerNamesAreNot(name: String, bytes: Int) throws {
        let error = try #require(Self.refusal(Self.naming(name)))
        #expect(error.status == 400)
        #expect(error.code == "string_above_max_length")
        #expect(error.param == "model")
        #expect(
            error.message
                == "Invalid 'model': string too long. Expected a string with maximum length 256, but got a string "
                + "with length \(bytes) instead.")
    }

    // MARK: Objects and arrays

    /// A request that holds `count` objects and arrays in all.
    private static func holding(_ count: Int) -> String {
        let rest = count - 4
        return #"{"model":"m","messages":[{"role":"user","content":"hi"}],"x":["#
            + (String(repeating: "[],", count: rest).dropLast()) + "]}"
    }

    @Test func manyObjectsAndArraysAreRefused() throws {
        #expect(Self.refusal(Self.holding(200_000)) == nil)
        let error = try #require(Self.refusal(Self.holding(200_001)))
        #expect(error.status == 400)
        #expect(error.type == "invalid_request_error")
        #expect(error.param == "x[199996]")
        #expect(error.message.contains("More than 200000 objects and arrays in x[199996]"))
    }

    @Test func manyValuesAreRefusedWhereTheyWouldBeDecoded() throws {
        let numbers = String(repeating: "0,", count: 500_000).dropLast()
        let json = #"{"model":"m","messages":[{"role":"user","content":"hi"}],"x":[\#(numbers)]}"#
        let request = try ClientRequest.of(json)
        let error = try #require(throws: WireError.self) { try ChatRequest(parsing: request) }
        #expect(error.status == 400)
        #expect(error.message.contains("More than 500000 values in x["))
    }

    @Test func tokensAreRelayedInAnyNumber() throws {
        let json = #"{"model":"m","input":[\#(String(repeating: "0,", count: 600_000).dropLast())]}"#
        let request = try ClientRequest.of(json, .embeddings)
        let target = Target(provider: "p", kind: .openai, baseURL: "https://a.example/v1", model: "m")
        let call = try OpenAIDialect(kind: .openai).prepare(request, target: target, context: .sample)
        #expect(call.body.count == json.utf8.count)
    }

    // MARK: JSON inside strings

    /// Two calls whose arguments hold 150,000 arrays each: one fits.
    private static let nested: JSONValue = {
        let arguments = #"{"a":[\#(String(repeating: "[],", count: 150_000).dropLast())]}"#
        return [
            AnthropicCase.user("?"), AnthropicCase.calling([AnthropicCase.toolCall("a", "look", arguments)]),
            AnthropicCase.result("a", "1"), AnthropicCase.calling([AnthropicCase.toolCall("b", "look", arguments)]),
            AnthropicCase.result("b", "2"),
        ]
    }()

    @Test func argumentsShareOneBoundForAnthropic() throws {
        let messages = try #require(AnthropicCase.body(["messages": Self.nested])["messages"])
        #expect(messages[1]?["content"]?[0]?["input"]?["a"]?.arrayValue?.count == 150_000)
        #expect(messages[3]?["content"]?[0]?["input"]?["a"] == nil)
        #expect(messages[3]?["content"]?[0]?["input"]?["_raw"]?.stringValue?.hasPrefix(#"{"a":[[],[]"#) == true)
    }

    @Test func argumentsShareOneBoundForGemini() throws {
        let contents = try #require(GeminiCase.body(["messages": Self.nested])["contents"])
        #expect(contents[1]?["parts"]?[0]?["functionCall"]?["args"]?["a"]?.arrayValue?.count == 150_000)
        #expect(contents[3]?["parts"]?[0]?["functionCall"]?["args"]?["a"] == nil)
        #expect(contents[4]?["parts"]?[0]?["functionResponse"]?["response"] == ["result": 2])
    }

    // MARK: Thoughts

    /// One call named again and again, whose remembered thoughts are large.
    private static func repeating(_ kind: ProviderKind, _ payload: String) -> (messages: JSONValue, CallContext) {
        var messages: [JSONValue] = [AnthropicCase.user("?")]
        for _ in 0..<100 {
            messages.append(AnthropicCase.calling([AnthropicCase.toolCall("a")]))
            messages.append(AnthropicCase.result("a", "1"))
        }
        let record = ThoughtRecord(toolCallID: "a", kind: kind, payload: payload)
        return (.array(messages), CallContext(created: 1, idSeed: "ab", thoughts: { $0 == "a" ? record : nil }))
    }

    private static let megabyte = String(repeating: "t", count: 1_000_000)

    @Test func thoughtsOfOneRequestAreBoundedForAnthropic() throws {
        let (messages, context) = Self.repeating(
            .anthropic, #"[{"type":"thinking","thinking":"\#(Self.megabyte)","signature":"s"}]"#)
        let call = try AnthropicCase.call(
            ["messages": messages], model: AnthropicCase.Model.adaptive, context: context)
        #expect((16_000_000...17_000_000).contains(call.body.count))
        // Where a running loop misses some, it goes on without thinking.
        let asked = try AnthropicCase.call(["messages": messages, "reasoning_effort": "low"], context: context)
        #expect(!asked.plan.thinking)
        #expect(asked.body.count < 100_000)
    }

    @Test func thoughtsOfOneRequestAreBoundedForGemini() throws {
        let (messages, context) = Self.repeating(.gemini, Self.megabyte)
        let call = try GeminiCase.call(["messages": messages], context: context)
        #expect((16_000_000...17_000_000).contains(call.body.count))
    }

    @Test func thoughtsOfOneRequestAreBoundedForOpenRouter() throws {
        let (messages, context) = Self.repeating(.openrouter, "[\"\(Self.megabyte)\"]")
        let target = OpenAIRequestTests.target(.openrouter, model: "a/b")
        let request = try ClientRequest.of(["model": "a/b", "messages": messages])
        let call = try OpenAIDialect(kind: .openrouter).prepare(request, target: target, context: context)
        #expect((16_000_000...17_000_000).contains(call.body.count))
    }
}
