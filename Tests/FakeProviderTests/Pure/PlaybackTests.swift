import Testing
import WireJSON

@testable import FakeProvider

@Suite("Playbacks")
struct PlaybackTests {
    private func request(_ method: String = "POST", keepAlive: Bool = true, allowsChunked: Bool = true) -> FakeRequest {
        FakeRequest(
            method: method, uri: "/", headers: [], body: [], keepAlive: keepAlive, allowsChunked: allowsChunked)
    }

    /// Three content frames between an opening, an ending and a marker.
    private var stream: FakeAnswer {
        var body = FrameBuffer()
        for (kind, text) in [
            (.opening, "o;"), (.content, "1;"), (.content, "2;"), (.content, "3;"), (.ending, "e;"), (.marker, "m;"),
        ] as [(FrameBuffer.Frame.Kind, String)] {
            body.add(kind) { $0.add(text) }
        }
        return FakeAnswer(headers: [FakeHeader("content-type", "text/event-stream")], body: body, isStream: true)
    }

    private func play(_ spec: String, _ answer: FakeAnswer? = nil, _ request: FakeRequest? = nil) throws -> Playback {
        var behaviour = FakeBehaviour()
        try behaviour.apply(FakeSpec.items(inHeader: spec))
        let builder = PlaybackBuilder(
            behaviour: behaviour, request: request ?? self.request(), failureFrame: Array("FAIL;".utf8))
        return builder.playback(of: answer ?? stream)
    }

    private func body(_ playback: Playback) throws -> RawAnswer {
        try #require(RawAnswer.parse(playback.bytes, isOver: true))
    }

    @Test("Without faults the frames are HTTP chunks, sent in one go")
    func plain() throws {
        let playback = try play("")
        let answer = try body(playback)
        #expect(answer.text == "o;1;2;3;e;m;")
        #expect(answer.chunks.count == 6)
        #expect(answer.isComplete)
        #expect(playback.sends == [Playback.Send(end: playback.bytes.count, chunks: 3)])
        #expect(playback.ending == .keepAlive)
    }

    @Test("A whole body has a length")
    func whole() throws {
        let playback = try play("", .json(["a": 1]))
        let answer = try body(playback)
        #expect(answer.header("content-length") == "7")
        #expect(answer.text == #"{"a":1}"#)
    }

    @Test(
        "Faults hit exactly after the chunk they name",
        arguments: [
            ("cut=0", "o;", .close), ("cut=1", "o;1;", .close), ("cut=3", "o;1;2;3;", .close),
            ("cut=9", "o;1;2;3;", .close),
            ("cut=head", "", .close), ("cut=2;reset", "o;1;2;", .reset), ("stall=2", "o;1;2;", .silence),
            ("stall=head", "", .silence), ("fail=0", "o;FAIL;", .keepAlive), ("fail=2", "o;1;2;FAIL;", .keepAlive),
            ("fail=7", "o;1;2;3;FAIL;", .keepAlive), ("noend", "o;1;2;3;", .keepAlive),
            ("nodone", "o;1;2;3;e;", .keepAlive),
            ("empty", "", .keepAlive), ("close", "o;1;2;3;e;m;", .close), ("nolength", "o;1;2;3;e;m;", .close),
        ] as [(String, String, Playback.Ending)])
    func places(spec: String, text: String, ending: Playback.Ending) throws {
        let playback = try play(spec)
        let answer = try body(playback)
        #expect(answer.text == text)
        #expect(playback.ending == ending)
        #expect(playback.isComplete == (ending == .keepAlive || spec == "close" || spec == "nolength"))
        #expect(answer.isComplete == playback.isComplete)
        #expect(playback.sends.last?.end == playback.bytes.count)
    }

    @Test(
        "A malformed event replaces nothing: it comes after N chunks and the stream goes on", arguments: [0, 1, 3, 50])
    func malformed(place: Int) throws {
        let answer = try body(play("malformed=\(place)"))
        #expect(answer.chunks.count == 7)
        #expect(String(decoding: answer.chunks[1 + min(place, 3)], as: UTF8.self).hasPrefix("data: {\"id\":\"broken\""))
        #expect(answer.isComplete)
    }

    @Test("A bad HTTP chunk ends the connection")
    func badframe() throws {
        let playback = try play("badframe=1")
        #expect(String(decoding: playback.bytes, as: UTF8.self).hasSuffix("1;\r\nzz\r\nno chunk size\r\n"))
        #expect(playback.ending == .close)
        let whole = try play("badframe=0", .json(["a": 1]))
        #expect(String(decoding: whole.bytes, as: UTF8.self).hasSuffix("zz\r\nno chunk size\r\n"))
    }

    @Test("A whole body is cut in its middle, or made unreadable at its length")
    func wholeFaults() throws {
        let json = FakeAnswer.json(["a": "0123456789"])
        #expect(try body(play("cut=1", json)).body.count == json.body.bytes.count / 2)
        #expect(try body(play("cut=0", json)).body.isEmpty)
        #expect(try play("stall=1", json).ending == .silence)
        let broken = try body(play("malformed=0", json))
        #expect(broken.body.count == json.body.bytes.count)
        #expect(broken.json == .null)
        #expect(broken.isComplete)
    }

