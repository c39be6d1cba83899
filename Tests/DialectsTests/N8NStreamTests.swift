import Dialects
import Testing
import WireJSON

@Suite struct N8NStreamTests {
    private static let begin = N8NCase.line("begin")
    private static let end = N8NCase.line("end")

    private static func item(_ text: JSONValue) -> String { N8NCase.line("item", text) }

    @Test func textComesAsItIsSaid() {
        var translator = N8NCase.dialect.makeStream(
            head: .of(200), plan: N8NCase.plan(stream: true, includeUsage: true))
        var output: [UInt8] = []
        #expect(translator.feed(Array(Self.begin.utf8), into: &output).isWaiting)
        #expect(output.isEmpty)
        _ = translator.feed(Array(Self.item("Hel").utf8), into: &output)
        #expect(StreamTranscript(output, includeUsage: true, whole: false).content == "Hel")
        _ = translator.feed(Array((Self.item("lo") + Self.end).utf8), into: &output)
        #expect(translator.usage == nil)
        #expect(translator.end(into: &output).isComplete)
        let transcript = StreamTranscript(output, includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.content == "Hello")
        #expect(transcript.finish == "stop")
        #expect(translator.usage == .estimate(promptBytes: 40, completionBytes: 5))
        #expect(translator.deliveredBytes == 5)
        #expect(translator.thoughts == [])
    }

    @Test func severalAgents() {
        let stream = N8NCase.stream(
            Self.begin + Self.item("One. ") + Self.end + Self.begin + Self.item("Two.") + Self.end)
        #expect(StreamTranscript(stream.output).problems == [])
        #expect(StreamTranscript(stream.output).content == "One. Two.")
    }

    @Test func linesInEveryDress() {
        let lines = [
            Self.begin, Self.item("a é"), N8NCase.line("tool-call-start", "x"), "\n", "  \r\n", Self.item("b"),
            Self.end,
        ]
        let plain = lines.joined()
        let dresses = [
            plain, "\n\n" + plain, String(plain.dropLast()), plain.replacing("\n", with: "\r\n"),
            lines.map { "data: " + $0 }.joined(), lines.map { "data:" + $0 + "\n" }.joined(),
            ": hello\n" + lines.map { "event: x\nid: 1\ndata: " + $0 + "\n" }.joined() + "data: [DONE]\n\n",
        ]
        for dress in dresses {
            let transcript = StreamTranscript(N8NCase.stream(dress).output)
            #expect(transcript.problems == [])
            #expect(transcript.content == "a éb")
        }
    }

    @Test func itemsThatAreJSONAreOpened() {
        func content(_ items: JSONValue...) -> String {
            let stream = N8NCase.stream(Self.begin + items.map(Self.item).joined() + Self.end)
            #expect(stream.isComplete)
            return StreamTranscript(stream.output).content
        }
        #expect(content(#"{"output":"Hi"}"#) == "Hi")
        #expect(content(#"[{"output":"Hi"},{"output":"Ho"}]"#) == "Hi\nHo")
        #expect(content(["output": "Hi"]) == "Hi")
        // Tokens of JSON that the model itself writes stay what they are.
        #expect(content("{", #""output""#, ":1}") == #"{"output":1}"#)
        #expect(content(#"{"x":1}"#) == #"{"x":1}"#)
    }

    @Test func errorLines() {
        let before = N8NCase.stream(Self.begin + N8NCase.line("error", "The service failed"))
        #expect(before.failure?.failureClass == .server)
        #expect(before.failure?.message == "The service failed")
        #expect(before.failure?.upstreamStatus == 200)
        #expect(before.output.isEmpty)
        let after = N8NCase.stream(Self.begin + Self.item("Well") + N8NCase.line("error") + Self.end)
        #expect(after.failure?.failureClass == .server)
        #expect(StreamTranscript(after.output, whole: false).content == "Well")
        #expect(N8NCase.stream(N8NCase.line("error", "x").trimmingLineEnd).failure?.failureClass == .server)
    }

    @Test func streamsWithoutText() {
        for body in [Self.begin + Self.end, Self.begin + N8NCase.line("node-start") + Self.end + Self.begin + Self.end]
        {
            let stream = N8NCase.stream(body)
            #expect(stream.failure?.failureClass == .misconfigured)
            #expect(stream.output.isEmpty)
        }
        let empty = N8NCase.stream(Self.begin + Self.item("") + Self.end)
        #expect(StreamTranscript(empty.output).problems == [])
    }

    @Test(arguments: [
        begin, begin + item("a"), item("a"), begin + item("a") + end + begin, begin + item("a") + end + item("b"),
        begin + item("a") + end + #"{"type":"it"#, begin + item("a") + "noise\n" + end, begin + "{}\n" + end,
        begin + "[1]\n" + end,
    ])
    func streamsThatWereCut(body: String) {
        #expect(N8NCase.stream(body).failure?.failureClass == .streamBroken)
    }

    @Test func prettyPrintedAnswerIsAWholeOne() {
        let stream = N8NCase.stream("{\n  \"output\": \"Hi\"\n}\n", N8NCase.plan(.completions, stream: true))
        let transcript = StreamTranscript(stream.output, endpoint: .completions)
        #expect(transcript.problems == [])
        #expect(transcript.content == "Hi")
    }

    @Test func answersAboutTypesAreNotStreams() {
        #expect(StreamTranscript(N8NCase.stream(#"{"type":"reply","text":"Hi"}"# + "\n").output).content == "Hi")
        // Text that looks like a field of an event stream is still text.
        for text in ["event: party\nat eight", ":-)", "data: none", "id: 7\n"] {
            #expect(StreamTranscript(N8NCase.stream(text).output).content == text)
            #expect(N8NCase.text(text) == text)
        }
    }

    @Test func oneByteAtATimeCostsLinearTime() {
        // A quarter of a megabyte without a line end, in small pieces: rereading it each time would take minutes.
        let body = #"{"output":""# + String(repeating: "x", count: 250_000) + #""}"#
        let stream = Driver.run(
            N8NCase.dialect.makeStream(head: .of(200), plan: N8NCase.plan(stream: true)), Array(body.utf8),
            split: .pieces(of: 2))
        #expect(stream.isComplete)
        #expect(stream.deliveredBytes == 250_000)
    }
}

extension String {
    fileprivate var trimmingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
