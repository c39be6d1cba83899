import Dialects
import FakeProvider
import Listener
import NIOCore
import Storage
import Testing
import Upstream
import WireJSON

@testable import Gateway

/// The clock stands still at 22:13:20, so a minute's window is empty again at 22:15:00.
///
/// One gateway at a time, as in the other suites here: dozens at once make the deadlines of other tests pass.
@Suite("Refusals over the wire", .serialized)
struct LimitRefusalTests {
    private static let oneRequest = "{scope: tenant, resource: requests, per: minute, max: 1}"

    private static func body(of endpoint: Endpoint, stream: Bool) -> JSONValue {
        var body: JSONObject = ["model": "openai-fake-out-5"]
        switch endpoint {
        case .chatCompletions: body.append("messages", [["role": "user", "content": "Hello"]])
        case .completions: body.append("prompt", "Hello")
        case .embeddings: body.append("input", "Hello")
        }
        if stream, endpoint != .embeddings { body.append("stream", true) }
        return .object(body)
    }

    @Test("no inference route goes past a limit", arguments: DataPlaneRoute.all.map(\.path), [false, true])
    func everyRoute(path: String, stream: Bool) async throws {
        guard let endpoint = Endpoint(rawValue: path) else {
            // What no endpoint stands behind must not be metered, or it would escape this test.
            #expect(!DataPlaneRoute.all.contains { $0.path == path && $0.metering == .inference })
            return
        }
        try await TestGateway.run(policy: TestGateway.limited(Self.oneRequest)) { gateway in
            let body = Self.body(of: endpoint, stream: stream)
            let first = try await gateway.post(body, path: path)
            #expect(first.status == 200, "\(first.text)")
            let answer = try await gateway.post(body, path: path)
            #expect(answer.status == 429, "\(answer.text)")
            #expect(answer.error?["type"] == "requests")
            #expect(answer.error?["code"] == "rate_limit_exceeded")
            #expect(answer.header("content-type") == "application/json")
            #expect(gateway.fake.requests.count == 1)
        }
    }

    @Test("a refusal says which limit, and when to come again")
    func refusal() async throws {
        let policy = TestGateway.limited("{scope: tenant, resource: requests, per: minute, max: 2}")
        try await TestGateway.run(policy: policy) { gateway in
            for _ in 0..<2 { #expect(try await gateway.post(gateway.chat("openai-model")).status == 200) }
            _ = try await gateway.settledLimits()
            let answer = try await gateway.post(gateway.chat("openai-model"))
            #expect(answer.status == 429)
            #expect(
                answer.error?["message"]?.stringValue
                    == "Limit reached for the tenant (scope tenant) on requests per minute: limit 2, used 2, "
                    + "reserved 0, requested 1, resets at 2023-11-14T22:15:00Z. Please try again in 1m10s.")
            #expect(answer.error?["param"] == .null)
            #expect(answer.header("retry-after") == "70")
            #expect(answer.header("retry-after-ms") == "70000")
            #expect(answer.header("x-should-retry") == nil)
            #expect(answer.header("x-ratelimit-limit-requests") == "2")
            #expect(answer.header("x-ratelimit-remaining-requests") == "0")
            #expect(answer.header("x-ratelimit-reset-requests") == "1m40s")
            #expect(answer.header("x-martlet-limit") == "tenant/requests/minute")
            #expect(answer.header("x-martlet-provider") == nil)
            #expect(answer.header("x-request-id")?.count == 36)
        }
    }

