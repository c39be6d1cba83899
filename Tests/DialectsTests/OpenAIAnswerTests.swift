import Dialects
import Testing
import WireJSON

/// Whole answers: what conforms is relayed untouched, of the rest only what breaks a rule is changed.
@Suite struct OpenAIAnswerTests {
    static let head = #""id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"m""#
    static let usage = #""usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}"#

    static func answer(_ message: String, finish: String = #""stop""#) -> String {
        #"{\#(head),"choices":[{"index":0,"message":\#(message),"logprobs":null,"#
            + #""finish_reason":\#(finish)}],\#(usage)}"#
    }

    static func translate(
        _ body: String, kind: ProviderKind = .openaiCompatible, endpoint: Endpoint = .chatCompletions,
        status: Int = 200, _ edit: (inout AnswerPlan) -> Void = { _ in }
    ) -> AnswerOutcome {
        var plan = AnswerPlan.sample(endpoint, kind: kind)
        edit(&plan)
        let head = AnswerHead.of(status, [("content-type", "application/json")])
        return OpenAIDialect(kind: kind).translate(Array(body.utf8), head: head, plan: plan)
    }

    /// The translated answer, after checking it.
    static func value(
        _ body: String, kind: ProviderKind = .openaiCompatible, endpoint: Endpoint = .chatCompletions,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        let answer = try #require(
            translate(body, kind: kind, endpoint: endpoint).answer, sourceLocation: sourceLocation)
        #expect(OpenAIAnswerCheck.problems(in: answer.body, endpoint: endpoint) == [], sourceLocation: sourceLocation)
        return try JSONValue(parsing: answer.body)
    }

    @Test(arguments: [
        answer(#"{"role":"assistant","content":"Hi \n\u00e9","refusal":null,"annotations":[]}"#),
        answer(#"{ "content" : null, "refusal":"no", "role":"assistant" }"#),
        answer(
            #"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","#
                + #""arguments":"{}"}}]}"#, finish: #""tool_calls""#),
        answer(
            #"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"custom","custom":{"name":"f","#
                + #""input":""}}]}"#,
            finish: #""tool_calls""#),
        answer(
            #"{"role":"assistant","content":null,"function_call":{"name":"f","arguments":""}}"#,
            finish: #""function_call""#),
        answer(#"{"role":"assistant","content":"x","reasoning_content":"y","executed_tools":[]}"#),
    ])
    func relaysAConformingAnswerByteForByte(_ body: String) throws {
        let answer = try #require(Self.translate(body).answer)
        #expect(String(decoding: answer.body, as: UTF8.self) == body)
        #expect(answer.usage == TokenUsage(prompt: 5, completion: 7))
        #expect(answer.thoughts == [])
    }

    @Test func fillsInWhatIsMissing() throws {
        let value = try Self.value(#"{"choices":[{"message":{"content":"Hi"}},{"message":null},{}]}"#)
        #expect(value["id"] == "chatcmpl-0123456789abcdef0123456789abcdef")
        #expect(value["model"] == "served-model")
        #expect(value["created"] == 1_795_000_000)
        #expect(value["choices"]?[0]?["message"]?["content"] == "Hi")
        #expect(value["choices"]?[2]?["index"] == 2)
    }

    @Test(arguments: [
        (#""id":"chatcmpl-1""#, #""id":"""#), (#""object":"chat.completion""#, #""object":"list""#),
        (#""created":1700000000"#, #""created":1.7e9"#), (#""created":1700000000"#, #""created":null"#),
        (#""model":"m""#, #""model":null"#), (#""index":0,"#, #""index":null,"#), (#""index":0,"#, ""),
        (#""role":"assistant","#, ""), (#""role":"assistant""#, #""role":"model""#),
        (#""role":"assistant""#, #""role":null"#), (#""content":"Hi""#, #""x":1"#),
        (#""finish_reason":"stop""#, #""finish_reason":null"#), (#","finish_reason":"stop""#, ""),
        (#""finish_reason":"stop""#, #""finish_reason":"eos""#), (#","total_tokens":12"#, ""),
        (#","# + usage, ""), (usage, #""usage":null"#), (usage, #""usage":{}"#),
    ])
    func putsMembersRight(_ good: String, _ bad: String) throws {
        let body = Self.answer(#"{"role":"assistant","content":"Hi"}"#).replacing(good, with: bad)
        _ = try Self.value(body)
    }

    @Test func estimatesUsageThatIsMissing() throws {
        let body = Self.answer(#"{"role":"assistant","content":"four by two"}"#).replacing("," + Self.usage, with: "")
        let answer = try #require(Self.translate(body) { $0.promptBytes = 40 }.answer)
        let usage = try #require(answer.usage)
        #expect(usage.estimated)
        #expect(usage.prompt == 10)
        #expect(usage.completion == 3)
        #expect(try JSONValue(parsing: answer.body)["usage"]?["total_tokens"] == 13)
    }

    @Test func putsContradictoryUsageRight() throws {
        let usage = Self.usage.replacing("12}", with: #"12,"prompt_tokens_details":{"cached_tokens":163}}"#)
        let body = Self.answer(#"{"role":"assistant","content":"Hi"}"#).replacing(Self.usage, with: usage)
        #expect(try Self.value(body)["usage"]?["prompt_tokens_details"]?["cached_tokens"] == 5)
    }

    /// Read in place or from a tree, usage is the same.
    @Test(arguments: [
        #""prompt_tokens":9,"completion_tokens":5,"total_tokens":14"#,
        #""prompt_tokens":9,"completion_tokens":5,"total_tokens":14,"prompt_tokens_details":null"#,
        #""prompt_tokens":9,"completion_tokens":5,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":4,"x":1,"#
            + #""cache_write_tokens":5},"completion_tokens_details":{"reasoning_tokens":5}"#,
        #""prompt_tokens":9,"completion_tokens":5,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":null}"#,
        #""prompt_tokens":9,"completion_tokens":5,"total_tokens":16,"completion_tokens_details":{"reasoning_tokens":"#
            + "2}",
        #""prompt_tokens":9,"completion_tokens":5,"total_tokens":14,"completion_tokens_details":{"reasoning_tokens":"#
            + "7}",
        #""prompt_tokens":9,"completion_tokens":5,"total_tokens":14,"cost":0.5"#,
        #""prompt_tokens":9,"total_tokens":9"#,
        #""prompt_tokens":9.0,"completion_tokens":5,"total_tokens":14"#, #""prompt_tokens":-1,"total_tokens":2"#,
        #""prompt_tokens":1e3,"completion_tokens":99999999999,"total_tokens":1"#, #""total_tokens":7"#,
    ])
    func readsUsageTheSameBothWays(_ members: String) throws {
        let body = Self.answer(#"{"role":"assistant","content":"Hi"}"#)
            .replacing(Self.usage, with: #""usage":{\#(members)}"#)
        let answer = try #require(Self.translate(body).answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body) == [])
        #expect(answer.usage == TokenUsage(openAI: try JSONValue(parsing: "{\(members)}")))
        let sent = try #require(try JSONValue(parsing: answer.body)["usage"])
        #expect(TokenUsage(openAI: sent) == answer.usage)
    }

    @Test func numbersChoices() throws {
        let choice = #"{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}"#
        let value = try Self.value(#"{\#(Self.head),"choices":[\#(choice),\#(choice)],\#(Self.usage)}"#)
        #expect(value["choices"]?[1]?["index"] == 1)
    }

    // MARK: Reasoning

    @Test(
        arguments: [
            (#""reasoning":"hm""#, "hm"), (#""reasoning":null"#, nil), (#""reasoning":"""#, nil),
            (#""reasoning":"hm","reasoning_content":null"#, "hm"),
            (#""reasoning":"hm","reasoning_content":"hm""#, "hm"),
            (#""reasoning_content":"hm""#, "hm"), (#""channel":"final","reasoning":"hm""#, "hm"),
        ] as [(String, String?)])
    func namesReasoning(_ members: String, _ expected: String?) throws {
        for message in [
            #"{"role":"assistant","content":"Hi",\#(members)}"#, #"{\#(members),"role":"assistant","content":"Hi"}"#,
        ] {
            let answer = try Self.value(Self.answer(message))["choices"]?[0]?["message"]
            #expect(answer?["reasoning_content"]?.stringValue == expected)
            #expect(answer?["reasoning"] == nil)
            #expect(answer?["channel"] == nil)
            #expect(answer?["content"] == "Hi")
        }
    }

    // MARK: Tool calls

    @Test(arguments: [
        #"{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}"#,
        #"{"id":"c","function":{"name":"f","arguments":"{}"}}"#,
        #"{"id":"c","type":"function","function":{"name":"f","arguments":""}}"#,
        #"{"id":"c","type":"function","function":{"name":"f"}}"#,
        #"{"id":"c","type":"function","function":{"name":"f","arguments":null}}"#,
        #"{"id":"c","type":"function","function":{"arguments":{},"name":"f"}}"#,
    ])
    func putsToolCallsRight(_ call: String) throws {
        for finish in [#""tool_calls""#, #""stop""#, "null"] {
            let body = Self.answer(#"{"role":"assistant","content":null,"tool_calls":[\#(call)]}"#, finish: finish)
            let choice = try Self.value(body)["choices"]?[0]
            #expect(choice?["finish_reason"] == "tool_calls")
            let expected: JSONValue = [
                "id": "c", "type": "function", "function": ["name": "f", "arguments": "{}"],
            ]
            #expect(choice?["message"]?["tool_calls"] == [expected])
        }
    }

    @Test func keepsArgumentsAndExtras() throws {
        let call =
            #"{"index":1,"id":"c","function":{"name":"f","arguments":{"a":"\"x\""}},"extra_content":{"google":"#
            + #"{"thought_signature":"s"}}}"#
        let body = Self.answer(#"{"role":"assistant","content":"","tool_calls":[\#(call)]}"#)
        let made = try Self.value(body)["choices"]?[0]?["message"]?["tool_calls"]?[0]
        #expect(made?["function"]?["arguments"] == #"{"a":"\"x\""}"#)
        #expect(made?["extra_content"]?["google"]?["thought_signature"] == "s")
    }

    @Test func inventsMissingAndRepeatedIDs() throws {
        let calls = [#""id":"","#, "", #""id":"c","#, #""id":"c","#].map {
            #"{\#($0)"type":"function","function":{"name":"f","arguments":"{}"}}"#
        }
        let body = Self.answer(#"{"role":"assistant","content":null,"tool_calls":[\#(calls.joined(separator: ","))]}"#)
        let made = try Self.value(body)["choices"]?[0]?["message"]?["tool_calls"]?.arrayValue ?? []
        #expect(made.count == 4)
        #expect(made[2]["id"] == "c")
    }

    @Test(arguments: ["[]", "null", #"[{"id":"c","type":"function","function":{"arguments":"{}"}}]"#, "[7]"])
    func dropsToolCallsThatAreNone(_ calls: String) throws {
        let body = Self.answer(#"{"role":"assistant","content":"Hi","tool_calls":\#(calls)}"#, finish: #""tool_calls""#)
        let choice = try Self.value(body)["choices"]?[0]
        #expect(choice?["finish_reason"] == "stop")
        #expect(choice?["message"]?["tool_calls"] == nil)
    }

    // MARK: Completions

    @Test func translatesCompletions() throws {
        let body =
            #"{"id":"cmpl-1","object":"text_completion","created":1,"model":"m","choices":[{"text":"a","index":0,"#
            + #""logprobs":null,"finish_reason":"length"},{"text":"b","index":1,"finish_reason":"stop"}],"#
            + #"\#(Self.usage)}"#
        let answer = try #require(Self.translate(body, endpoint: .completions).answer)
        #expect(String(decoding: answer.body, as: UTF8.self) == body)
        let poor = try Self.value(#"{"choices":[{"text":"a"},{}]}"#, endpoint: .completions)
        #expect(poor["id"]?.stringValue?.hasPrefix("cmpl-") == true)
        #expect(poor["object"] == "text_completion")
        #expect(poor["choices"]?[1]?["text"] == "")
    }

    // MARK: Failures

    @Test(arguments: [
        (
            #"{"error":{"message":"Provider returned error","code":502,"metadata":{"provider_name":"x"}}}"#,
            FailureClass.server
        ),
        (#"{"error":{"message":"slow","code":429},"choices":[]}"#, .rateLimit),
        (#"{"error":"boom"}"#, .server), (#"{"object":"error","message":"boom","code":503}"#, .overloaded),
        (#"{"choices":[{"message":null,"error":{"message":"busy","code":503}}]}"#, .overloaded),
        (answer(#"{"role":"assistant","content":"par"}"#, finish: #""error""#), .server),
        (#"{"choices":[]}"#, .server), (#"{"choices":null}"#, .server), ("{}", .server), (#"{"choices":[7]}"#, .server),
        ("", .server), ("  \n", .server), ("<html>", .server), ("null", .server), ("[]", .server),
        (#"{"a":1}}"#, .server),
        ("{\"a\":\"\u{01}\"}", .server), (#"{"id":"x","choices":[{"message":{"content":"cut o"#, .streamBroken),
        (#"{"id":"x""#, .streamBroken),
    ])
    func failsOnWhatIsNoAnswer(_ body: String, _ expected: FailureClass) {
        let failure = Self.translate(body).failure
        #expect(failure?.failureClass == expected)
        #expect(failure?.upstreamStatus == 200)
        #expect(failure?.message.isEmpty == false)
    }

    @Test(arguments: [
        (401, #"{"error":{"message":"bad key","code":"invalid_api_key"}}"#, FailureClass.auth),
        (429, "", .rateLimit), (500, "<html>", .server), (503, "upstream", .overloaded), (404, "{}", .modelNotFound),
    ])
    func classifiesErrorAnswers(_ status: Int, _ body: String, _ expected: FailureClass) {
        let failure = Self.translate(body, status: status).failure
        #expect(failure?.failureClass == expected)
        #expect(failure?.upstreamStatus == status)
    }

    @Test func acceptsEmptyErrors() throws {
        let body = Self.answer(#"{"role":"assistant","content":"Hi"}"#).replacing(
            "{\"id\"", with: "{\"error\":null,\"id\"")
        _ = try Self.value(body)
    }
}
