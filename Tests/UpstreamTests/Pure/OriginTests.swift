import Testing

@testable import Upstream

@Suite("Origins")
struct OriginTests {
    @Test(
        "Scheme, authority and host",
        arguments: [
            ("https://api.openai.com/v1/x?y#z", "https://api.openai.com", "api.openai.com", true),
            ("HTTP://Host:8080", "http://Host:8080", "Host", false),
            ("http://[::1]:80/a", "http://[::1]:80", "[::1]", false),
            ("https://user:p@ss@host:1/x", "https://user:p@ss@host:1", "host", true),
            ("http://h?q", "http://h", "h", false), ("http://h#f", "http://h", "h", false),
        ])
    func parts(url: String, text: String, host: String, isSecure: Bool) throws {
        let origin = try #require(Origin(url: url))
        #expect(origin.text == text)
        #expect(origin.host == host)
        #expect(origin.isSecure == isSecure)
    }

    @Test(
        "What is not taken",
        arguments: [
            "", "api.openai.com", "/v1", "ftp://h/", "file:///etc/passwd", "http:", "http:/h", "http://", "http:///x",
            "http://h\u{0}evil/", "http://h/a b", "http://h/\r\nX: y", "http://hä/", "gopher://h", "://h",
            "http://:80/",
        ])
    func refused(url: String) {
        #expect(Origin(url: url) == nil)
    }

    @Test("Origins that share connections share the entry; permission and limit separate them")
    func table() throws {
        let table = HostTable(budgets: BudgetBook(), offersHTTP2: true)
        func host(_ url: String, allow: Bool = false, limit: Int? = nil) -> HostState? {
            table.endpoint(
                for: UpstreamRequest(
                    url: url, delivery: .whole, allowPrivateNetwork: allow, connectionLimit: limit))?.host
        }
        let first = try #require(host("https://a.example/v1/x"))
        #expect(host("https://a.example/v1/x") === first)
        #expect(host("https://a.example/v1/y") === first)
        #expect(host("https://a.example/v1/x", allow: true) !== first)
        #expect(host("https://a.example/v1/x", limit: 4) !== first)
        #expect(host("https://b.example/v1/x") !== first)
        #expect(host("nonsense") == nil)
        #expect(first.version == .unknown)
        #expect(host("http://a.example/")?.version == .http1)
        #expect(host("https://a.example/v1/x", limit: 4)?.budget?.limit == 4)
    }

    @Test("The table stays bounded under ever new URLs, and keeps what is in use")
    func bounded() throws {
        let table = HostTable(budgets: BudgetBook(), offersHTTP2: true)
        func host(_ url: String) -> HostState? {
            table.endpoint(for: UpstreamRequest(url: url, delivery: .whole))?.host
        }
        let busy = try #require(host("https://busy.example/"))
        busy.users = 1
        let idle = try #require(host("https://idle.example/"))
        for index in 0..<5_000 { _ = host("https://h\(index).example/") }
        #expect(host("https://busy.example/") === busy)
        #expect(host("https://idle.example/") !== idle)
    }

    @Test(
        "Transfers fill one multi handle after the other, with HTTP/2 as many as share a connection",
        arguments: [HostState.HTTPVersion.http1, .http2, .unknown])
    func spreading(version: HostState.HTTPVersion) throws {
        let origin = try #require(Origin(url: "http://h/"))
        let host = HostState(origin: origin, allowPrivateNetwork: false, budget: nil, offersHTTP2: true)
        host.version = version
        let (perMulti, streams) = version == .http1 ? (2, 9) : (9, 2)
        var picks: [Int] = []
        for _ in 0..<7 {
            let index = host.pickMulti(perMulti: perMulti, streamsPerConnection: streams, maxMultis: 3)
            picks.append(index)
            host.started(on: index)
        }
        #expect(picks == [0, 0, 1, 1, 2, 2, 0])
        host.ended(on: 1)
        host.ended(on: 9)
        #expect(host.pickMulti(perMulti: perMulti, streamsPerConnection: streams, maxMultis: 3) == 1)
    }
}
