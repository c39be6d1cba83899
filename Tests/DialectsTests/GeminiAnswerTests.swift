import Dialects
import Testing
import WireJSON

@Suite struct GeminiAnswerTests {
    @Test func wholeAnswer() throws {
        let answer = try #require(
            GeminiCase.translate(
                GeminiCase.chunk(
                    [["text": "Let me ", "thought": true], ["text": "Hello "], ["text": "you"]], finish: "STOP",
                    usage: [
                        "promptTokenCount": 10, "toolUsePromptTokenCount": 5, "cachedContentTokenCount": 4,
                        "candidatesTokenCount": 3, "thoughtsTokenCount": 7, "totalTokenCount": 25,
                    ])
            ).answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body) == [])
        #expect(answer.parsedBody["id"] == "chatcmpl-resp1")
        #expect(answer.parsedBody["model"] == "gemini-2.5-flash-001")
        #expect(answer.parsedBody["created"] == 1_795_000_000)
        #expect(answer.firstMessage["content"] == "Hello you")
        #expect(answer.firstMessage["reasoning_content"] == "Let me ")
        #expect(answer.firstFinish == "stop")
        var usage = TokenUsage(prompt: 15, completion: 10)
        usage.cached = 4
        usage.reasoning = 7
        usage.total = 25
        #expect(answer.usage == usage)
        #expect(answer.parsedBody["usage"] == .object(usage.openAI))
    }

    @Test func callsWithAndWithoutIDs() throws {
        let spelled = try JSONValue(parsing: "[1,2.50]")
        let parts: [JSONValue] = [
            ["functionCall": ["id": "one", "name": "f", "args": ["a": spelled]]],
            ["functionCall": ["name": "g"]], ["functionCall": ["id": "one", "name": "g", "args": [:]]],
        ]
        let plan = GeminiCase.plan(tools: ["f", "g"])
        let answer = try #require(GeminiCase.translate(GeminiCase.chunk(parts, finish: "STOP"), plan).answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body) == [])
        #expect(answer.firstFinish == "tool_calls")
        #expect(answer.firstMessage["content"] == .null)
        let calls = answer.firstMessage["tool_calls"]?.arrayValue ?? []
        #expect(calls.map { $0["function"]?["arguments"] } == [#"{"a":[1,2.50]}"#, "{}", "{}"])
        #expect(calls[0]["id"] == "one")
        #expect(calls[1]["id"]?.stringValue == ChatStreamWriter.toolCallID(seed: plan.idSeed, index: 1))
        #expect(Set(calls.compactMap { $0["id"]?.stringValue }).count == 3)
    }

    @Test(arguments: [
        ("STOP", "stop"), ("FINISH_REASON_UNSPECIFIED", "stop"), ("OTHER", "stop"), ("MAX_TOKENS", "length"),
        ("SAFETY", "content_filter"), ("RECITATION", "content_filter"), ("LANGUAGE", "content_filter"),
        ("BLOCKLIST", "content_filter"), ("PROHIBITED_CONTENT", "content_filter"), ("SPII", "content_filter"),
        ("IMAGE_SAFETY", "content_filter"), ("IMAGE_PROHIBITED_CONTENT", "content_filter"),
        ("IMAGE_RECITATION", "content_filter"), ("SOMETHING_NEW", "stop"), ("TOO_MANY_TOOL_CALLS", "stop"),
    ])
    func finishReasonsOfText(reason: String, expected: String) throws {
        let chunk = GeminiCase.chunk([["text": "x"]], finish: reason)
        #expect(GeminiCase.translate(chunk).answer?.firstFinish == expected)
        let transcript = StreamTranscript(GeminiCase.stream([chunk]).output)
        #expect(transcript.problems == [])
        #expect(transcript.finish == expected)
    }

    @Test(arguments: [
        ("STOP", "tool_calls"), ("TOO_MANY_TOOL_CALLS", "tool_calls"), ("FINISH_REASON_UNSPECIFIED", "tool_calls"),
        ("UNEXPECTED_TOOL_CALL", "tool_calls"), ("MAX_TOKENS", "length"), ("SAFETY", "content_filter"),
    ])
    func finishReasonsOfCalls(reason: String, expected: String) throws {
        let chunk = GeminiCase.chunk([["functionCall": ["name": "f"]]], finish: reason)
        #expect(GeminiCase.translate(chunk, GeminiCase.plan(tools: ["f"])).answer?.firstFinish == expected)
        let stream = GeminiCase.stream([chunk], GeminiCase.plan(stream: true, tools: ["f"]))
        #expect(StreamTranscript(stream.output).finish == expected)
    }

    @Test(arguments: [
        "MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE", "IMAGE_OTHER", "NO_IMAGE",
    ])
    func failedAttempts(reason: String) {
        let chunk = GeminiCase.chunk([["text": "half"]], finish: reason)
        let failure = GeminiCase.translate(chunk).failure
        #expect(failure?.failureClass == .modelFailure)
        #expect(failure?.code == reason)
        let stream = GeminiCase.stream([chunk])
        #expect(stream.failure?.failureClass == .modelFailure)
        #expect(stream.output.isEmpty)  // so that another target may answer
    }

    @Test(arguments: ["OTHER", "SOMETHING_NEW", "TOO_MANY_TOOL_CALLS", "UNEXPECTED_TOOL_CALL"])
    func endsThatNeedContent(reason: String) {
        #expect(GeminiCase.translate(GeminiCase.chunk([], finish: reason)).failure?.failureClass == .modelFailure)
        #expect(GeminiCase.stream([GeminiCase.chunk([], finish: reason)]).failure?.failureClass == .modelFailure)
    }

    @Test func unexpectedCallsOfUndeclaredFunctions() {
        let chunk = GeminiCase.chunk([["functionCall": ["name": "list_files"]]], finish: "UNEXPECTED_TOOL_CALL")
        for tools in [[], ["other"]] as [Set<String>] {
            #expect(
                GeminiCase.translate(chunk, GeminiCase.plan(tools: tools)).failure?.failureClass == .modelFailure)
            // The call may come before the reason.
            let stream = GeminiCase.stream(
                [
                    GeminiCase.chunk([["functionCall": ["name": "list_files"]]]),
                    GeminiCase.chunk([], finish: "UNEXPECTED_TOOL_CALL"),
                ], GeminiCase.plan(stream: true, tools: tools))
            #expect(stream.failure?.failureClass == .modelFailure)
            #expect(stream.output.isEmpty)
        }
        #expect(
            GeminiCase.translate(chunk, GeminiCase.plan(tools: ["list_files"])).answer?.firstFinish == "tool_calls")
    }

    @Test func blockedPrompts() throws {
        let body: JSONValue = [
            "promptFeedback": ["blockReason": "SAFETY"],
            "usageMetadata": ["promptTokenCount": 33, "totalTokenCount": 33],
        ]
        let answer = try #require(GeminiCase.translate(body).answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body) == [])
        #expect(answer.firstMessage["content"] == "")
        #expect(answer.firstFinish == "content_filter")
        #expect(answer.usage?.prompt == 33)
        let stream = GeminiCase.stream([body], GeminiCase.plan(stream: true, includeUsage: true))
        let transcript = StreamTranscript(stream.output, includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.finish == "content_filter")
        #expect(transcript.usage?["prompt_tokens"] == 33)
    }

    @Test func candidatesWithoutContent() throws {
        let answer = GeminiCase.translate(["candidates": [["content": [:], "finishReason": "SAFETY"]]]).answer
        #expect(answer?.firstFinish == "content_filter")
        #expect(answer?.firstMessage["content"] == "")
        // proto3 leaves out the unspecified reason.
        #expect(GeminiCase.translate(GeminiCase.chunk([["text": "x"]])).answer?.firstFinish == "stop")
    }

    @Test func severalCandidates() throws {
        let body: JSONValue = [
            "candidates": [
                ["content": ["parts": [["text": "b"]]], "finishReason": "MAX_TOKENS", "index": 1],
                ["content": ["parts": [["text": "a"]]], "finishReason": "STOP", "index": 0],
            ]
        ]
        let answer = try #require(GeminiCase.translate(body).answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body) == [])
        let choices = answer.parsedBody["choices"]?.arrayValue ?? []
        #expect(choices.map { $0["message"]?["content"] } == ["a", "b"])
        #expect(choices.map { $0["finish_reason"] } == ["stop", "length"])
    }

    @Test func picturesAreShownAsMarkdown() throws {
        let parts: [JSONValue] = [
            ["text": "Here: "], ["inlineData": ["mimeType": "image/png", "data": "aGk="]],
            ["inlineData": ["mimeType": "image/png", "data": "eA=="], "thought": true],
            ["inlineData": ["mimeType": "audio/wav", "data": "aGk="]], ["inlineData": [:]],
        ]
        let expected = "Here: ![image](data:image/png;base64,aGk=)[file](data:audio/wav;base64,aGk=)"
        let chunk = GeminiCase.chunk(parts, finish: "STOP")
        #expect(GeminiCase.translate(chunk).answer?.firstMessage["content"]?.stringValue == expected)
        #expect(StreamTranscript(GeminiCase.stream([chunk]).output).content == expected)
    }

    @Test func partsThatClientsCannotReadAreSkipped() throws {
        let parts: [JSONValue] = [
            ["executableCode": ["language": "PYTHON", "code": "1"]], ["codeExecutionResult": ["output": "1"]],
            ["text": "1"], ["somethingNew": true], "odd", nil, ["functionCall": nil], ["text": nil],
        ]
        #expect(GeminiCase.translate(GeminiCase.chunk(parts, finish: "STOP")).answer?.firstMessage["content"] == "1")
    }

    @Test func logprobs() throws {
        var body = try #require(GeminiCase.chunk([["text": "Hi"]], finish: "STOP").objectValue)
        var candidate = try #require(body["candidates"]?[0]?.objectValue)
        candidate["logprobsResult"] = [
            "chosenCandidates": [["token": "é", "tokenId": 1, "logProbability": -0.25]],
            "topCandidates": [["candidates": [["token": "a", "logProbability": -1.5]]]],
        ]
        body["candidates"] = [.object(candidate)]
        let answer = GeminiCase.translate(.object(body)).answer
        #expect(
            answer?.parsedBody["choices"]?[0]?["logprobs"] == [
                "content": [
                    [
                        "token": "é", "logprob": -0.25, "bytes": [195, 169],
                        "top_logprobs": [["token": "a", "logprob": -1.5, "bytes": [97]]],
                    ]
                ],
                "refusal": nil,
            ])
    }

    @Test func completionsAnswer() throws {
        let answer = try #require(
            GeminiCase.translate(GeminiCase.chunk([["text": "x"]], finish: "STOP"), GeminiCase.plan(.completions))
                .answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body, endpoint: .completions) == [])
        #expect(answer.parsedBody["id"] == "cmpl-resp1")
        #expect(answer.parsedBody["choices"]?[0]?["text"] == "x")
    }

    @Test(arguments: ["", "null", "7", "<html></html>", "{}", "[]", #"{"candidates":[]}"#, #"{"candidates":[{"#])
    func unusableBodies(body: String) {
        let outcome = GeminiCase.dialect.translate(Array(body.utf8), head: .of(200), plan: GeminiCase.plan())
        #expect([.server, .streamBroken].contains(outcome.failure?.failureClass))
    }

    @Test func missingUsageIsEstimated() throws {
        var plan = GeminiCase.plan()
        plan.promptBytes = 40
        let answer = try #require(
            GeminiCase.translate(GeminiCase.chunk([["text": "12345678"]], finish: "STOP"), plan).answer)
        #expect(answer.usage == .estimate(promptBytes: 40, completionBytes: 8))
    }

    @Test func absurdCountsAreBounded() throws {
        let usage: JSONValue = [
            "promptTokenCount": -5, "candidatesTokenCount": .number(JSONNumber(Int.max)),
            "thoughtsTokenCount": .number(JSONNumber(Int.max)), "cachedContentTokenCount": 9,
        ]
        let answer = GeminiCase.translate(GeminiCase.chunk([["text": "x"]], finish: "STOP", usage: usage)).answer
        #expect(answer?.usage?.prompt == 0)
        #expect(answer?.usage?.cached == 0)
        #expect(answer?.usage?.completion == 2 * TokenUsage.maximumTokens)
    }
}
