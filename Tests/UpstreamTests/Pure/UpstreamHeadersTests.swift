import CCurl
import Testing

@testable import Upstream

@Suite("Headers")
struct UpstreamHeadersTests {
    private func lines(_ headers: UpstreamHeaders) -> [String] {
        var lines: [String] = []
        var node = headers.list
        while let current = node {
            lines.append(String(cString: current.pointee.data))
            node = current.pointee.next
        }
        return lines
    }

    @Test("Lines in order, with libcurl's own additions turned off")
    func order() throws {
        let headers = try UpstreamHeaders([
            ("Authorization", "Bearer k"), ("content-type", "application/json"), ("X-E", ""),
        ])
        #expect(
            self.lines(headers) == ["Expect:", "Authorization: Bearer k", "content-type: application/json", "X-E;"])
        #expect(self.lines(.none) == ["Expect:", "Content-Type:"])
    }

    @Test(
        "What would break a request is refused",
        arguments: [
            ("", "v"), ("a b", "v"), ("a:", "v"), ("a\r\nb", "v"), ("ä", "v"), ("x", "a\r\nInjected: 1"),
            ("x", "a\u{0}b"),
            ("x", "\u{7F}"), ("Content-Length", "3"), ("transfer-encoding", "chunked"), ("Connection", "close"),
            ("EXPECT", "100-continue"), ("Upgrade", "h2c"), ("Te", "trailers"),
        ])
    func refused(name: String, value: String) {
        #expect(throws: UpstreamHeaders.InvalidHeader.self) { try UpstreamHeaders([("ok", "1"), (name, value)]) }
    }

    @Test("Errors name the header, never its value")
    func noSecrets() {
        let error = #expect(throws: UpstreamHeaders.InvalidHeader.self) {
            try UpstreamHeaders([("Authorization", "Bearer sk-secret\n")])
        }
        #expect(error?.description == "header \"Authorization\": the value holds a control character")
    }

    @Test("Tabs and non-ASCII bytes in values are fine")
    func accepted() throws {
        #expect(self.lines(try UpstreamHeaders([("X", "a\tb é")])).last == "X: a\tb é")
    }
}
