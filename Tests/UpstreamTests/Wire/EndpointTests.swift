import Testing

@testable import Upstream

@Suite("Request heads")
struct EndpointTests {
    private func head(_ request: UpstreamRequest) throws -> String {
        let table = HostTable(budgets: BudgetBook(), offersHTTP2: false, userAgent: "agent")
        let endpoint = try #require(table.endpoint(for: request))
        var first: [UInt8] = []
        endpoint.render(request, into: &first)
        var second: [UInt8] = [0x21]
        endpoint.render(request, into: &second)
        #expect(second == [0x21] + first, "the second time it comes from the cache")
        return first.text
    }

    @Test("What is sent, in this order")
    func order() throws {
        var request = UpstreamRequest(
            url: "https://api.example/v1/x?y=%20#z",
            headers: try UpstreamHeaders([("Authorization", "Bearer k"), ("X-E", " ")]), body: [1, 2, 3],
            delivery: .whole)
        request.extraHeaders = [("X-Extra", "1")]
        #expect(
            try self.head(request)
                == "POST /v1/x?y=%20 HTTP/1.1\r\nHost: api.example\r\nUser-Agent: agent\r\nAccept: */*\r\nX-Extra: 1\r\n"
                + "Authorization: Bearer k\r\nX-E:\r\nContent-Length: 3\r\n\r\n")
    }

    @Test(
        "Host and target",
        arguments: [
            ("http://h", "/", "h"), ("http://h?q", "/?q", "h"), ("http://h:80/", "/", "h"),
            ("http://h:443/", "/", "h:443"), ("https://h:443/a/../b", "/b", "h"), ("https://h:8443", "/", "h:8443"),
            ("http://[::1]:81/", "/", "[::1]:81"), ("http://0x7f.1/", "/", "127.0.0.1"),
        ])
    func parts(url: String, target: String, host: String) throws {
        let head = try self.head(UpstreamRequest(method: "GET", url: url, delivery: .whole))
        #expect(head.hasPrefix("GET \(target) HTTP/1.1\r\nHost: \(host)\r\n"))
        #expect(!head.contains("Content-Length"))
    }

    @Test("What a request names itself takes the place of the transport's own")
    func overrides() throws {
        let headers = try UpstreamHeaders([("HOST", "other"), ("accept", "text/plain"), ("User-Agent", "mine")])
        let head = try self.head(
            UpstreamRequest(method: "DELETE", url: "http://u:p@h/", headers: headers, delivery: .whole))
        #expect(
            head == "DELETE / HTTP/1.1\r\nAuthorization: Basic dTpw\r\nHOST: other\r\naccept: text/plain\r\n"
                + "User-Agent: mine\r\n\r\n")
        var own = UpstreamRequest(url: "http://u:p@h/", delivery: .whole)
        own.extraHeaders = [("authorization", "Bearer k")]
        #expect(!(try self.head(own).contains("Basic")))
        #expect(try self.head(own).hasSuffix("authorization: Bearer k\r\nContent-Length: 0\r\n\r\n"))
    }

    @Test("Two keys of one provider do not get each other's head, nor do two methods")
    func cache() throws {
        let table = HostTable(budgets: BudgetBook(), offersHTTP2: false)
        let keys = try (0..<20).map { try UpstreamHeaders([("Authorization", "key \($0)")]) }
        for round in 0..<3 {
            for (index, headers) in keys.enumerated() {
                let method = (index + round) % 2 == 0 ? "POST" : "PUT"
                let request = UpstreamRequest(method: method, url: "http://h/", headers: headers, delivery: .whole)
                var head: [UInt8] = []
                try #require(table.endpoint(for: request)).render(request, into: &head)
                #expect(head.text.contains("Authorization: key \(index)\r\n"))
                #expect(head.text.hasPrefix(method))
            }
        }
    }

    @Test("URLs that libcurl would not connect to", arguments: ["http://h:99999/", "http://h:0/", "http://[::1/"])
    func refused(url: String) {
        #expect(URLParts(url: url, isSecure: false) == nil)
    }

    @Test(
        "Credentials in the URL",
        arguments: [("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("", ""), ("~~~?>", "fn5+Pz4=")])
    func base64(text: String, expected: String) {
        #expect(Base64.encode(Array(text.utf8)).text == expected)
    }

    @Test("A password is percent-decoded")
    func password() throws {
        let parts = try #require(URLParts(url: "http://me:p%40ss@h/", isSecure: false))
        #expect(parts.user == "me")
        #expect(parts.password == "p@ss")
        #expect(parts.authority == "h")
    }
}
