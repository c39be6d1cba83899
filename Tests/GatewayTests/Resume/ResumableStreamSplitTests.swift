import Routing
import Testing
import WireJSON

@testable import Gateway

@Suite("Streams joined from any pieces")
struct ResumableStreamSplitTests {
    private typealias Base = ResumableStreamTests

    private static let words = ["a", "ab", "é", "e\u{301}", "日本", " ", "\n", "🙂", "👩‍👩‍👧", "aa", "\"", "\\", "\u{1}", "b"]

    @Test("any pieces in any split, from any place, by each method, give the answer once")
    func property() {
        var random = LoopRandom(seed: 7)
        for _ in 0..<600 {
            let scalars = (0..<Int.random(in: 1...15, using: &random)).flatMap { _ in
                Array((Self.words.randomElement(using: &random) ?? "").unicodeScalars)
            }
            let cut = Int.random(in: 0...scalars.count, using: &random)
            let text = Self.text(scalars[...])
            let given = AnswerChunks(Self.pieces(scalars[..<cut], &random)).broken
            let method: ResumeMethod = Bool.random(using: &random) ? .prefill : .again
            var (stream, wire) = Base.broken(given)
            let prefill = stream.prefill ?? ""
            stream.resume(method)
            let isWhole = method == .again || Bool.random(using: &random)
            let says = isWhole ? scalars[...] : scalars[prefill.unicodeScalars.count...]
            // A continuation that begins with all of the delivered text cannot be told from a repeated prefill.
            if !isWhole, Self.text(says).utf8.starts(with: given.text.utf8) { continue }
            let bytes = AnswerChunks.second(Self.pieces(says, &random), usage: 5).bytes
            wire += Base.feed(Self.parts(bytes, &random), to: &stream) ?? []
            Base.expectOne(wire, text, usage: 5)
        }
    }

    @Test(
        "a character whose escapes or bytes are split arrives whole",
        arguments: [
            (#"🙂"#, "🙂"), (#"\ud83d\ude42"#, "🙂"), (#"\u00e9"#, "é"), ("日", "日"), (#"\"\\\n"#, "\"\\\n"),
        ])
    func escapes(content: String, plain: String) {
        func answer(_ id: String, _ text: String, _ end: String) -> [UInt8] {
            let head = #"data: {"id":"\#(id)","object":"chat.completion.chunk","created":1,"model":"m","choices":"#
            let body = #"[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":null}]}"#
            return Array("\(head)\(body)\n\n\(end)".utf8)
        }
        let end =
            #"data: {"id":"2","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n"
        let bytes = answer("2", "It is \(content), said twice: \(content)", end)
        for cut in 0...bytes.count {
            var stream = ResumableStream()
            let first = answer("1", "It is \(content)", "")
            #expect(stream.take(first) == first)
            stream.resume(.again)
            let shown = Base.feed([Array(bytes[..<cut]), Array(bytes[cut...])], to: &stream)
            let received = ReceivedStream(first + (shown ?? []))
            #expect(received.text == "It is \(plain), said twice: \(plain)")
            #expect(received.ids == ["1"])
            #expect(received.isDone && !received.isBroken)
        }
    }

    @Test("letters that look alike are different text")
    func composed() {
        var (stream, _) = Base.broken(AnswerChunks("caf\u{e9}").broken)
        stream.resume(.again)
        #expect(stream.take(AnswerChunks.second(["cafe\u{301} noir"]).bytes) == nil)
    }

    @Test("the old format is continued alike", arguments: ResumeMethod.allCases)
    func legacy(method: ResumeMethod) {
        let bytes = AnswerChunks.second(Base.whole, usage: 6).legacy.bytes
        for cut in Base.splits(of: bytes) {
            var (stream, wire) = Base.broken(AnswerChunks(Base.given).broken.legacy)
            #expect(stream.delivered.value == "The quick brown")
            stream.resume(method)
            wire += Base.feed([Array(bytes[..<cut]), Array(bytes[cut...])], to: &stream) ?? []
            Base.expectOne(wire, "The quick brown fox jumps.", usage: 6, isChat: false)
        }
    }

    @Test("logprobs and a second choice of the old format cannot be continued")
    func legacyStructure() {
        for more: JSONObject in [["logprobs": ["tokens": []]], ["index": 1]] {
            var (stream, _) = Base.broken(AnswerChunks(Base.given).broken.legacy)
            _ = stream.take(AnswerChunks().legacy.event(["content": "b"], more: more))
            #expect(stream.delivered.state == .other)
        }
    }

    @Test("comments of a later attempt are left out, and other line ends are read")
    func comments() {
        var (stream, wire) = Base.broken()
        stream.resume(.again)
        var answer = String(decoding: AnswerChunks.second(Base.whole).bytes, as: UTF8.self)
        answer = ": thinking\r\n\r\n" + answer.replacing("\n", with: "\r\n")
        let shown = stream.take(Array(answer.utf8)) ?? []
        #expect(!shown.starts(with: ":".utf8))
        wire += shown
        Base.expectOne(wire, "The quick brown fox jumps.")
    }

    @Test("a finish reason that comes with text ends the answer after it")
    func compact() {
        var (stream, wire) = Base.broken()
        stream.resume(.prefill)
        wire += stream.take(AnswerChunks.second([" fox", " jumps."], usage: 8).compact.bytes) ?? []
        Base.expectOne(wire, "The quick brown fox jumps.", usage: 8)
    }

    // MARK: Pieces

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    private static func pieces(_ scalars: ArraySlice<Unicode.Scalar>, _ random: inout LoopRandom) -> [String] {
        var (pieces, left) = ([String](), scalars)
        while !left.isEmpty {
            let count = Int.random(in: 1...min(4, left.count), using: &random)
            pieces.append(text(left.prefix(count)))
            left = left.dropFirst(count)
        }
        return pieces
    }

    private static func parts(_ bytes: [UInt8], _ random: inout LoopRandom) -> [[UInt8]] {
        var (parts, left) = ([[UInt8]](), bytes[...])
        while !left.isEmpty {
            let count = Int.random(in: 1...min(200, left.count), using: &random)
            parts.append(Array(left.prefix(count)))
            left = left.dropFirst(count)
        }
        return parts
    }
}
