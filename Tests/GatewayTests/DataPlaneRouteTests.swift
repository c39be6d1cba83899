import Dialects
import NIOHTTP1
import Testing

@testable import Gateway

@Suite("The data plane's route table")
struct DataPlaneRouteTests {
    @Test("every route is found under its own path and method")
    func all() throws {
        for route in DataPlaneRoute.all where route.path != "/v1/models/" {
            #expect(try DataPlaneRoute.match(method: route.method, path: route.path[...]) == route.action)
        }
    }

    @Test("inference is metered, and nothing else is")
    func metering() {
        for route in DataPlaneRoute.all {
            if case .inference = route.action {
                #expect(route.metering == .inference)
            } else {
                #expect(route.metering == .free)
            }
        }
    }

    @Test("model ids may hold slashes and percent escapes")
    func modelIDs() throws {
        #expect(try DataPlaneRoute.match(method: .GET, path: "/v1/models/groq/llama") == .showModel(id: "groq/llama"))
        #expect(try DataPlaneRoute.match(method: .GET, path: "/v1/models/a%2Fb%20c") == .showModel(id: "a/b c"))
        #expect(try DataPlaneRoute.match(method: .GET, path: "/v1/models/50%") == .showModel(id: "50%"))
        #expect(try DataPlaneRoute.match(method: .HEAD, path: "/v1/models") == .listModels)
    }

    @Test(
        "an unknown path is 404, a wrong method 405",
        arguments: ["/v1", "/v1/", "/v1/chat", "/v1/chat/completionsx", "/v1/modelsx"])
    func unknown(path: String) {
        let error = #expect(throws: WireError.self) { try DataPlaneRoute.match(method: .POST, path: path[...]) }
        #expect(error?.status == 404)
        #expect(DataPlaneRoute.allowed(path: path[...]) == nil)
    }

    @Test("a wrong method names the right one")
    func method() {
        let error = #expect(throws: WireError.self) {
            try DataPlaneRoute.match(method: .DELETE, path: "/v1/chat/completions")
        }
        #expect(error?.status == 405)
        #expect(error?.message.contains("use POST") == true)
        #expect(DataPlaneRoute.allowed(path: "/v1/chat/completions") == "POST, OPTIONS")
        #expect(DataPlaneRoute.allowed(path: "/v1/models/x") == "GET, HEAD, OPTIONS")
    }
}

@Suite("Request ids")
struct RequestIDTests {
    @Test("are 32 hexadecimal digits and do not repeat")
    func unique() {
        var source = RequestIDSource(seed: (1, 2))
        var seen: Set<String> = []
        for _ in 0..<10_000 {
            let id = source.next()
            #expect(id.utf8.count == 32 && id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
            seen.insert(id)
        }
        #expect(seen.count == 10_000)
    }

    @Test("two sources do not share a sequence")
    func sources() {
        var first = RequestIDSource()
        var second = RequestIDSource()
        #expect(first.next() != second.next())
    }
}

@Suite("Requests from the wire")
struct InboundRequestTests {
    @Test(
        "the path is the URI without its query",
        arguments: [("/a/b?c=d", "/a/b"), ("/a", "/a"), ("/?x", "/"), ("", "")])
    func path(uri: String, path: String) {
        let request = InboundRequest(method: .GET, uri: uri, headers: [:], body: [], receivedAt: 0)
        #expect(request.path == path)
    }
}