    @Test("Pauses come where they were asked for")
    func pauses() throws {
        let playback = try play("late=1s;ttft=2s;gap=3s")
        #expect(playback.sends.map(\.pause) == [1_000_000, 2_000_000, 3_000_000, 3_000_000])
        #expect(playback.sends.map(\.chunks) == [0, 1, 1, 1])
        // The head and the opening leave together, before the first chunk.
        let first = String(decoding: playback.bytes[..<playback.sends[0].end], as: UTF8.self)
        #expect(first.contains("\r\n\r\n"))
        #expect(first.contains("o;"))
        #expect(try play("gap=3s", .json([:])).sends.map(\.pause) == [0])
    }

    @Test("Dripping cuts across frames and keeps every byte", arguments: [1, 3, 7, 1000])
    func drip(size: Int) throws {
        let playback = try play("drip=\(size);gap=5ms;late=1s")
        #expect(try body(playback).text == "o;1;2;3;e;m;")
        #expect(playback.sends.reduce(0) { $0 + $1.chunks } == 3)
        #expect(playback.sends.first?.pause == 1_000_000)
        #expect(playback.sends.dropFirst().allSatisfy { $0.pause == 5000 })
        for (left, right) in zip(playback.sends, playback.sends.dropFirst()) {
            #expect(right.end - left.end <= size)
            #expect(right.end > left.end)
        }
    }

    @Test("Stamps point at the digits behind the mark")
    func stamps() throws {
        var answer = stream
        answer.body = FrameBuffer()
        answer.body.add(.content) { $0.add("data: \"@0000000000000000 a\"\n\n") }
        answer.body.add(.content) { $0.add("data: \"@0000000000000000 b\"\n\n") }
        let playback = try play("stamp", answer)
        let places = playback.sends.compactMap(\.stampAt)
        #expect(places.count == 2)
        for place in places {
            #expect(playback.bytes[place - 1] == UInt8(ascii: "@"))
            #expect(playback.bytes[place..<(place + 16)].allSatisfy { $0 == UInt8(ascii: "0") })
        }
    }

    @Test("Some answers have no body, and HTTP/1.0 has no chunks")
    func bodiless() throws {
        let head = try play("", .json(["a": 1]), request("HEAD"))
        #expect(String(decoding: head.bytes, as: UTF8.self).contains("content-length: 7\r\n"))
        #expect(String(decoding: head.bytes, as: UTF8.self).hasSuffix("\r\n\r\n"))
        let none = try play("", .empty(status: 204))
        #expect(!String(decoding: none.bytes, as: UTF8.self).contains("content-length"))
        let old = try play("", stream, request(keepAlive: false, allowsChunked: false))
        #expect(!String(decoding: old.bytes, as: UTF8.self).contains("chunked"))
        #expect(old.ending == .close)
    }

    @Test("Status, content type and headers are overridden")
    func overrides() throws {
        let answer = try body(play("status=201;type=html;header=x-a:1;header=Content-Type:x/y", .json([:])))
        #expect(answer.status == 201)
        #expect(answer.header("content-type") == "x/y")
        #expect(answer.header("x-a") == "1")
        #expect(try body(play("type=none", .json([:]))).header("content-type") == nil)
        #expect(try body(play("type=a/b", .json([:]))).header("content-type") == "a/b")
    }

    @Test(
        "Some specs want no answer at all",
        arguments: [
            ("refuse", .close), ("reset", .reset), ("silent", .silence), ("cut=1;reset", nil), ("late=1s", nil),
        ] as [(String, Playback.Ending?)])
    func without(spec: String, ending: Playback.Ending?) throws {
        var behaviour = FakeBehaviour()
        try behaviour.apply(FakeSpec.items(inHeader: spec + ";late=2s"))
        let playback = PlaybackBuilder(behaviour: behaviour, request: request()).withoutAnswer()
        #expect(playback?.ending == ending)
        if let playback { #expect(playback.endingPause == 2_000_000) }
    }

    @Test("Any combination of faults makes a playback that holds together", arguments: 0..<60 as Range<UInt64>)
    func property(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let items = [
            "late=1ms", "ttft=1ms", "gap=1ms", "drip=3", "cut=1", "stall=2", "malformed=1", "badframe=2", "fail=1",
            "noend",
            "nodone", "empty", "nolength", "close", "status=500", "type=none", "stamp", "reset",
        ]
        for _ in 0..<40 {
            let spec = items.shuffled(using: &random).prefix(Int.random(in: 0...5, using: &random)).joined(
                separator: ";")
            for answer in [stream, .json(["a": 1]), .empty(status: 204)] {
                let playback = try play(
                    spec, answer, request(["POST", "HEAD"].randomElement(using: &random) ?? "POST"))
                #expect(playback.sends.last?.end == playback.bytes.count, "\(spec)")
                #expect(zip(playback.sends, playback.sends.dropFirst()).allSatisfy { $0.end <= $1.end }, "\(spec)")
                #expect(playback.sends.allSatisfy { $0.pause >= 0 && $0.chunks >= 0 })
            }
        }
    }
}
