import Dialects
import Testing
import WireJSON

/// What a chat request becomes.
@Suite struct CoreChatRequestTests {
    private func parse(_ json: String) throws -> ChatRequest {
        try ChatRequest(parsing: ClientRequest.of(json))
    }

    @Test func readsEveryParameter() throws {
        let request = try parse(
            #"""
            {"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":5,"max_completion_tokens":7,
            "temperature":0.70,"top_p":1,"top_k":40,"frequency_penalty":-0.5,"presence_penalty":0.5,"stop":["a","b"],
            "n":2,"seed":-3,"logprobs":true,"top_logprobs":4,"reasoning_effort":"xhigh","user":"u1",
            "safety_identifier":"s1","service_tier":"flex","parallel_tool_calls":false,"x_extension":{"a":1}}
            """#)
        #expect(request.maxTokens == 7)
        #expect(request.temperature?.text == "0.70")
        #expect(request.topP?.int == 1)
        #expect(request.topK == 40)
        #expect(request.frequencyPenalty?.double == -0.5)
        #expect(request.presencePenalty?.double == 0.5)
        #expect(request.stop == ["a", "b"])
        #expect(request.choices == 2)
        #expect(request.seed == -3)
        #expect(request.logprobs == true)
        #expect(request.topLogprobs == 4)
        #expect(request.reasoningEffort == .xhigh)
        #expect(request.user == "u1")
        #expect(request.serviceTier == "flex")
        #expect(request.parallelToolCalls == false)
        #expect(request.members["x_extension"]?["a"]?.intValue == 1)
    }

    @Test func leavesOutWhatIsAbsentOrNull() throws {
        let request = try parse(
            #"{"model":"m","messages":[{"role":"user","content":"hi"}],"temperature":null,"n":null,"tools":null,"stop":"x","safety_identifier":"s"}"#
        )
        #expect(request.temperature == nil)
        #expect(request.choices == 1)
        #expect(request.tools.isEmpty)
        #expect(request.toolChoice == nil)
        #expect(request.stop == ["x"])
        #expect(request.user == "s")
        #expect(request.maxTokens == nil)
        #expect(request.responseFormat == nil)
    }

    @Test func readsRolesAndContents() throws {
        let messages = try parse(
            #"""
            {"model":"m","messages":[
            {"role":"system","content":"be nice","name":"boss"},
            {"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]},
            {"role":"user","content":"caf\u00e9"},
            {"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[
              {"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"},
               "extra_content":{"google":{"thought_signature":"sig"}}},
              {"id":"call_2","function":{"name":"g","arguments":""}}]},
            {"role":"tool","tool_call_id":"call_1","content":"42"},
            {"role":"tool","tool_call_id":"call_2","content":[{"type":"text","text":"x"}]},
            {"role":"assistant","content":[{"type":"text","text":"so"},{"type":"refusal","refusal":"no"}]},
            {"role":"assistant","content":"","tool_calls":[]}
            ]}
            """#
        ).messages
        #expect(messages.map(\.role) == [.system, .developer, .user, .assistant, .tool, .tool, .assistant, .assistant])
        #expect(messages[0].name == "boss")
        #expect(messages[1].text == "ab")
        #expect(messages[1].parts[1] == .text("b", cacheControl: ["type": "ephemeral"]))
        #expect(messages[2].text == "café")
        #expect(messages[3].parts.isEmpty)
        #expect(messages[3].reasoning == "hm")
        #expect(
            messages[3].toolCalls == [
                ChatToolCall(id: "call_1", name: "f", arguments: #"{"a":1}"#, thoughtSignature: "sig"),
                ChatToolCall(id: "call_2", name: "g", arguments: ""),
            ])
        #expect(messages[4].toolCallID == "call_1")
        #expect(messages[5].text == "x")
        #expect(messages[6].text == "so")
        #expect(messages[6].refusal == "no")
        #expect(messages[7].parts == [.text("", cacheControl: nil)])
    }

    @Test func readsMedia() throws {
        let parts = try parse(
            #"""
            {"model":"m","messages":[{"role":"user","content":[
            {"type":"image_url","image_url":{"url":"data:image/PNG;base64,iVBORw0KGgo=","detail":"low"}},
            {"type":"image_url","image_url":{"url":"DATA:image/jpg;charset=x;base64,AA\nAA"}},
            {"type":"image_url","image_url":{"url":"https://example.com/a.png"}},
            {"type":"image_url","image_url":{"url":"gs://bucket/a.png"}},
            {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},
            {"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0=","filename":"a.pdf"}},
            {"type":"file","file":{"file_id":"file-1"},"cache_control":{"type":"ephemeral"}}
            ]}]}
            """#
        ).messages[0].parts
        #expect(
            parts == [
                .image(.inline(mediaType: "image/png", base64: "iVBORw0KGgo="), cacheControl: nil),
                .image(.inline(mediaType: "image/jpeg", base64: "AAAA"), cacheControl: nil),
                .image(.url("https://example.com/a.png"), cacheControl: nil),
                .image(.url("gs://bucket/a.png"), cacheControl: nil),
                .audio(data: "AAAA", format: "wav"),
                .file(
                    .inline(mediaType: "application/pdf", base64: "JVBERi0=", filename: "a.pdf"), cacheControl: nil),
                .file(.id("file-1"), cacheControl: ["type": "ephemeral"]),
            ])
    }

    @Test func readsToolsAndFormats() throws {
        let request = try parse(
            #"""
            {"model":"m","messages":[{"role":"user","content":"json please"}],
            "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true},
            "cache_control":{"type":"ephemeral"}},{"type":"function","function":{"name":"g-2_X"}}],
            "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}}]}},
            "response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"},"strict":null}}}
            """#)
        #expect(
            request.tools == [
                ChatTool(
                    name: "f", description: "d", parameters: ["type": "object"], strict: true,
                    cacheControl: ["type": "ephemeral"]),
                ChatTool(name: "g-2_X"),
            ])
        #expect(request.toolChoice == .allowed(names: ["f"], required: true))
        #expect(request.responseFormat == .jsonSchema(name: "answer", schema: ["type": "object"], strict: nil))
    }

    @Test(arguments: [
        (#""none""#, ChatToolChoice.none), (#""auto""#, .auto), (#""required""#, .required),
        (#"{"type":"function","function":{"name":"f"}}"#, .function(name: "f")),
    ])
    func readsToolChoice(_ json: String, _ choice: ChatToolChoice) throws {
        let request = try parse(
            #"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":\#(json)}"#
        )
        #expect(request.toolChoice == choice)
    }

    @Test func readsTheOldFunctions() throws {
        let request = try parse(
            #"""
            {"model":"m","functions":[{"name":"f","parameters":{"type":"object"}},{"name":"g"}],"function_call":{"name":"g"},
            "messages":[{"role":"user","content":"x"},
            {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
            {"role":"function","name":"f","content":"1"},
            {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
            {"role":"function","name":"f","content":null},
            {"role":"function","name":"stray","content":"2"}]}
            """#)
        #expect(request.tools.map(\.name) == ["f", "g"])
        #expect(request.toolChoice == .function(name: "g"))
        #expect(
            request.messages.map { $0.toolCalls.first?.id ?? $0.toolCallID } == [nil, "f", "f", "f_2", "f_2", "stray"])
        #expect(request.messages[2].name == "f")
        #expect(request.messages[4].parts.isEmpty)
    }

    @Test func jsonObjectNeedsTheWord() throws {
        let member = #""response_format":{"type":"json_object"}"#
        #expect(
            try parse(#"{"model":"m","messages":[{"role":"user","content":"as JsOn"}],\#(member)}"#).responseFormat
                == .jsonObject)
        #expect(throws: WireError.self) {
            try parse(#"{"model":"m","messages":[{"role":"user","content":"as jso n"}],\#(member)}"#)
        }
    }

    @Test func completionsBecomeOneUserMessage() throws {
        let request = try ChatRequest(
            parsing: .of(#"{"model":"m","prompt":["Say hi"],"max_tokens":9,"stop":"x","logprobs":3}"#, .completions))
        #expect(request.messages == [ChatMessage(role: .user, parts: [.text("Say hi", cacheControl: nil)])])
        #expect(request.maxTokens == 9)
        #expect(request.stop == ["x"])
        #expect(request.logprobs == nil)
    }

    @Test func embeddingsAreNoChat() throws {
        let request = try ClientRequest.of(#"{"model":"m","input":"x"}"#, .embeddings)
        #expect(throws: WireError.self) { try ChatRequest(parsing: request) }
    }

    @Test(
        .enabled(if: Fixture.areAvailable),
        arguments: Fixture.all("openai", "groq", "openrouter", "ollama") {
            $0.endpoint.hasSuffix("/chat/completions") && $0.status == 200
        })
    func parsesRecordedRequests(_ fixture: Fixture) throws {
        guard let body = fixture.request else { return }
        let client = try ClientRequest(checking: body, endpoint: .chatCompletions)
        do {
            let request = try ChatRequest(parsing: client)
            #expect(!request.messages.isEmpty)
        } catch {
            // Requests that used a provider's own extensions of the format.
            let extensions = ["tools[", "messages[", "reasoning_effort", "tool_choice"]
            #expect(extensions.contains { error.param?.hasPrefix($0) == true }, "\(error)")
        }
    }
}
