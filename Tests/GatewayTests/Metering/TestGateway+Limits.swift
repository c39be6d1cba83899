import NIOPosix
import Testing
import Upstream
import WireJSON

extension TestGateway {
    /// Every dialect, models that have a price (`priced-*`, one dollar a million tokens in, ten out), and these limits
    /// in the plan of every tenant.
    ///
    /// - Parameters:
    ///   - limits: YAML flow mappings.
    ///   - plan: further members of the plan.
    ///   - tenants: a YAML flow mapping.
    static func limited(_ limits: String..., plan: [String] = [], tenants: String = "{}") -> String {
        let members = plan.map { "\n    \($0)" }.joined()
        let list = limits.map { "\n      - \($0)" }.joined()
        return everyDialect + """

              "priced-*": {targets: [{provider: openai}], price: {input_per_mtok: 1, output_per_mtok: 10}}
            plans:
              standard:\(members)
                limits:\(limits.isEmpty ? " []" : list)
            tenants: \(tenants)
            """
    }

    func get(_ path: String, headers: [(name: String, value: String)]? = nil) async throws -> TestAnswer {
        let request = UpstreamRequest(
            method: "GET", url: "http://127.0.0.1:\(port)\(path)",
            extraHeaders: headers ?? [("authorization", "Bearer \(key)")], delivery: .stream, allowPrivateNetwork: true)
        let response = try await client.send(request, on: MultiThreadedEventLoopGroup.singleton.any())
        return TestAnswer(
            status: response.status, rawHeaders: response.rawHeaders, body: try await response.collect(upTo: 1 << 20))
    }

    /// The entries of `GET /v1/limits`, in the order of the policy.
    func limits(_ query: String = "") async throws -> [JSONValue] {
        let answer = try await get("/v1/limits\(query)")
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(answer.json["data"]?.arrayValue)
    }

    /// The same once nothing is reserved any more: a client may have its answer before the gateway has settled.
    func settledLimits(_ query: String = "") async throws -> [JSONValue] {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            let entries = try await limits(query)
            let isSettled = entries.allSatisfy { ($0["reserved"]?.numberValue?.double ?? 1) == 0 }
            if isSettled { return entries }
            guard ContinuousClock.now < deadline else {
                Issue.record("still reserved: \(entries)")
                return entries
            }
        }
    }

    func check(_ body: JSONValue) async throws -> TestAnswer {
        try await post(body, path: "/v1/limits/check")
    }
}

extension [JSONValue] {
    /// The `used` of the entry for a resource, as it is written.
    func used(_ resource: String) -> String? {
        first { $0["resource"]?.stringValue == resource }?["used"]?.numberValue?.text
    }
}
