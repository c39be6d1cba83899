import Dialects
import Testing
import WireJSON

/// Thought signatures must survive the way to the client and back (contracts, section 2.2).
@Suite struct GeminiThoughtsTests {
    private static let placeholder: JSONValue = "skip_thought_signature_validator"

    private static func assistant(_ calls: [(id: String, signature: String?)]) -> JSONValue {
        let calls = calls.map { call -> JSONValue in
            var value: JSONObject = [
                "id": .string(call.id), "type": "function", "function": ["name": "f", "arguments": "{}"],
            ]
            if let signature = call.signature {
                value["extra_content"] = ["google": ["thought_signature": .string(signature)]]
            }
            return .object(value)
        }
        return ["role": "assistant", "content": nil, "tool_calls": .array(calls)]
    }

    private static func signatures(
        _ calls: [(id: String, signature: String?)], model: String, store: [String: ThoughtRecord] = [:]
    ) throws -> [JSONValue?] {
        var context = CallContext.sample
        context.thoughts = { store[$0] }
        let results = calls.map { ["role": "tool", "tool_call_id": .string($0.id), "content": "ok"] as JSONValue }
        let contents = try GeminiCase.contents(
            [["role": "user", "content": "x"], assistant(calls)] + results, model: model, context: context)
        return (contents?[1]?["parts"]?.arrayValue ?? []).map { $0["thoughtSignature"] }
    }

    @Test func theClientsCopyComesFirst() throws {
        let store = ["1": ThoughtRecord(toolCallID: "1", kind: .gemini, payload: "stored")]
        #expect(try Self.signatures([("1", "sent")], model: "gemini-3.5-flash", store: store) == ["sent"])
        #expect(try Self.signatures([("1", nil)], model: "gemini-3.5-flash", store: store) == ["stored"])
        #expect(try Self.signatures([("1", "")], model: "gemini-2.5-flash", store: store) == ["stored"])
    }

    @Test func lostOnesAreReplacedOnTheFirstCallOfATurnOnly() throws {
        let three: [(id: String, signature: String?)] = [("1", nil), ("2", nil), ("3", "own")]
        #expect(try Self.signatures(three, model: "gemini-3-pro-preview") == [Self.placeholder, nil, "own"])
        #expect(try Self.signatures(three, model: "gemini-flash-latest") == [Self.placeholder, nil, "own"])
        // Earlier generations do not ask for one.
        #expect(try Self.signatures(three, model: "gemini-2.5-pro") == [nil, nil, "own"])
    }

    @Test func otherProvidersThoughtsAreNotSignatures() throws {
        let store = ["1": ThoughtRecord(toolCallID: "1", kind: .anthropic, payload: "[{}]")]
        #expect(try Self.signatures([("1", nil)], model: "gemini-3.5-flash", store: store) == [Self.placeholder])
    }

    /// An answer with parallel calls, through a client that keeps only what OpenAI defines.
    @Test(arguments: [false, true]) func roundTrip(isStream: Bool) throws {
        let parts: [JSONValue] = [
            ["text": "I think", "thought": true],
            ["functionCall": ["name": "f", "args": ["n": 1]], "thoughtSignature": "sig-1+/="],
            ["functionCall": ["id": "given", "name": "f", "args": ["n": 2]]],
        ]
        let plan = GeminiCase.plan(stream: isStream, tools: ["f"])
        var ids: [String] = []
        var records: [ThoughtRecord] = []
        var shown: [String?] = []
        if isStream {
            let stream = GeminiCase.stream([GeminiCase.chunk(parts), GeminiCase.chunk([], finish: "STOP")], plan)
            let transcript = StreamTranscript(stream.output)
            #expect(transcript.problems == [])
            #expect(transcript.finish == "tool_calls")
            ids = transcript.toolCalls.map(\.id)
            shown = transcript.toolCalls.map(\.thoughtSignature)
            records = stream.thoughts
        } else {
            let answer = try #require(GeminiCase.translate(GeminiCase.chunk(parts, finish: "STOP"), plan).answer)
            let calls = answer.firstMessage["tool_calls"]?.arrayValue ?? []
            ids = calls.compactMap { $0["id"]?.stringValue }
            shown = calls.map { $0["extra_content"]?["google"]?["thought_signature"]?.stringValue }
            records = answer.thoughts
        }
        #expect(ids.count == 2 && ids.last == "given")
        #expect(shown == ["sig-1+/=", nil])
        #expect(records == [ThoughtRecord(toolCallID: ids[0], kind: .gemini, payload: "sig-1+/=")])
        let store = Dictionary(uniqueKeysWithValues: records.map { ($0.toolCallID, $0) })
        #expect(
            try Self.signatures(ids.map { ($0, nil) }, model: "gemini-3.5-flash", store: store) == ["sig-1+/=", nil])
    }

    @Test func signaturesOfTextAreLeftOut() throws {
        let chunks = [
            GeminiCase.chunk([["text": "Hi"]]),
            GeminiCase.chunk([["text": "", "thoughtSignature": "abc"]], finish: "STOP"),
        ]
        let stream = GeminiCase.stream(chunks)
        #expect(stream.thoughts == [])
        let transcript = StreamTranscript(stream.output)
        #expect(transcript.problems == [])
        #expect(transcript.content == "Hi")
        #expect(transcript.chunks.count == 3)  // role, text, finish: no empty delta
    }
}
