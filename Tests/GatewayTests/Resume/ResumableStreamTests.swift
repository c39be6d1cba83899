import Routing
import Testing
import WireJSON

@testable import Gateway

@Suite("A stream that another target continues")
struct ResumableStreamTests {
    static let given = ["The ", "quick", " brown"]
    static let rest = [" fox", " jumps."]
    static let whole = given + rest

    /// A stream whose client has the first attempt's chunks.
    static func broken(_ answer: AnswerChunks = AnswerChunks(given).broken) -> (stream: ResumableStream, wire: [UInt8])
    {
        var stream = ResumableStream()
        let shown = stream.take(answer.bytes)
        return (stream, shown ?? [])
    }

    /// Feeds parts and joins what the client gets; nil where the new answer is another one.
    static func feed(_ parts: [[UInt8]], to stream: inout ResumableStream) -> [UInt8]? {
        var shown: [UInt8] = []
        for part in parts {
            guard let more = stream.take(part) else { return nil }
            shown += more
        }
        return shown
    }

    /// Where to cut: everywhere takes too long, and five is prime to the lengths of what is cut.
    static func splits(of bytes: [UInt8]) -> StrideThrough<Int> { stride(from: 0, through: bytes.count, by: 5) }

    static func expectOne(_ wire: [UInt8], _ text: String, usage: Int? = nil, isChat: Bool = true) {
        #expect(ReceivedStream(wire) == ReceivedStream(whole: text, usage: usage, isChat: isChat))
    }

    // MARK: The first attempt

    @Test("the first attempt's bytes pass as they are, whatever their split, and their text is kept")
    func passesOn() {
        let bytes = AnswerChunks(Self.whole).bytes
        for cut in 0...bytes.count {
            var stream = ResumableStream()
            #expect(stream.take(Array(bytes[..<cut])) == Array(bytes[..<cut]))
            #expect(stream.take(Array(bytes[cut...])) == Array(bytes[cut...]))
            #expect(stream.delivered.value == "The quick brown fox jumps.")
            #expect(stream.prefill == "The quick brown fox jumps.")
        }
    }

    @Test("nothing was delivered before the first text")
    func nothing() {
        var stream = ResumableStream()
        #expect(stream.delivered.state == .nothing)
        _ = stream.take(AnswerChunks().broken.bytes)
        #expect(stream.delivered.state == .nothing)
        _ = stream.take(Array(": a comment\n\n".utf8))
        #expect(stream.delivered.state == .nothing)
        _ = stream.take(AnswerChunks("a").broken.bytes)
        #expect(stream.delivered.state == .text(bytes: 1))
    }

    @Test(
        "what is not the text of one choice cannot be continued",
        arguments: [
            (["tool_calls": [["index": 0, "id": "call_1", "function": ["name": "f", "arguments": ""]]]], [:]),
            (["function_call": ["name": "f", "arguments": ""]], [:]), (["reasoning_content": "Hm."], [:]),
            (["reasoning": "Hm."], [:]), (["refusal": "No."], [:]), (["audio": ["id": "a"]], [:]),
            (["annotations": []], [:]), (["content": "b"], ["index": 1]),
            (["content": "b"], ["logprobs": ["content": []]]), (["content": ["b"]], [:]), (["content": 1], [:]),
        ] as [(JSONObject, JSONObject)])
    func structure(delta: JSONObject, more: JSONObject) {
        for before in [AnswerChunks().broken, AnswerChunks("Some text").broken] {
            var (stream, _) = Self.broken(before)
            let chunk = before.event(delta, more: more)
            #expect(stream.take(chunk) == chunk)
            #expect(stream.delivered.state == .other)
            #expect(stream.prefill == nil)
            _ = stream.take(before.event(["content": "more text"]))
            #expect(stream.delivered.state == .other)
        }
    }

    @Test("members that say nothing do not matter")
    func harmless() {
        var (stream, _) = Self.broken()
        let answer = AnswerChunks()
        _ = stream.take(answer.event(["role": "assistant", "content": " fox", "refusal": .null, "tool_calls": .null]))
        _ = stream.take(answer.event(["content": .null]))
        _ = stream.take(answer.event([:], more: ["index": .null]))
        #expect(stream.delivered.value == "The quick brown fox")
    }

    @Test(
        "a chunk that cannot be read makes the answer one that cannot be continued", arguments: ["{\"choices\":", "7"])
    func unreadable(data: String) {
        var (stream, _) = Self.broken()
        let chunk = Array("data: \(data)\n\n".utf8)
        #expect(stream.take(chunk) == chunk)
        #expect(stream.delivered.state == .other)
    }

    @Test("more text than is kept cannot be continued")
    func bounded() {
        var (stream, _) = Self.broken()
        let much = AnswerChunks(Array(repeating: String(repeating: "x", count: 1 << 18), count: 5)).broken.bytes
        #expect(stream.take(much) == much)
        #expect(stream.delivered.state == .other)
        #expect(stream.prefill == nil)
    }

    // MARK: Asked anew

    @Test("asked anew, however split, the client gets the rest once")
    func anewInEverySplit() {
        for answer in [
            AnswerChunks.second(Self.whole, usage: 9), .second(["The quick brown fox jumps."], usage: 9).compact,
        ] {
            let bytes = answer.bytes
            for cut in Self.splits(of: bytes) {
                var (stream, wire) = Self.broken()
                stream.resume(.again)
                let shown = Self.feed([Array(bytes[..<cut]), Array(bytes[cut...])], to: &stream)
                Self.expectOne(wire + (shown ?? []), "The quick brown fox jumps.", usage: 9)
                #expect(stream.delivered.value == "The quick brown fox jumps.")
            }
        }
    }

