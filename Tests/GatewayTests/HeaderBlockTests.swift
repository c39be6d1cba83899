import NIOHTTP1
import Testing

@testable import Gateway

@Suite("Response headers as bytes")
struct HeaderBlockTests {
    private func text(_ block: HeaderBlock) -> String { String(decoding: block.bytes, as: UTF8.self) }

    @Test("each header is one line, in the order it was added")
    func lines() {
        var block: HeaderBlock = ["content-type": "text/plain"]
        block.add("x-count", 42)
        block.add("x-request-id", "req_", "ab")
        block.add("x-fixed", "yes")
        #expect(text(block) == "content-type: text/plain\r\nx-count: 42\r\nx-request-id: req_ab\r\nx-fixed: yes\r\n")
    }

    @Test("numbers of every size", arguments: [0, 9, 10, -1, Int.max, Int.min])
    func numbers(value: Int) {
        var block = HeaderBlock()
        block.add("n", value)
        #expect(text(block) == "n: \(value)\r\n")
    }

    @Test("a value cannot begin a line of its own", arguments: ["a\r\nset-cookie: b", "a\nb", "a\rb", "a\0b"])
    func splitting(value: String) {
        var block = HeaderBlock()
        block.add("x-model", value)
        block.add(String("x-other"), value)
        let lines = text(block).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3)
        #expect(!text(block).utf8.contains(0))
    }

    @Test("blocks are appended whole")
    func blocks() {
        var block: HeaderBlock = ["a": "1"]
        block.add(["b": "2"] as HeaderBlock)
        #expect(text(block) == "a: 1\r\nb: 2\r\n")
    }
}

@Suite("Request headers the gateway reads")
struct RequestFieldsTests {
    @Test("each is found by its name in any case, the first of a repeated one counts")
    func found() {
        let fields = RequestFields([
            "AUTHORIZATION": "Bearer a", "authorization": "Bearer b", "X-Api-Key": "c", "api-key": "d",
            "Content-Length": "5", "EXPECT": "100-continue", "x-Martlet-Timeout": "20s",
        ])
        #expect(fields.authorization == "Bearer a")
        #expect(fields.xAPIKey == "c")
        #expect(fields.apiKey == "d")
        #expect(fields.contentLength == "5")
        #expect(fields.expect == "100-continue")
        #expect(fields.timeout == "20s")
    }

    @Test(
        "names of the same length are not mistaken",
        arguments: ["authorizatiom", "x-api-kex", "content-lengtg", "exPecs"])
    func others(name: String) {
        let fields = RequestFields([(name, "v")].reduce(into: HTTPHeaders()) { $0.add(name: $1.0, value: $1.1) })
        #expect(fields.authorization == nil && fields.xAPIKey == nil)
        #expect(fields.contentLength == nil && fields.expect == nil)
    }

    @Test("a name that differs in bit five alone is another name")
    func caseFolding() {
        // `\r` would fold to `-` if every byte were lowered by setting a bit.
        let fields = RequestFields(
            [("api\u{0D}key", "v")].reduce(into: HTTPHeaders()) { $0.add(name: $1.0, value: $1.1) })
        #expect(fields.apiKey == nil)
    }
}
