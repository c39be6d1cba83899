import Dialects
import Testing
import WireJSON

@Suite struct N8NAnswerTests {
    @Test(arguments: [
        // Plain text, and JSON that is text.
        ("Hello", "Hello"), ("Hello\nthere", "Hello\nthere"), (#""Hello""#, "Hello"), ("7", "7"), ("true", "true"),
        ("{not JSON", "{not JSON"), ("<p>Hello</p>", "<p>Hello</p>"),
        // Objects: known members in their order.
        (#"{"output":"a","text":"b"}"#, "a"), (#"{"text":"b","output":"a"}"#, "a"), (#"{"text":"b"}"#, "b"),
        (#"{"response":"c"}"#, "c"), (#"{"message":"d"}"#, "d"), (#"{"answer":"e","confidence":1}"#, "e"),
        (#"{"content":"f"}"#, "f"), (#"{"result":"g"}"#, "g"), (#"{"reply":"h"}"#, "h"),
        (#"{"output":"","text":"b"}"#, ""), (#"{"output":null,"text":"b"}"#, "b"), (#"{"output":7,"text":"b"}"#, "b"),
        // One level down.
        (#"{"response":{"text":"a"}}"#, "a"), (#"{"message":{"role":"assistant","content":"a"}}"#, "a"),
        (#"{"output":{"x":1},"text":"b"}"#, "b"),
        // OpenAI's shape.
        (#"{"id":"1","choices":[{"message":{"role":"assistant","content":"a"}}]}"#, "a"),
        // Anything else is shown as it is.
        (#"{"a": 1, "b": [true]}"#, #"{"a":1,"b":[true]}"#),
        (#"{"output":{"a":{"text":"x"}}}"#, #"{"output":{"a":{"text":"x"}}}"#),
        // Arrays.
        (#"[{"output":"a"},{"output":"b"}]"#, "a\nb"), (#"[{"output":"a"}]"#, "a"),
        (#"["a",{"x":1},null]"#, "a\n{\"x\":1}"),
        // Text that is JSON is opened once.
        (#"{"output":"{\"text\":\"a\"}"}"#, "a"), (#"{"output":" [{\"output\":\"a\"},{\"output\":\"b\"}]"}"#, "a\nb"),
        (#"{"output":"{\"output\":\"{\\\"output\\\":\\\"a\\\"}\"}"}"#, #"{"output":"a"}"#),
        (#"{"output":"{\"x\":1}"}"#, #"{"x":1}"#), (#"{"output":"[1]"}"#, "[1]"), (#"{"output":"{"}"#, "{"),
        (#""{\"text\":\"a\"}""#, "a"),
    ])
    func findsTheText(body: String, expected: String) throws {
        let answer = try #require(N8NCase.translate(body).answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body) == [])
        #expect(answer.firstMessage["content"]?.stringValue == expected)
        #expect(answer.firstFinish == "stop")
        #expect(answer.usage == .estimate(promptBytes: 40, completionBytes: expected.utf8.count))

        // The same as a stream, because the workflow does not stream.
        let stream = N8NCase.stream(body, N8NCase.plan(stream: true, includeUsage: true))
        #expect(stream.isComplete)
        let transcript = StreamTranscript(stream.output, includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.content == expected)
        #expect(stream.usage == answer.usage)
    }

    @Test(arguments: [
        "", " \r\n", "null", "[]", "[null]", #"{"message":"Workflow was started"}"#,
        #"{"message":"Workflow executed successfully but the last node did not return any data"}"#,
    ])
    func noAnswer(body: String) {
        let failure = N8NCase.translate(body).failure
        #expect(failure?.failureClass == .misconfigured)
        #expect(failure?.message.isEmpty == false)
        let stream = N8NCase.stream(body)
        #expect(stream.failure?.failureClass == .misconfigured)
        #expect(stream.output.isEmpty)
    }

    @Test func theReceiptIsExplained() {
        let failure = N8NCase.translate(#"{"message":"Workflow was started"}"#).failure
        #expect(failure?.message.contains("asynchronous") == true)
        // The same words with other members are an answer.
        #expect(N8NCase.text(#"{"message":"Workflow was started","id":1}"#) == "Workflow was started")
    }

    @Test func filesAreNoText() {
        let outcome = N8NCase.dialect.translate(
            [0x89, 0x50, 0x4E, 0x47, 0xFF], head: .of(200, [("content-type", "image/png")]), plan: N8NCase.plan())
        #expect(outcome.failure?.failureClass == .misconfigured)
    }

    @Test func completionsAnswer() throws {
        let outcome = N8NCase.dialect.translate(
            Array(#"{"output":"x"}"#.utf8), head: .of(200), plan: N8NCase.plan(.completions))
        let answer = try #require(outcome.answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body, endpoint: .completions) == [])
        #expect(answer.parsedBody["choices"]?[0]?["text"] == "x")
    }

    @Test func streamLinesToAWholeRequestAreJoined() {
        let lines = [
            N8NCase.line("begin"), N8NCase.line("item", "Hel"), "\r\n", N8NCase.line("item", "lo"), N8NCase.line("end"),
        ]
        #expect(N8NCase.text(lines.joined()) == "Hello")
        #expect(N8NCase.text("\n" + lines.map { "data: " + $0 }.joined()) == "Hello")
        #expect(N8NCase.translate(lines.dropLast().joined()).failure?.failureClass == .streamBroken)
        #expect(N8NCase.translate(lines.dropLast().joined() + "{").failure?.failureClass == .streamBroken)
        #expect(N8NCase.translate(lines[0] + lines[4]).failure?.failureClass == .misconfigured)
        let failed = N8NCase.translate(lines[0] + N8NCase.line("error", "No.")).failure
        #expect(failed?.failureClass == .server)
        #expect(failed?.message == "No.")
    }

    // MARK: Errors

    @Test(arguments: [
        (
            404, #"{"code":404,"message":"The requested webhook \"POST x\" is not registered.","hint":"…"}"#,
            FailureClass.misconfigured
        ),
        (404, "<html>not found</html>", .misconfigured), (405, "", .misconfigured), (302, "", .misconfigured),
        (401, "Authorization is required!", .auth), (403, "Authorization data is wrong!", .auth),
        (403, "IP is not whitelisted to access the webhook!", .auth),
        (500, #"{"message":"Error in workflow"}"#, .server),
        (500, #"{"code":0,"message":"No item to return was found"}"#, .server), (502, "<html></html>", .server),
        (503, "", .overloaded), (504, "", .server), (524, "", .server), (413, "", .tooLarge),
        (400, #"{"error":"Bad"}"#, .badRequest),
        (429, #"{"error":{"message":"Slow down"}}"#, .rateLimit),
    ])
    func errors(status: Int, body: String, expected: FailureClass) throws {
        let failure = try #require(N8NCase.translate(body, status: status).failure)
        #expect(failure.failureClass == expected)
        #expect(failure.upstreamStatus == status)
        #expect(!failure.message.isEmpty)
        #expect(!failure.message.contains("<html>"))
    }

    @Test func messagesAndWaits() {
        #expect(
            N8NCase.translate(#"{"message":"Error in workflow"}"#, status: 500).failure?.message == "Error in workflow")
        #expect(
            N8NCase.translate("Authorization data is wrong!", status: 403).failure?.message
                == "Authorization data is wrong!")
        let short = N8NCase.translate("", status: 429, headers: [("retry-after", "7")]).failure
        #expect(short?.failureClass == .rateLimit)
        #expect(short?.retryAfterMilliseconds == 7000)
        let long = N8NCase.translate("", status: 429, headers: [("retry-after", "7000")]).failure
        #expect(long?.failureClass == .rateLimitLong)
    }
}