    @Test("used-up tokens refuse, and a wait of hours is not to be waited for")
    func tokens() async throws {
        let policy = TestGateway.limited("{scope: key, resource: tokens, per: day, max: 100}")
        try await TestGateway.run(policy: policy) { gateway in
            // The first request is admitted whatever its size, or the limit could never be used.
            #expect(try await gateway.post(gateway.chat("openai-fake-in-100-out-50")).status == 200)
            #expect(try await gateway.settledLimits().used("tokens") == "150")
            let answer = try await gateway.post(gateway.chat("openai-fake-in-100-out-50"))
            #expect(answer.status == 429)
            #expect(answer.error?["type"] == "tokens")
            #expect(answer.error?["code"] == "rate_limit_exceeded")
            let message = answer.error?["message"]?.stringValue ?? ""
            #expect(
                message.contains("the key (scope key) on tokens per day: limit 100, used 150, reserved 0, requested "))
            #expect(message.hasSuffix("resets at 2023-11-15T00:00:00Z. Please try again in 1h46m40s."))
            #expect(answer.header("retry-after") == "6400")
            #expect(answer.header("x-should-retry") == "false")
            #expect(answer.header("x-ratelimit-limit-tokens") == "100")
            #expect(answer.header("x-ratelimit-remaining-tokens") == "0")
            #expect(answer.header("x-ratelimit-reset-tokens") == "1h46m40s")
            #expect(answer.header("x-ratelimit-limit-requests") == nil)
        }
    }

    @Test("a request that is refused by one limit takes nothing from the others")
    func nothingTaken() async throws {
        let policy = TestGateway.limited(
            "{scope: tenant, resource: requests, per: hour, max: 100}", Self.oneRequest,
            "{scope: key, resource: tokens, per: hour, max: 100000}")
        try await TestGateway.run(policy: policy) { gateway in
            #expect(try await gateway.post(gateway.chat("openai-fake-in-10-out-5")).status == 200)
            let before = try await gateway.settledLimits()
            for _ in 0..<3 { #expect(try await gateway.post(gateway.chat("openai-model")).status == 429) }
            #expect(try await gateway.limits() == before)
            #expect(before.map { $0["used"] } == [1, 1, 15])
        }
    }

    @Test("the limits' headers are on answers, whole and streamed", arguments: [false, true])
    func headers(stream: Bool) async throws {
        let policy = TestGateway.limited(
            "{scope: tenant, resource: requests, per: minute, max: 10}",
            "{scope: key, resource: tokens, per: day, max: 100000}")
        try await TestGateway.run(policy: policy) { gateway in
            let body = gateway.chat("openai-model", ["max_tokens": 30], stream: stream)
            let estimate = try await gateway.check(body).json["estimate"]
            let prompt = try #require(estimate?["prompt_tokens"]?.intValue)
            let answer = try await gateway.post(body)
            #expect(answer.status == 200)
            #expect(answer.header("x-ratelimit-limit-requests") == "10")
            #expect(answer.header("x-ratelimit-remaining-requests") == "9")
            #expect(answer.header("x-ratelimit-reset-requests") == "1m40s")
            #expect(answer.header("x-ratelimit-limit-tokens") == "100000")
            #expect(answer.header("x-ratelimit-remaining-tokens") == String(100_000 - prompt - 30))
            #expect(answer.header("x-ratelimit-reset-tokens") == "1h46m40s")
            #expect(answer.header("x-martlet-limit") == "tenant/requests/minute")
            #expect(answer.header("x-martlet-degraded") == nil)
        }
    }

    @Test("without limits there are no such headers")
    func unlimited() async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.post(gateway.chat("openai-model"))
            #expect(answer.status == 200)
            #expect(!String(decoding: answer.rawHeaders, as: UTF8.self).contains("ratelimit"))
            #expect(answer.header("x-martlet-limit") == nil)
            #expect(try await gateway.limits().isEmpty)
        }
    }

    @Test("a shadow limit counts and never refuses")
    func shadow() async throws {
        let policy = TestGateway.limited("{scope: tenant, resource: requests, per: minute, max: 1, shadow: true}")
        try await TestGateway.run(policy: policy) { gateway in
            for _ in 0..<3 {
                let answer = try await gateway.post(gateway.chat("openai-model"))
                #expect(answer.status == 200)
                #expect(answer.header("x-ratelimit-limit-requests") == nil)
                #expect(answer.header("x-martlet-limit") == nil)
            }
            let entry = try #require(try await gateway.settledLimits().first)
            #expect(entry["used"] == 3)
            #expect(entry["remaining"] == -2)
            #expect(entry["shadow"] == true)
            #expect(try await gateway.check(gateway.chat("openai-model")).json["allowed"] == true)
        }
    }

    @Test("a shadow limit beside the limit it may replace counts each request once")
    func shadowBesideItsLimit() async throws {
        let policy = TestGateway.limited(
            "{scope: tenant, resource: requests, per: minute, max: 10}",
            "{scope: tenant, resource: requests, per: minute, max: 2, shadow: true}")
        try await TestGateway.run(policy: policy) { gateway in
            let first = try await gateway.post(gateway.chat("openai-model"))
            #expect(first.header("x-ratelimit-remaining-requests") == "9")
            #expect(try await gateway.settledLimits().map { $0["used"] } == [1, 1])
            let second = try await gateway.post(gateway.chat("openai-model"))
            #expect(second.header("x-ratelimit-remaining-requests") == "8")
            #expect(try await gateway.settledLimits().map { $0["used"] } == [2, 2])
        }
    }

    @Test("a tenant's own limit takes the place of the plan's")
    func ownLimits() async throws {
        let policy = TestGateway.limited(
            "{scope: tenant, resource: requests, per: minute, max: 100}",
            "{scope: key, resource: requests, per: minute, max: 50}",
            tenants: "{default: {limits: [\(Self.oneRequest)]}, other: {limits: [\(Self.oneRequest)]}}")
        try await TestGateway.run(policy: policy) { gateway in
            #expect(try await gateway.limits().map { $0["max"] } == [50, 1])
            #expect(try await gateway.post(gateway.chat("openai-model")).status == 200)
            let refused = try await gateway.post(gateway.chat("openai-model"))
            #expect(refused.status == 429)
            #expect(refused.error?["message"]?.stringValue?.contains("limit 1,") == true)
        }
    }

    @Test("a limit per model holds for that model only")
    func perModel() async throws {
        let policy = TestGateway.limited("{scope: key_model, resource: requests, per: minute, max: 1}")
        try await TestGateway.run(policy: policy) { gateway async throws in
            #expect(try await gateway.post(gateway.chat("openai-a")).status == 200)
            #expect(try await gateway.post(gateway.chat("openai-a")).status == 429)
            #expect(try await gateway.post(gateway.chat("openai-b")).status == 200)
        }
    }

    @Test("a limit per end user counts by the member `user`, and requests without one are not concerned")
    func perEndUser() async throws {
        let policy = TestGateway.limited("{scope: end_user, resource: requests, per: minute, max: 1}")
        try await TestGateway.run(policy: policy) { gateway in
            #expect(try await gateway.post(gateway.chat("openai-a", ["user": "ann"])).status == 200)
            let refused = try await gateway.post(gateway.chat("openai-b", ["user": "ann"]))
            #expect(refused.status == 429)
            #expect(refused.header("x-martlet-limit") == "end_user/requests/minute")
            #expect(try await gateway.post(gateway.chat("openai-a", ["user": "bob"])).status == 200)
            for _ in 0..<2 { #expect(try await gateway.post(gateway.chat("openai-a")).status == 200) }
        }
    }

    @Test("limits follow a change of the policy, and what was used stays used")
    func policyChange() async throws {
        try await TestGateway.run(policy: TestGateway.limited(Self.oneRequest)) { gateway in
            #expect(try await gateway.post(gateway.chat("openai-model")).status == 200)
            #expect(try await gateway.post(gateway.chat("openai-model")).status == 429)
            let wider = TestGateway.limited("{scope: tenant, resource: requests, per: minute, max: 2}")
            gateway.gateway.install(try TestGateway.snapshot(wider, fakePort: gateway.fakePort))
            await gateway.gateway.settle()
            let answer = try await gateway.post(gateway.chat("openai-model"))
            #expect(answer.status == 200)
            #expect(answer.header("x-ratelimit-remaining-requests") == "0")
            #expect(try await gateway.post(gateway.chat("openai-model")).status == 429)
        }
    }

    @Test("limits follow a change of the tenant's stored plan")
    func storedPlan() async throws {
        let policy =
            TestGateway.limited(Self.oneRequest).replacing("tenants: {}", with: "") + """

                  strict: {limits: [{scope: key, resource: requests, per: minute, max: 0}]}
                """
        try await TestGateway.run(policy: policy) { gateway in
            #expect(try await gateway.post(gateway.chat("openai-model")).status == 200)
            gateway.gateway.install(storedTenants: ["default": StoredTenant(plan: "strict")])
            await gateway.gateway.settle()
            let refused = try await gateway.post(gateway.chat("openai-model"))
            #expect(refused.status == 429)
            #expect(refused.error?["message"]?.stringValue?.contains("limit 0, used 0") == true)
        }
    }

    @Test("a slot is taken while an answer runs, and the next caller is told to come back soon")
    func concurrency() async throws {
        let policy = TestGateway.limited("{scope: key, resource: concurrency, max: 1}")
        try await TestGateway.run(policy: policy) { gateway in
            let running = try await gateway.open(gateway.chat("openai-fake-chunks-9-stall-2", stream: true))
            #expect(running.status == 200)
            let refused = try await gateway.post(gateway.chat("openai-model"))
            #expect(refused.status == 429)
            #expect(refused.error?["type"] == "requests")
            #expect(
                refused.error?["message"]?.stringValue
                    == "Limit reached for the key (scope key) on concurrency: limit 1, used 0, reserved 1, "
                    + "requested 1, resets at 2023-11-14T22:13:50Z. Please try again in 1s.")
            #expect(refused.header("retry-after-ms") == "1000")
            #expect(refused.header("x-martlet-limit") == "key/concurrency")
            running.cancel()
            _ = try await gateway.settledLimits()
            #expect(try await gateway.post(gateway.chat("openai-model")).status == 200)
        }
    }
}
