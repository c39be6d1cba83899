import Dialects
import Testing
import WireJSON

@Suite struct N8NRequestTests {
    @Test func chatPayload() throws {
        let messages: JSONValue = [
            ["role": "system", "content": "Be kind."], ["role": "user", "content": "Hi"],
            ["role": "assistant", "content": "Hello", "extra": [1.50, nil]],
            ["role": "user", "content": [["type": "text", "text": "How are "], ["type": "text", "text": "you?"]]],
        ]
        let call = try N8NCase.call([
            "messages": messages, "user": "u-1", "metadata": ["session_id": "s-1"], "stream": true,
            "temperature": 0.5,
        ])
        #expect(call.url == "https://n8n.example/webhook/chat")
        #expect(
            try JSONValue(parsing: call.body) == [
                "messages": messages, "chatInput": "How are you?", "sessionId": "e3b0c44298fc1c14-s-1",
                "action": "sendMessage",
                "webhook_type": "chat", "model": "support", "userId": "u-1", "user": "u-1", "stream": true,
            ])
        #expect(call.plan.promptBytes == 27)
        #expect(call.plan.kind == .n8n)
        #expect(call.plan.stream)
    }

    @Test func messagesKeepTheirSpelling() throws {
        let text = #"{"messages": [ {"role":"user","content":"\u0048i", "n": 1.50e0} ] ,"model":"m"}"#
        let call = try N8NCase.dialect.prepare(ClientRequest.of(text), target: N8NCase.target, context: .sample)
        let body = String(decoding: call.body, as: UTF8.self)
        #expect(body.hasPrefix(#"{"messages":[ {"role":"user","content":"\u0048i", "n": 1.50e0} ],"chatInput":"Hi","#))
    }

    @Test func completionPayload() throws {
        let call = try N8NCase.call(["prompt": "Once", "session_id": "s"], endpoint: .completions)
        #expect(call.url == "https://n8n.example/webhook/complete")
        #expect(
            try JSONValue(parsing: call.body) == [
                "messages": [["role": "user", "content": "Once"]], "chatInput": "Once",
                "sessionId": "e3b0c44298fc1c14-s",
                "action": "sendMessage", "webhook_type": "completion", "model": "support", "userId": nil, "user": nil,
                "stream": false,
            ])
    }

    @Test func webhooksByEndpoint() throws {
        var target = N8NCase.target
        target.completionsURL = nil
        #expect(
            try N8NCase.call(["prompt": "x"], target: target, endpoint: .completions).url
                == "https://n8n.example/webhook/chat")
        target.chatURL = nil
        do {
            _ = try N8NCase.call(["messages": [["role": "user", "content": "x"]]], target: target)
            Issue.record("a workflow without a webhook was called")
        } catch let error as WireError {
            #expect(error.status == 502)
            #expect(error.code == "provider_misconfigured")
        }
    }

    @Test func embeddingsAreRefused() throws {
        #expect(throws: WireError.self) { try N8NCase.call(["input": "x"], endpoint: .embeddings) }
    }

    @Test func credentialsAreABearerToken() {
        #expect(N8NCase.dialect.headers(apiKey: nil).map(\.name) == ["content-type"])
        let headers = N8NCase.dialect.headers(apiKey: "secret")
        #expect(headers.map(\.name) == ["content-type", "authorization"])
        #expect(headers.last?.value == "Bearer secret")
    }

    @Test func lastUserTextIsTheInput() throws {
        func input(_ messages: [JSONValue]) throws -> JSONValue? {
            try N8NCase.body(["messages": .array(messages)])["chatInput"]
        }
        #expect(
            try input([["role": "user", "content": "a"], ["role": "assistant", "content": "b"]]) == "a")
        #expect(try input([["role": "system", "content": "s"]]) == "s")
        let image: JSONValue = ["type": "image_url", "image_url": ["url": "https://a.example/x.png"]]
        #expect(try input([["role": "user", "content": [image]]]) == "")
    }

    // MARK: Sessions

    /// The beginning of every session id without a scope: that of the hash of nothing.
    private static let noScope = "e3b0c44298fc1c14"

    private static func session(
        _ members: JSONObject, scope: String = "", header: String? = nil
    ) throws -> String {
        var members = members
        if members["messages"] == nil { members["messages"] = [["role": "user", "content": "Hi"]] }
        var context = CallContext.sample
        context.conversationScope = scope
        context.session = header
        return try #require(N8NCase.body(members, context: context)["sessionId"]?.stringValue)
    }

    @Test(arguments: [
        (#"{"session_id":"a","metadata":{"session_id":"b"},"user":"c"}"#, "a"),
        (#"{"sessionId":"a"}"#, "a"), (#"{"conversation_id":"a"}"#, "a"), (#"{"chat_id":17}"#, "17"),
        (#"{"metadata":{"sessionId":"b"},"user":"c"}"#, "b"), (#"{"metadata":{"thread_id":"b"},"user":"c"}"#, "b"),
        (#"{"metadata":{"session_id":""},"user":"c"}"#, "c"), (#"{"session_id":null,"user":"c"}"#, "c"),
        (#"{"metadata":null,"user":"c"}"#, "c"), (#"{"safety_identifier":"d"}"#, "d"),
        (#"{"session_id":{"a":1},"user":"c"}"#, "c"),
    ])
    func namedSessions(members: String, expected: String) throws {
        #expect(try Self.session(#require(JSONValue(parsing: members).objectValue)) == "\(Self.noScope)-\(expected)")
    }

    @Test func theHeaderWins() throws {
        let members: JSONObject = ["session_id": "a", "metadata": ["session_id": "b"], "user": "c"]
        #expect(try Self.session(members, header: "h") == "\(Self.noScope)-h")
        #expect(try Self.session(members, header: "") == "\(Self.noScope)-a")
        #expect(try Self.session([:], scope: "acme/k/u", header: "h") == "163c58b60fc0cbee-h")
    }

    @Test func unnamedSessionsStayWhileTheConversationGrows() throws {
        let system: JSONValue = ["role": "system", "content": "S"]
        let first: JSONValue = ["role": "user", "content": "Hi"]
        let short = try Self.session(["messages": [system, first]])
        let long = try Self.session([
            "messages": [
                system, first, ["role": "assistant", "content": "Hello"], ["role": "user", "content": "Go on"],
            ],
            "temperature": 1,
        ])
        #expect(short == long)
        // Stable across releases: a changed hash would lose every workflow's memory.
        #expect(short == "martlet-e3b0c44298fc1c1481efc7803d37d237")
        #expect(try Self.session(["messages": [first]]) != short)
        #expect(try Self.session(["messages": [system, ["role": "user", "content": "Ho"]]]) != short)
        #expect(try Self.session(["messages": [["role": "developer", "content": "S"], first]]) != short)
    }

    @Test func equalWordsOfDifferentCallersAreDifferentSessions() throws {
        let sessions = try ["", "key-1", "key-2"].map { try Self.session([:], scope: $0) }
        #expect(Set(sessions).count == 3)
        #expect(try Self.session([:], scope: "key-1") == sessions[1])
    }

    @Test func equalNamesOfDifferentCallersAreDifferentSessions() throws {
        for members in [["user": "u"], ["session_id": "u"], ["metadata": ["thread_id": "u"]]] as [JSONObject] {
            #expect(try Self.session(members, scope: "acme/key-1/") == "2dc8c22b609e801f-u")
            #expect(try Self.session(members, scope: "other/key-2/") == "f379b736b75467d4-u")
        }
        // The scope is said by its hash only, and comes before all that the client chooses.
        let copied = try Self.session(["user": "2dc8c22b609e801f-u"], scope: "other/key-2/")
        #expect(copied == "f379b736b75467d4-2dc8c22b609e801f-u")
    }

    @Test func noNameIsTheSessionOfAnUnnamedConversation() throws {
        let unnamed = try Self.session([:], scope: "s")
        #expect(unnamed.hasPrefix("martlet-043a718774c572bd"))
        #expect(try Self.session(["user": .string(unnamed)], scope: "s") == "043a718774c572bd-" + unnamed)
    }

    @Test func imagesCountForTheSession() throws {
        func session(_ data: String) throws -> String {
            let image: JSONValue = [
                "type": "image_url", "image_url": ["url": .string("data:image/png;base64," + data)],
            ]
            return try Self.session(["messages": [["role": "user", "content": [image]]]])
        }
        #expect(try session("aGk=") != session("aGo="))
    }
}
