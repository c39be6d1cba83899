import Testing
import WireJSON

@testable import FakeProvider

@Suite("Scripted answers, on paper")
struct ScriptedAnswerTests {
    private let request = FakeRequest(
        method: "POST", uri: "/", headers: [], body: [], keepAlive: true, allowsChunked: true)

    private func sends(_ answer: ScriptedAnswer) -> [String] {
        let playback = answer.playback(for: request)
        var start = 0
        return playback.sends.map { send in
            defer { start = send.end }
            return String(decoding: playback.bytes[start..<send.end], as: UTF8.self)
        }
    }

    @Test("Headers are kept as given; only a missing length is added")
    func headers() {
        let answer = ScriptedAnswer(
            status: 299, headers: [FakeHeader("X-UPPER", "a"), FakeHeader("x-upper", "b")], body: Array("hi".utf8))
        #expect(
            sends(answer) == ["HTTP/1.1 299 Status 299\r\nX-UPPER: a\r\nx-upper: b\r\ncontent-length: 2\r\n\r\n", "hi"])
        var named = ScriptedAnswer(headers: [FakeHeader("Content-Length", "9")], body: Array("hi".utf8))
        named.reason = "Fine"
        #expect(sends(named) == ["HTTP/1.1 200 Fine\r\nContent-Length: 9\r\n\r\n", "hi"])
    }

    @Test(
        "Splits",
        arguments: [
            (.whole, ["abcdef"]), (.every(4), ["abcd", "ef"]), (.every(0), ["a", "b", "c", "d", "e", "f"]),
            (.sizes([1, 2]), ["a", "bc", "def"]), (.sizes([0, -1, 99]), ["abcdef"]), (.sizes([]), ["abcdef"]),
        ] as [(ScriptedAnswer.Split, [String])])
    func splits(split: ScriptedAnswer.Split, parts: [String]) {
        var answer = ScriptedAnswer(headers: [FakeHeader("content-length", "6")], body: Array("abcdef".utf8))
        answer.split = split
        #expect(Array(sends(answer).dropFirst()) == parts)
    }

    @Test(
        "Streams are cut after events, with LF or CRLF, or after lines",
        arguments: [
            ("data: 1\n\ndata: 2\n\n", ["data: 1\n\n", "data: 2\n\n"]),
            ("data: 1\r\n\r\ndata: 2\r\n\r\nrest", ["data: 1\r\n\r\n", "data: 2\r\n\r\n", "rest"]),
            ("{\"a\":1}\n{\"b\":2}", ["{\"a\":1}\n", "{\"b\":2}"]), ("plain", ["plain"]),
        ])
    func events(body: String, parts: [String]) {
        var answer = ScriptedAnswer.events(body)
        answer.headers.append(FakeHeader("content-length", String(body.utf8.count)))
        #expect(Array(sends(answer).dropFirst()) == parts)
    }

    @Test("A split answer without a length is chunked, and a cut one has no last chunk")
    func chunked() throws {
        let whole = ScriptedAnswer.events("data: 1\n\n").playback(for: request)
        let answer = try #require(RawAnswer.parse(whole.bytes, isOver: true))
        #expect(answer.isComplete)
        #expect(answer.text == "data: 1\n\n")
        let cut = ScriptedAnswer.events("data: 1\n\n", ending: .cut).playback(for: request)
        #expect(RawAnswer.parse(cut.bytes, isOver: true)?.isComplete == false)
        #expect(cut.ending == .close)
    }

    @Test("Raw bytes go out untouched")
    func raw() {
        let answer = ScriptedAnswer.raw(Array("not HTTP at all".utf8), split: .every(8))
        #expect(sends(answer) == ["", "not HTTP", " at all"])
        #expect(answer.playback(for: request).ending == .close)
    }

    @Test(
        "Delays are microseconds, bounded",
        arguments: [
            (.milliseconds(5), 5000), (.seconds(-1), 0), (.seconds(1_000_000), 3_600_000_000), (.microseconds(1), 1),
            (.nanoseconds(999), 0),
        ] as [(Duration, Int)])
    func delays(duration: Duration, microseconds: Int) {
        #expect(duration.microseconds == microseconds)
    }

    @Test("The JSON form of a script")
    func document() throws {
        let script = try ScriptDocument(
            [
                "match": [
                    "method": "POST", "path": "/v1/*", "model": "m", "header": ["x-a": "1"], "body_contains": "hi",
                ],
                "times": 0, "status": 418, "reason": "Teapot", "headers": [["A", "1"], ["A", "2"]], "body": "tea",
                "chunks": ["sizes": [1], "delay_ms": 3], "late_ms": 4, "ending": "reset",
            ], recordings: [:])
        #expect(script.times == nil)
        #expect(script.match.path == "/v1/*")
        #expect(script.match.header == FakeHeader("x-a", "1"))
        #expect(script.answer.status == 418)
        #expect(script.answer.headers == [FakeHeader("A", "1"), FakeHeader("A", "2")])
        #expect(script.answer.split == .sizes([1]))
        #expect(script.answer.gap == .milliseconds(3))
        #expect(script.answer.late == .milliseconds(4))
        #expect(script.answer.ending == .reset)
    }

    @Test("Bodies as base64, JSON, raw bytes and recordings")
    func bodies() throws {
        #expect(try ScriptDocument(["body_base64": "aGk="], recordings: [:]).answer.body == Array("hi".utf8))
        let json = try ScriptDocument(["json": ["a": 1]], recordings: [:]).answer
        #expect(json.body == Array(#"{"a":1}"#.utf8))
        #expect(json.headers == [FakeHeader("content-type", "application/json")])
        let raw = try ScriptDocument(["raw_base64": "aGk="], recordings: [:]).answer
        #expect(raw.isRaw)
        #expect(raw.ending == .cut)
        let recorded = ScriptedAnswer(status: 203, body: [1])
        #expect(try ScriptDocument(["case": "a/b", "times": 3], recordings: ["a/b": recorded]).answer == recorded)
    }

    @Test(
        "A script that cannot be read says why",
        arguments: [
            ([], "a script must be an object"), (["nope": 1], "unknown member 'nope'"),
            (["status": "x"], "bad value for 'status'"),
            (["case": "x"], "no recording named 'x'"), (["match": ["nope": 1]], "unknown member 'match.nope'"),
            (["chunks": ["nope": 1]], "unknown member 'chunks.nope'"),
            (["body_base64": "!"], "bad value for 'body_base64'"),
            (["ending": "nope"], "bad value for 'ending'"), (["match": 1], "bad value for 'match'"),
        ] as [(JSONValue, String)])
    func badDocuments(document: JSONValue, message: String) {
        #expect(throws: FakeSpecError(message: message)) { try ScriptDocument(document, recordings: [:]) }
    }
}
