import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase
private typealias Events = AnthropicEvents

@Suite("Anthropic: streams")
struct AnthropicStreamTests {
    @Test func textFlows() {
        let events =
            [Events.start(), ["type": "ping"]] + Events.text(0, "Hel", "lo \"you\"\n", "", "\u{1F600}é") + Events.end()
        let stream = Events.run(events, Case.plan(stream: true, includeUsage: true))
        let transcript = StreamTranscript(stream.output, includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.content == "Hello \"you\"\n\u{1F600}é")
        #expect(transcript.finish == "stop")
        #expect(transcript.chunks[0]["id"] == "chatcmpl-01abc")
        #expect(transcript.chunks[0]["model"] == "claude-sonnet-4-5-20250929")
        #expect(transcript.chunks[0]["choices"]?[0]?["delta"]?["role"] == "assistant")
        #expect(transcript.chunks.count == 6)
    }

    @Test func nothingIsShownBeforeTheFirstDelta() {
        var translator = Events.translator(Case.plan(stream: true))
        var output: [UInt8] = []
        let opening: [JSONValue] = [
            Events.start(), ["type": "ping"], Events.block(0, ["type": "text", "text": ""]),
            Events.delta(0, "text_delta", "text", ""),
        ]
        #expect(translator.feed(Events.bytes(opening), into: &output).isWaiting)
        #expect(output.isEmpty)
        let delta = Events.bytes([Events.delta(0, "text_delta", "text", "x")])
        guard case .flowing = translator.feed(delta, into: &output) else {
            Issue.record("not flowing")
            return
        }
        #expect(translator.deliveredBytes == 1)
    }

