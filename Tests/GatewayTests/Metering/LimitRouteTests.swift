import Dialects
import FakeProvider
import Testing
import WireJSON

@testable import Gateway

@Suite("The routes of limits", .serialized)
struct LimitRouteTests {
    private static let minute = "{scope: tenant, resource: requests, per: minute, max: 10}"

    @Test("GET /v1/limits lists the caller's limits as they stand")
    func list() async throws {
        let policy = TestGateway.limited(
            Self.minute, "{scope: key, resource: tokens, per: day, max: 100000}",
            "{scope: tenant, resource: cost, per: month, max: 50.00}", "{scope: key, resource: concurrency, max: 20}",
            "{scope: global, resource: requests, per: week, max: 7, shadow: true}",
            "{scope: user, resource: requests, per: hour, max: 5}")
        try await TestGateway.run(policy: policy) { gateway in
            _ = try await gateway.post(gateway.chat("openai-fake-in-100-out-50"))
            _ = try await gateway.settledLimits()
            let answer = try await gateway.get("/v1/limits")
            #expect(answer.json["object"] == "list")
            // The key has no user: a limit per user does not concern it.
            let entries = try #require(answer.json["data"]?.arrayValue)
            #expect(
                entries.map(\.text) == [
                    #"{"scope":"tenant","resource":"requests","per":"minute","max":10,"used":1,"reserved":0,"#
                        + #""remaining":9,"resets_at":"2023-11-14T22:15:00Z","shadow":false}"#,
                    #"{"scope":"key","resource":"tokens","per":"day","max":100000,"used":150,"reserved":0,"#
                        + #""remaining":99850,"resets_at":"2023-11-15T00:00:00Z","shadow":false}"#,
                    #"{"scope":"tenant","resource":"cost","per":"month","max":50.00,"used":0.00,"reserved":0.00,"#
                        + #""remaining":50.00,"resets_at":"2023-12-01T00:00:00Z","shadow":false}"#,
                    #"{"scope":"key","resource":"concurrency","per":null,"max":20,"used":0,"reserved":0,"#
                        + #""remaining":20,"resets_at":"2023-11-14T22:13:20Z","shadow":false}"#,
                    #"{"scope":"global","resource":"requests","per":"week","max":7,"used":1,"reserved":0,"#
                        + #""remaining":6,"resets_at":"2023-11-20T00:00:00Z","shadow":true,"would_refuse":false}"#,
                ])
            #expect(answer.header("x-ratelimit-remaining-requests") == "9")
            #expect(answer.header("x-ratelimit-remaining-tokens") == "99850")
            #expect(answer.header("x-martlet-limit") == "tenant/requests/minute")
        }
    }

    @Test("days turn over in the tenant's time zone")
    func timezone() async throws {
        let policy = TestGateway.limited(
            "{scope: tenant, resource: requests, per: day, max: 10}",
            tenants: "{default: {timezone: America/Fortaleza}}")
        try await TestGateway.run(policy: policy) { gateway in
            let entry = try #require(try await gateway.limits().first)
            #expect(entry["resets_at"] == "2023-11-15T03:00:00Z")
        }
    }

    @Test("limits per model and per end user are shown for the ones that are named")
    func query() async throws {
        let policy = TestGateway.limited(
            "{scope: key_model, resource: requests, per: minute, max: 1}",
            "{scope: tenant_model, resource: requests, per: minute, max: 2}",
            "{scope: end_user, resource: requests, per: minute, max: 3}",
            "{scope: key, resource: requests, per: minute, max: 4}")
        try await TestGateway.run(policy: policy) { gateway in
            _ = try await gateway.post(gateway.chat("openai-a/b", ["user": "ann lee"]))
            _ = try await gateway.settledLimits("?model=openai-a/b&user=ann+lee")
            func used(_ query: String) async throws -> [String] {
                try await gateway.limits(query).map { "\($0["max"]?.intValue ?? -1):\($0["used"]?.intValue ?? -1)" }
            }
            #expect(try await used("") == ["4:1"])
            #expect(try await used("?model=openai-a%2Fb") == ["1:1", "2:1", "4:1"])
            #expect(try await used("?model=openai-other") == ["1:0", "2:0", "4:1"])
            #expect(try await used("?user=ann%20lee") == ["3:1", "4:1"])
            #expect(try await used("?user=ann+lee&model=openai-a/b") == ["1:1", "2:1", "3:1", "4:1"])
            #expect(try await used("?user=ann") == ["3:0", "4:1"])
        }
    }

    @Test("an end user with a long name is found again")
    func longEndUser() async throws {
        let policy = TestGateway.limited("{scope: end_user, resource: requests, per: minute, max: 1}")
        try await TestGateway.run(policy: policy) { gateway async throws in
            let name = String(repeating: "someone ", count: 20)
            #expect(try await gateway.post(gateway.chat("openai-a", ["user": .string(name)])).status == 200)
            #expect(try await gateway.post(gateway.chat("openai-a", ["user": .string(name)])).status == 429)
            #expect(try await gateway.post(gateway.chat("openai-a", ["user": .string(name + "!")])).status == 200)
            let query = "?user=" + name.replacing(" ", with: "%20")
            #expect(try await gateway.settledLimits(query).map { $0["used"] } == [1])
        }
    }

    @Test("both routes want a credential, and neither takes the other's method")
    func access() async throws {
        try await TestGateway.run(policy: TestGateway.limited(Self.minute)) { gateway async throws in
            #expect(try await gateway.get("/v1/limits", headers: []).status == 401)
            #expect(try await gateway.get("/v1/limits/check").status == 405)
            #expect(try await gateway.post([:], path: "/v1/limits").status == 405)
        }
    }

    @Test("looking costs nothing, even when everything is used up")
    func free() async throws {
        let policy = TestGateway.limited(
            "{scope: tenant, resource: requests, per: minute, max: 1}", "{scope: key, resource: concurrency, max: 1}")
        try await TestGateway.run(policy: policy) { gateway in
            _ = try await gateway.post(gateway.chat("openai-model"))
            let before = try await gateway.settledLimits()
            for _ in 0..<3 {
                #expect(try await gateway.check(gateway.chat("openai-model")).status == 200)
                #expect(try await gateway.get("/v1/limits").status == 200)
                #expect(try await gateway.get("/v1/models").status == 200)
            }
            #expect(try await gateway.limits() == before)
            #expect(gateway.fake.requests.count == 1)
        }
    }

    @Test("a check tells what a request would ask for, and that it would be admitted")
    func check() async throws {
        let policy = TestGateway.limited(
            Self.minute, "{scope: tenant, resource: cost, per: month, max: 50}",
            "{scope: tenant_model, resource: requests, per: hour, max: 3}")
        try await TestGateway.run(policy: policy) { gateway in
            let answer = try await gateway.check(gateway.chat("priced-model", ["max_tokens": 50]))
            #expect(answer.status == 200)
            #expect(answer.json["object"] == "limits.check")
            #expect(answer.json["allowed"] == true)
            #expect(answer.json["refused_by"] == .null)
            #expect(answer.json["limits"]?.arrayValue?.map { $0["max"]?.numberValue?.text } == ["10", "50.00", "3"])
            #expect(answer.header("x-ratelimit-remaining-requests") == "10")
            let estimate = try #require(answer.json["estimate"])
            // About four bytes a token, of `[{"role":"user","content":"Hello there, tell me something"}]`.
            let prompt = try #require(estimate["prompt_tokens"]?.intValue)
            #expect((12...24).contains(prompt))
            #expect(estimate["completion_tokens"] == 50)
            let cost = WireError.dollars(prompt * 1000 + 50 * 10_000)
            #expect(estimate["cost_usd"]?.numberValue?.text == cost)
        }
    }

    @Test(
        "the estimate of an answer is the least of the usual and what is asked for, for each choice",
        arguments: [
            ([:], 1024), (["max_tokens": 50], 50), (["max_completion_tokens": 20], 20),
            (["max_tokens": 50, "max_completion_tokens": 20], 20), (["max_tokens": 50, "n": 3], 150),
            (["max_tokens": 1_000_000], 1024),
        ] as [(JSONObject, Int)])
    func estimate(members: JSONObject, tokens: Int) async throws {
        try await TestGateway.run(policy: TestGateway.limited(Self.minute)) { gateway in
            let answer = try await gateway.check(gateway.chat("openai-model", members))
            #expect(answer.json["estimate"]?["completion_tokens"]?.intValue == tokens, "\(answer.text)")
            #expect(answer.json["estimate"]?["cost_usd"]?.numberValue?.text == "0.00")
        }
    }

    @Test("a check names the limit that would refuse")
    func refused() async throws {
        let policy = TestGateway.limited(
            "{scope: key, resource: tokens, per: hour, max: 1000000}",
            "{scope: tenant, resource: requests, per: minute, max: 1}")
        try await TestGateway.run(policy: policy) { gateway in
            _ = try await gateway.post(gateway.chat("openai-model"))
            _ = try await gateway.settledLimits()
            let answer = try await gateway.check(gateway.chat("openai-model"))
            #expect(answer.status == 200)
            #expect(answer.json["allowed"] == false)
            #expect(answer.json["refused_by"] == "tenant/requests/minute")
            #expect(answer.header("retry-after") == nil)
        }
    }

    @Test("a check fails as the request would")
    func invalid() async throws {
        try await TestGateway.run(policy: TestGateway.limited(Self.minute)) { gateway async throws in
            #expect(try await gateway.check(gateway.chat("unheard-of")).status == 404)
            #expect(try await gateway.check(["model": "openai-model"]).status == 400)
            #expect(try await gateway.check(["messages": []]).status == 400)
        }
    }
}