    @Test("asked anew, wherever the first attempt broke off")
    func anewFromEveryPlace() {
        let text = Array("The quick, brown fox 🙂 jümps.")
        for cut in 0...text.count {
            var (stream, wire) = Self.broken(AnswerChunks(String(text[..<cut])).broken)
            stream.resume(.again)
            let shown = stream.take(AnswerChunks.second(text.map { String($0) }).bytes)
            Self.expectOne(wire + (shown ?? []), String(text))
        }
    }

    @Test("nothing is shown before there is something new")
    func held() {
        var (stream, _) = Self.broken()
        stream.resume(.again)
        let events = AnswerChunks.second(Self.whole).events
        // Role, and the three pieces that the client has.
        for event in events[..<4] { #expect(stream.take(event) == []) }
        let shown = stream.take(events[4])
        #expect(ReceivedStream(shown ?? []).text == " fox")
    }

    @Test("an answer that was complete but for its end gets its end")
    func onlyTheEnd() {
        for method in ResumeMethod.allCases {
            var (stream, wire) = Self.broken(AnswerChunks(Self.whole).broken)
            stream.resume(method)
            let again = method == .again ? Self.whole : []
            let shown = stream.take(AnswerChunks.second(again, usage: 3).bytes)
            Self.expectOne(wire + (shown ?? []), "The quick brown fox jumps.", usage: 3)
        }
    }

    @Test(
        "another answer is not shown",
        arguments: [
            ["The quick brawn fox"], ["Something else"], ["The quick"], ["The quick brow"], [], ["the quick brown fox"],
            ["The quick ", " brown"],
        ])
    func diverges(pieces: [String]) {
        for size in [1, 7, 10_000] {
            var (stream, _) = Self.broken()
            stream.resume(.again)
            let bytes = AnswerChunks.second(pieces).bytes
            let parts = stride(from: 0, to: bytes.count, by: size).map {
                Array(bytes[$0..<min($0 + size, bytes.count)])
            }
            #expect(Self.feed(parts, to: &stream) == nil)
            #expect(stream.delivered.value == "The quick brown")
        }
    }

    @Test("an answer that turns into something else than text is not shown further")
    func turnsIntoSomethingElse() {
        let second = AnswerChunks.second([])
        let text = second.event(["content": "The quick brown fox"])
        let call = second.event([
            "tool_calls": [["index": 0, "id": "call_1", "function": ["name": "f", "arguments": ""]]]
        ])
        var (stream, _) = Self.broken()
        stream.resume(.again)
        #expect(stream.take(text) != nil)
        #expect(stream.take(call) == nil)
        #expect(stream.delivered.value == "The quick brown fox")

        // What could not be sent with it is not with the client, either.
        (stream, _) = Self.broken()
        stream.resume(.again)
        #expect(stream.take(text + call) == nil)
        #expect(stream.delivered.value == "The quick brown")
        stream.resume(.again)
        let shown = stream.take(AnswerChunks.second(Self.whole).bytes)
        #expect(ReceivedStream(shown ?? []).text == " fox jumps.")
    }

    // MARK: Prefill

    @Test(
        "with a prefill, a continuation and the whole answer are both understood, however split",
        arguments: [rest, whole, [" fox jumps."], ["The quick brown fox jumps."]])
    func prefilled(pieces: [String]) {
        let bytes = AnswerChunks.second(pieces, usage: 4).bytes
        for cut in Self.splits(of: bytes) {
            var (stream, wire) = Self.broken()
            #expect(stream.prefill == "The quick brown")
            stream.resume(.prefill)
            let shown = Self.feed([Array(bytes[..<cut]), Array(bytes[cut...])], to: &stream)
            Self.expectOne(wire + (shown ?? []), "The quick brown fox jumps.", usage: 4)
        }
    }

    @Test("white space at the end is no part of a prefill, and has to come again")
    func whiteSpace() {
        for (pieces, text) in [
            (["\n", "Then."], "First.\nThen."), (["First.\nThen."], "First.\nThen."), (["Then."], nil),
        ] {
            var (stream, wire) = Self.broken(AnswerChunks("First.", "\n").broken)
            #expect(stream.prefill == "First.")
            stream.resume(.prefill)
            let shown = stream.take(AnswerChunks.second(pieces).bytes)
            #expect((shown == nil) == (text == nil))
            if let text { Self.expectOne(wire + (shown ?? []), text) }
        }
    }

    // MARK: More than one continuation

    @Test("a continuation that breaks is continued with all of it", arguments: ResumeMethod.allCases)
    func twice(method: ResumeMethod) {
        var (stream, wire) = Self.broken()
        stream.resume(.prefill)
        wire += stream.take(AnswerChunks.second([" fox"]).broken.bytes) ?? []
        #expect(stream.prefill == "The quick brown fox")
        stream.resume(method)
        wire += stream.take(AnswerChunks.second(method == .again ? Self.whole : [" jumps."], usage: 2).bytes) ?? []
        Self.expectOne(wire, "The quick brown fox jumps.", usage: 2)
    }

    @Test("half an event of an attempt that broke is forgotten")
    func halfAnEvent() {
        var (stream, wire) = Self.broken()
        stream.resume(.again)
        let bytes = AnswerChunks.second(Self.whole).bytes
        #expect(stream.take(Array(bytes[..<(bytes.count / 3)])) == [])
        stream.resume(.again)
        wire += stream.take(bytes) ?? []
        Self.expectOne(wire, "The quick brown fox jumps.")
    }
}