    @Test func callsAreNumberedAmongThemselves() {
        let events =
            [Events.start()] + Events.text(0, "So") + Events.call(1, "t1", "look", "", "{\"a\"", ": 1}")
            + Events.call(2, "t2", "listen", "") + Events.end("tool_use")
        let transcript = Events.transcript(events)
        #expect(
            transcript.toolCalls == [
                .init(id: "t1", name: "look", arguments: "{\"a\": 1}"),
                .init(id: "t2", name: "listen", arguments: "{}"),
            ])
        #expect(transcript.finish == "tool_calls")
    }

    @Test func namesFindBack() {
        var plan = Case.plan(stream: true)
        plan.toolNames = ["files_read": "files.read"]
        let events = [Events.start()] + Events.call(0, "t", "files_read", "{}") + Events.end("tool_use")
        #expect(Events.transcript(events, plan).toolCalls.map(\.name) == ["files.read"])
    }

    @Test func thinkingIsReasoning() {
        let events = [Events.start()] + Events.thinking(0, "", "Hm, ", "\"so\"") + Events.text(1, "4") + Events.end()
        let transcript = Events.transcript(events)
        #expect(transcript.choice(0).reasoning == "Hm, \"so\"")
        #expect(transcript.content == "4")
    }

    @Test func whatIsNotTheClientsIsSkipped() {
        let server: [JSONValue] = [
            Events.block(1, ["type": "server_tool_use", "id": "s", "name": "web_search", "input": [:]]),
            Events.delta(1, "input_json_delta", "partial_json", "{\"q\":1}"), Events.stop(1),
            Events.block(2, ["type": "web_search_tool_result", "content": []]),
            Events.delta(2, "text_delta", "text", "hidden"), Events.stop(2),
            ["type": "content_block_delta", "index": 0, "delta": ["type": "citations_delta", "citation": [:]]],
            ["type": "content_block_delta", "index": 0, "delta": ["type": "new_delta", "text": "x"]],
            ["type": "content_block_delta", "index": 0, "delta": "x"], ["type": "new_event"], ["event": "x"],
        ]
        let transcript = Events.transcript(
            [Events.start()] + Events.text(0, "a") + server + Events.text(3, "b") + Events.end())
        #expect(transcript.content == "ab")
        #expect(transcript.toolCalls.isEmpty)
    }

    @Test func commentsAndOtherLineEndsAreFine() {
        let text = String(
            decoding: Events.bytes([Events.start()] + Events.text(0, "a", "b") + Events.end()), as: UTF8.self)
        let crlf =
            ": hello\r\n\r\n" + text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        let stream = Events.run(Array(crlf.utf8))
        #expect(stream.isComplete)
        #expect(StreamTranscript(stream.output).content == "ab")
    }

    @Test func paddedAndReorderedEventsAreFine() {
        let raw = """
            event: content_block_delta
            data: {"index" : 0, "delta":{"text":"p\\u00e4","type":"text_delta"} ,"type":"content_block_delta"     }


            """
        let bytes =
            Events.bytes([Events.start(), Events.block(0, ["type": "text", "text": ""])]) + Array(raw.utf8)
            + Events.bytes([Events.stop(0)] + Events.end())
        #expect(StreamTranscript(Events.run(bytes).output).content == "pä")
    }

    // MARK: Relays' habits

    @Test func aRepeatedStartIsIgnored() {
        let events =
            [Events.start(), Events.start()] + Events.text(0, "a") + [Events.start()] + Events.text(1, "b")
            + Events.end()
        #expect(Events.transcript(events).content == "ab")
    }

    @Test func anotherMessageBeginsItsBlocksAnew() {
        let events =
            [Events.start(id: "msg_1"), Events.block(0, ["type": "text", "text": ""])]
            + [Events.delta(0, "text_delta", "text", "a"), Events.start(id: "msg_2")]
            + Events.text(0, "b") + Events.end()
        let transcript = Events.transcript(events)
        #expect(transcript.content == "ab")
        #expect(transcript.chunks[0]["id"] == "chatcmpl-1")
    }

    @Test func contentInABlocksStartIsShown() {
        let events: [JSONValue] =
            [
                Events.start(), Events.block(0, ["type": "thinking", "thinking": "Hm", "signature": "s"]),
                Events.stop(0),
                Events.block(1, ["type": "text", "text": "Hi"]), Events.stop(1),
                Events.block(2, ["type": "tool_use", "id": "t", "name": "look", "input": ["a": 1]]), Events.stop(2),
            ] + Events.end("tool_use")
        let transcript = Events.transcript(events)
        #expect(transcript.choice(0).reasoning == "Hm")
        #expect(transcript.content == "Hi")
        #expect(transcript.toolCalls.map(\.arguments) == ["{\"a\":1}"])
    }

    @Test func textWithoutABlockIsShown() {
        let events = [Events.start(), Events.delta(0, "text_delta", "text", "Hi")] + Events.end()
        #expect(Events.transcript(events).content == "Hi")
    }

    @Test func callsWithoutIdsGetOne() {
        let events = [Events.start()] + Events.call(0, "", "look") + Events.call(1, "", "look") + Events.end("tool_use")
        let ids = Events.transcript(events).toolCalls.map(\.id)
        #expect(Set(ids).count == 2)
        #expect(!ids.contains(""))
    }

    @Test func openAIsEndMarkerIsIgnored() {
        let bytes = Events.bytes([Events.start()] + Events.text(0, "a")) + Array("data: [DONE]\n\n".utf8)
        #expect(Events.run(bytes).failure?.failureClass == .streamBroken)
        #expect(Events.run(bytes + Events.bytes(Events.end())).isComplete)
    }

    // MARK: The end

    @Test func refusalsAreExplained() {
        let end: [JSONValue] = [
            [
                "type": "message_delta",
                "delta": [
                    "stop_reason": "refusal", "stop_details": ["category": "cyber", "explanation": "Not this."],
                ], "usage": ["output_tokens": 7],
            ],
            ["type": "message_stop"],
        ]
        let transcript = Events.transcript([Events.start()] + Events.text(0, "Well,") + end)
        #expect(transcript.content == "Well,")
        #expect(transcript.choice(0).refusal == "Not this.")
        #expect(transcript.finish == "content_filter")
        #expect(Events.transcript([Events.start()] + Events.end("refusal")).choice(0).refusal.isEmpty == false)
    }

    @Test(arguments: [("end_turn", "stop"), ("max_tokens", "length"), ("pause_turn", "stop"), ("new", "stop")])
    func finishReasons(_ stop: String, _ finish: String) {
        #expect(Events.transcript([Events.start()] + Events.text(0, "a") + Events.end(stop)).finish == finish)
    }

    @Test func emptyAnswersAreAnswers() {
        let transcript = Events.transcript([Events.start()] + Events.text(0) + Events.end())
        #expect(transcript.content == "")
        #expect(transcript.finish == "stop")
    }

    @Test func aStopReasonIsAnEndInSubstance() {
        let events = [Events.start()] + Events.call(0, "t", "look", "") + Events.end("tool_use").prefix(1)
        let transcript = Events.transcript(events)
        #expect(transcript.finish == "tool_calls")
        #expect(transcript.toolCalls.map(\.arguments) == ["{}"])
    }

    @Test func withoutOneTheStreamBrokeOff() {
        let events = [Events.start()] + Events.text(0, "a") + Events.end()
        for count in 0..<events.count - 2 {
            let stream = Events.run(Array(events.prefix(count)))
            #expect(stream.failure?.failureClass == .streamBroken)
            #expect(stream.failure?.upstreamStatus == 200)
        }
        let noReason: JSONValue = [
            "type": "message_delta", "delta": ["stop_reason": nil], "usage": ["output_tokens": 1],
        ]
        #expect(Events.run(events.dropLast(2) + [noReason]).failure?.failureClass == .streamBroken)
        #expect(Events.run([["type": "message_stop"]]).failure?.failureClass == .streamBroken)
    }

    @Test func aCutEventBehindTheStopReasonIsNoLoss() {
        let whole = Events.bytes([Events.start()] + Events.text(0, "a") + Events.end())
        let stream = Events.run(Array(whole.dropLast(9)))
        #expect(stream.isComplete)
    }

    @Test func unreadableEventsBreakTheStream() {
        let bytes = Events.bytes([Events.start()] + Events.text(0, "a")) + Array("data: {\"type\":\n\n".utf8)
        let stream = Events.run(bytes)
        #expect(stream.failure?.failureClass == .streamBroken)
        #expect(StreamTranscript(stream.output, whole: false).content == "a")
    }

    @Test func errorsBeforeAndAfterOutput() {
        let error: JSONValue = ["type": "error", "error": ["type": "overloaded_error", "message": "Overloaded"]]
        let before = Events.run([Events.start(), error])
        #expect(before.failure?.failureClass == .overloaded)
        #expect(before.output.isEmpty)
        let after = Events.run([Events.start()] + Events.text(0, "a") + [error] + Events.end())
        #expect(after.failure?.failureClass == .overloaded)
        #expect(StreamTranscript(after.output, whole: false).content == "a")
        #expect(!after.text.contains("[DONE]"))
        #expect(Events.run([["error": ["type": "api_error", "message": "x"]]]).failure?.failureClass == .server)
    }

    @Test func completionsGetTheOldShape() {
        let events = [Events.start()] + Events.thinking(0, "Hm") + Events.text(1, "a", "b") + Events.end()
        let transcript = Events.transcript(events, Case.plan(.completions, stream: true, includeUsage: true))
        #expect(transcript.content == "ab")
        #expect(transcript.chunks[0]["id"] == "cmpl-01abc")
    }

    // MARK: Not a stream

    @Test func aWholeAnswerIsReplayed() {
        let message = Case.message([Case.text("So"), Case.toolUse("t", "look", ["a": 1])], stop: "tool_use")
        let stream = Driver.everySplit(message.bytes) {
            Case.dialect.makeStream(
                head: .of(200, [("Content-Type", "application/json; charset=utf-8")]), plan: Case.plan(stream: true))
        }
        let transcript = StreamTranscript(stream.output)
        #expect(transcript.problems == [])
        #expect(transcript.content == "So")
        #expect(transcript.toolCalls == [.init(id: "t", name: "look", arguments: "{\"a\":1}")])
        #expect(stream.usage?.prompt == 10)
    }

    @Test func soIsAWholeError() {
        let error: JSONValue = ["type": "error", "error": ["type": "overloaded_error", "message": "Overloaded"]]
        let stream = Driver.everySplit(error.bytes) {
            Case.dialect.makeStream(
                head: .of(200, [("content-type", "application/json")]), plan: Case.plan(stream: true))
        }
        #expect(stream.failure?.failureClass == .overloaded)
        #expect(stream.output.isEmpty)
    }
}
