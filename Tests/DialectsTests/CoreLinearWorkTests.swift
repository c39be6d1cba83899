import Testing
import WireJSON

@testable import Dialects

/// Requests and answers of very many parts. Nothing here is measured: work that grew with the square of the number
/// would not come to an end within a test's patience, and what is sent must not outgrow what came.
@Suite struct CoreLinearWorkTests {
    private static let count = 20_000
    /// Where the size of what is sent tells enough.
    private static let few = 4000

    private static func list(_ count: Int = count, _ element: (Int) -> String) -> String {
        (0..<count).map(element).joined(separator: ",")
    }

    private static func request(_ members: String) throws -> ClientRequest {
        try ClientRequest.of("{\"model\":\"m\",\(members)}")
    }

    private static let user = #""messages":[{"role":"user","content":"hi"}]"#

    private static let dialects: [(any Dialect, Target)] = [
        (AnthropicDialect(), AnthropicCase.target(AnthropicCase.Model.budget)),
        (GeminiDialect(), GeminiCase.target("gemini-3.1-pro")), (N8NDialect(), N8NCase.target),
        (OpenAIDialect(kind: .groq), OpenAIRequestTests.target(.groq, model: "m")),
        (OpenAIDialect(kind: .openrouter), OpenAIRequestTests.target(.openrouter, model: "m")),
    ]

    private static func expectLinear(
        _ request: ClientRequest, growth: Int = 2, by kinds: Set<ProviderKind> = Set(ProviderKind.allCases)
    ) throws {
        for (dialect, target) in dialects where kinds.contains(target.kind) {
            let call = try dialect.prepare(request, target: target, context: .sample)
            #expect(call.body.count <= request.body.count * growth + 4096, "\(target.kind)")
            #expect(call.body.count >= Self.few, "\(target.kind)")
        }
    }

    // MARK: Conversations

    @Test func manyMessages() throws {
        let messages = Self.list(Self.few) { index in
            index % 2 == 0 ? #"{"role":"user","content":"q"}"# : #"{"role":"assistant","content":"a","name":"n"}"#
        }
        try Self.expectLinear(Self.request(#""messages":[\#(messages)]"#))
    }

    @Test func manyParts() throws {
        let parts = Self.list(Self.few) { _ in #"{"type":"text","text":"p"}"# }
        try Self.expectLinear(Self.request(#""messages":[{"role":"user","content":[\#(parts)]}]"#))
    }

    @Test func manyCallsInOneTurn() throws {
        let calls = Self.list(Self.few) {
            #"{"id":"c\#($0)","type":"function","function":{"name":"f","arguments":"{}"}}"#
        }
        let results = Self.list(Self.few) { #"{"role":"tool","tool_call_id":"c\#($0)","content":"r"}"# }
        let turn = #"{"role":"assistant","content":null,"tool_calls":[\#(calls)]}"#
        try Self.expectLinear(
            Self.request(#""messages":[{"role":"user","content":"q"},\#(turn),\#(results)]"#), growth: 3)
    }

    /// Ids that repeat, and names that no provider takes and that were never declared.
    @Test func manyTurnsWithForeignNames() throws {
        let turns = Self.list { index in
            #"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":"#
                + #"{"name":"é\#(index)","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}"#
        }
        let request = try Self.request(#""messages":[{"role":"user","content":"q"},\#(turns)]"#)
        for (dialect, target) in Self.dialects.prefix(2) {
            let call = try dialect.prepare(request, target: target, context: .sample)
            if target.kind == .anthropic { #expect(call.plan.toolNames.count == Self.count) }
            #expect(call.body.count <= request.body.count * 3)
        }
    }

    @Test func manyRefusals() throws {
        let text = String(repeating: "no", count: 50)
        let parts = Self.list { _ in #"{"type":"refusal","refusal":"\#(text)"}"# }
        let request = try Self.request(#""messages":[{"role":"assistant","content":[\#(parts)]}]"#)
        let chat = try ChatRequest(parsing: request)
        #expect(chat.messages.first?.refusal?.utf8.count == 100 * Self.count)
    }

    @Test func manyImages() throws {
        let parts = Self.list {
            #"{"type":"image_url","image_url":{"url":"https://a.example/\#($0 % (Self.count - 1)).png"}}"#
        }
        let request = try Self.request(#""messages":[{"role":"user","content":[\#(parts)]}]"#)
        let (dialect, target) = Self.dialects[1]
        let urls = try dialect.remoteFiles(in: request, target: target)
        #expect(urls.count == Self.count - 1)
        #expect(urls.first == "https://a.example/0.png")
        #expect(urls.last == "https://a.example/\(Self.count - 2).png")
    }

    // MARK: Tools

    @Test func manyToolsOfWhichManyAreAllowed() throws {
        let tools = Self.list { #"{"type":"function","function":{"name":"t\#($0)"}}"# }
        for mode in ["auto", "required"] {
            let choice =
                #"{"type":"allowed_tools","allowed_tools":{"mode":"\#(mode)","tools":[\#(tools)]}}"#
            let request = try Self.request(#"\#(Self.user),"tools":[\#(tools)],"tool_choice":\#(choice)"#)
            #expect(try ChatRequest(parsing: request).tools.count == Self.count)
            // A workflow gets no tools.
            try Self.expectLinear(request, by: [.anthropic, .gemini])
        }
    }

    /// Names that are alike as far as Google reads them.
    @Test func manyNamesThatCollide() throws {
        let start = "1" + String(repeating: "a", count: 57)
        let names = (0..<Self.count).map { index in
            start + String(String(100_000 + index / 2).dropFirst()) + (index % 2 == 0 ? "x" : "y")
        }
        let rewritten = GeminiToolNames(declared: names)
        #expect(names.allSatisfy { $0.utf8.count == 64 })
        #expect(rewritten.wayBack.count == Self.count)
        #expect(Set(names.map { rewritten.provider($0) }).count == Self.count)
        #expect(names.allSatisfy { rewritten.provider($0).utf8.count <= 64 })
    }

    // MARK: Answers

    @Test func oneArgumentInManyPieces() throws {
        var call = GeminiPartialCall(id: nil, name: "f", signature: nil, arguments: [:])
        let text = String(repeating: "x", count: 100)
        let piece: JSONValue = ["jsonPath": "$.a.b", "stringValue": .string(text), "willContinue": true]
        for _ in 0..<Self.count { call.add(piece) }
        #expect(!call.isBroken)
        #expect(call.text.utf8.count == 100 * Self.count + #"{"a":{"b":""}}"#.utf8.count)
    }

    /// A provider that repeats the name and gives no id: the arguments tell one call from the next, and here each
    /// piece might be their end.
    @Test func oneCallInManyNamedPieces() {
        func fragment(_ text: String) -> String {
            OpenAIChunks.tools(#"{"index":0,"type":"function","function":{"name":"f","arguments":"\#(text)"}}"#)
        }
        let pieces = [fragment(#"{\"a\":\""#)] + [String](repeating: fragment("}}}}}}}}"), count: 4000)
        let payloads = [OpenAIChunks.role] + pieces + [fragment(#"\"}"#), OpenAIChunks.stop, OpenAIChunks.done]
        let stream = Driver.run(
            OpenAIDialect(kind: .openaiCompatible).makeStream(
                head: OpenAIChunks.eventStream, plan: .sample(kind: .openaiCompatible, stream: true)),
            OpenAIChunks.bytes(payloads))
        let calls = StreamTranscript(stream.output).toolCalls
        #expect(calls.count == 1)
        #expect(calls.first?.arguments == #"{"a":""# + String(repeating: "}", count: 32_000) + #""}"#)
    }
}
