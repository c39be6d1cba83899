import Dialects
import Testing
import WireJSON

@testable import Gateway

@Suite("A request whose answer may be continued")
struct ClientRequestResumeTests {
    private static let chat = #""model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true"#

    private func request(_ members: String, _ endpoint: Endpoint = .chatCompletions) throws -> ClientRequest {
        try ClientRequest(checking: Array("{\(members)}".utf8), endpoint: endpoint)
    }

    @Test(
        "more than one text is structure",
        arguments: [
            #""tools":[{"type":"function","function":{"name":"f"}}]"#, #""functions":[{"name":"f"}]"#,
            #""response_format":{"type":"json_object"}"#,
            #""response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{}}}"#, #""n":2"#,
            #""logprobs":true"#, #""modalities":["text","audio"]"#, #""modalities":["audio"]"#,
        ])
    func structure(member: String) throws {
        #expect(try request("\(Self.chat),\(member)").hasStructure)
        #expect(try request("\(member),\(Self.chat)").hasStructure)
    }

    @Test(
        "what says no more than the default is none",
        arguments: [
            #""temperature":1"#, #""tools":[]"#, #""tools": [ ]"#, #""tools":null"#, #""functions":[]"#, #""n":1"#,
            #""n": 1 "#, #""n":null"#, #""logprobs":false"#, #""logprobs":null"#, #""response_format":{"type":"text"}"#,
            #""response_format": { "type" : "text" }"#, #""response_format":null"#, #""modalities":["text"]"#,
            #""modalities":null"#, #""stop":["x"]"#, #""metadata":{"tools":"[1]"}"#,
        ])
    func harmless(member: String) throws {
        #expect(try !request("\(Self.chat),\(member)").hasStructure)
    }

    @Test(
        "the old format has structure of its own",
        arguments: [
            ("", false), (#","logprobs":0"#, true), (#","logprobs":2"#, true), (#","echo":true"#, true),
            (#","echo":false"#, false), (#","n":2"#, true), (#","n":1"#, false), (#","best_of":1"#, false),
        ])
    func legacy(more: String, expected: Bool) throws {
        #expect(try request(#""model":"m","prompt":"Hi","stream":true\#(more)"#, .completions).hasStructure == expected)
    }

    @Test("the beginning of the answer goes along as the assistant's last message, and nothing else changes")
    func continuing() throws {
        let more = #""temperature":0.30,"unknown":{"b":1,"a":[1e2]},"stream_options":{"include_usage":true}"#
        let original = try request("\(Self.chat),\(more)")
        let prefill = "He said: \"Grüße,\n日本 🙂\" \\ and"
        let continued = try original.continuing(prefill)
        #expect(continued.model == "m" && continued.stream && continued.includeUsage)
        #expect(continued.endpoint == .chatCompletions)

        var before = try #require(try JSONValue(parsing: original.body).objectValue)
        var after = try #require(try JSONValue(parsing: continued.body).objectValue)
        let messages = try #require(after["messages"]?.arrayValue)
        #expect(messages == [["role": "user", "content": "Hi"], ["role": "assistant", "content": .string(prefill)]])
        before["messages"] = nil
        after["messages"] = nil
        #expect(before == after)
        // The places of the members are those of the new body.
        #expect(
            continued.members.member("temperature", in: continued.body).map { continued.body[$0.value] }?.count == 4)
    }

    @Test("the original stays as it was")
    func original() throws {
        let original = try request(Self.chat)
        _ = try original.continuing("The")
        #expect(original.body == Array("{\(Self.chat)}".utf8))
    }

    @Test("the old format has no place for the beginning of an answer")
    func legacyHasNone() throws {
        let original = try request(#""model":"m","prompt":"Hi","stream":true"#, .completions)
        #expect(try original.continuing("The quick").body == original.body)
    }
}
