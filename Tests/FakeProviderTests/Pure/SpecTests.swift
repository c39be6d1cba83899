import Testing

@testable import FakeProvider

@Suite("Specs")
struct SpecTests {
    private func behaviour(header text: String) throws(FakeSpecError) -> FakeBehaviour {
        var behaviour = FakeBehaviour()
        try behaviour.apply(FakeSpec.items(inHeader: text))
        return behaviour
    }

    private func behaviour(model name: String) throws(FakeSpecError) -> FakeBehaviour {
        var behaviour = FakeBehaviour()
        try behaviour.apply(FakeSpec.items(inModel: name))
        return behaviour
    }

    @Test("A header lists items with and without values")
    func header() throws {
        let read = try behaviour(header: " cut=3 ; late=500ms;reset; header=x-a: b ;header=x-c:d")
        #expect(read.cut == 3)
        #expect(read.late == 500_000)
        #expect(read.reset)
        #expect(read.headers == [FakeHeader("x-a", "b"), FakeHeader("x-c", "d")])
    }

    @Test("Header values are percent-decoded, so that they can hold separators")
    func percentDecoded() throws {
        #expect(try behaviour(header: "body=a%3Bb%3Dc%0A;text=caf%C3%A9").body == "a;b=c\n")
        #expect(try behaviour(header: "text=100%;size=1").text == "100%")
    }

    @Test("An empty header asks for nothing", arguments: ["", ";", " ; ; "])
    func emptyHeader(text: String) throws {
        #expect(try behaviour(header: text) == FakeBehaviour())
    }

    @Test(
        "A model name carries a spec after `fake-`",
        arguments: [
            "fake-late-200ms-cut-2", "gpt-4o-fake-late-200ms-cut-2", "vendor/fake-late-200ms-cut-2",
            "vendor/model-fake-late-200ms-cut-2:free", "models:fake-late-200ms-cut-2",
        ])
    func model(name: String) throws {
        let read = try behaviour(model: name)
        #expect(read.late == 200_000)
        #expect(read.cut == 2)
    }

    @Test("Kinds and flags work in model names")
    func modelKinds() throws {
        let read = try behaviour(model: "fake-error-rate_limit-retry-1500ms-nodone")
        #expect(read.error == .rateLimit)
        #expect(read.retry == 1_500_000)
        #expect(read.nodone)
    }

    @Test(
        "Names without a spec are ordinary models",
        arguments: ["gpt-4o", "fake-model", "fake-", "fake", "my-fakecut-3", "unfake-cut-3x", "claude-sonnet-4-5"])
    func plainModel(name: String) throws {
        #expect(try FakeSpec.items(inModel: name).isEmpty)
    }

    @Test(
        "Durations",
        arguments: [
            ("250us", 250), ("5ms", 5000), ("7", 7000), ("2s", 2_000_000), ("1m", 60_000_000), ("0", 0),
        ] as [(String, Int)])
    func durations(text: String, microseconds: Int) {
        #expect(FakeSpec.duration(text) == microseconds)
    }

    @Test(
        "Bad durations",
        arguments: ["", "ms", "-1s", "1.5s", "2h", "99999999999999999999s", "9223372036854775807s", "25000m"])
    func badDurations(text: String) {
        #expect(FakeSpec.duration(text) == nil)
    }

    @Test("Counts", arguments: [("0", 0), ("12", 12), ("64k", 65536), ("2M", 2_097_152)] as [(String, Int)])
    func counts(text: String, count: Int) {
        #expect(FakeSpec.count(text) == count)
    }

    @Test("Bad counts", arguments: ["", "k", "-1", "1.5", "1G", "9223372036854775807k", "257M"])
    func badCounts(text: String) {
        #expect(FakeSpec.count(text) == nil)
    }

    @Test(
        "A spec that cannot be read names the item",
        arguments: [
            ("cutt=3", "unknown item 'cutt'"), ("cut=x", "bad value for 'cut': 'x'"), ("cut", "'cut' needs a value"),
            ("reset=1", "'reset' takes no value"), ("status=99", "'status' must be from 200 to 599"),
            ("status=600", "'status' must be from 200 to 599"), ("error=nope", "bad value for 'error': 'nope'"),
            ("as=nope", "bad value for 'as': 'nope'"), ("header=x", "'header' needs NAME:VALUE"),
            ("header=a b:c", "'header' needs NAME:VALUE"), ("header=a:b%0D%0Ac", "'header' needs NAME:VALUE"),
            ("drip=0", "'drip', 'size' and 'every' must be at least 1"),
            ("chunks=1000000;size=1M", "an answer this large is not served"),
        ])
    func errors(text: String, message: String) {
        #expect(throws: FakeSpecError(message: message)) { try behaviour(header: text) }
    }

    @Test("A model spec that goes wrong in its middle is an error, not an ordinary name")
    func badModel() {
        #expect(throws: FakeSpecError(message: "unknown item 'oops'")) { try behaviour(model: "fake-cut-3-oops") }
        #expect(throws: FakeSpecError(message: "'cut' needs a value")) { try behaviour(model: "fake-late-1s-cut") }
    }

    @Test("Later items override earlier ones, item by item")
    func overriding() throws {
        var read = FakeBehaviour()
        try read.apply(FakeSpec.items(inHeader: "cut=3;late=1s"))
        try read.apply(FakeSpec.items(inModel: "fake-cut-5"))
        #expect(read.cut == 5)
        #expect(read.late == 1_000_000)
    }

    @Test("`cut` and `stall` may end right after the head", arguments: ["cut", "stall"])
    func head(name: String) throws {
        let read = try behaviour(header: "\(name)=head")
        #expect((name == "cut" ? read.cut : read.stall) == -1)
        #expect(throws: FakeSpecError.self) { try behaviour(header: "fail=head") }
    }

    @Test("Every item of the table is known, and takes a value or not")
    func allItems() {
        let flags = [
            "stamp", "refuse", "reset", "silent", "noend", "nodone", "whole", "sse", "empty", "nolength", "close",
            "refusal",
        ]
        let valued = [
            "status", "error", "retry", "message", "body", "header", "type", "as", "mode", "case", "every", "first",
            "id",
            "late", "ttft", "gap", "chunks", "size", "drip", "huge", "pings", "cut", "stall", "malformed", "badframe",
            "fail",
            "in", "out", "cached", "usage", "thinking", "finish", "text", "call",
        ]
        for name in flags { #expect(FakeBehaviour.takesValue(name) == false, "\(name)") }
        for name in valued { #expect(FakeBehaviour.takesValue(name) == true, "\(name)") }
        #expect(FakeBehaviour.takesValue("nope") == nil)
    }

    @Test("Random text never traps", arguments: 0..<40 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words = [
            "fake-", "cut", "late", "=", ";", "-", "3", "9999999999999999999", "ms", "%", "%3", "head", ":", "/", "é",
            " ", "status",
        ]
        for _ in 0..<200 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in words.randomElement(using: &random) ?? ""
            }.joined()
            _ = try? behaviour(header: text)
            _ = try? behaviour(model: text)
        }
    }
}
