import Dialects
import FakeProvider
import Testing
import WireJSON

@testable import Gateway

/// `priced-*` costs one dollar a million tokens in and ten out.
@Suite("Cost over the wire", .serialized)
struct CostLimitTests {
    private static let budget = "{scope: tenant, resource: cost, per: month, max: 0.001}"

    @Test("what an answer cost is stated and counted", arguments: [false, true])
    func counted(stream: Bool) async throws {
        let policy = TestGateway.limited("{scope: tenant, resource: cost, per: month, max: 5}")
        try await TestGateway.run(policy: policy) { gateway in
            let answer = try await gateway.post(gateway.chat("priced-fake-in-1000-out-150", stream: stream))
            #expect(answer.status == 200)
            // A stream's cost is not known when its headers go out.
            #expect(answer.header("x-martlet-cost-usd") == (stream ? nil : "0.0025"))
            #expect(answer.header("x-martlet-limit") == "tenant/cost/month")
            let entry = try #require(try await gateway.settledLimits().first)
            #expect(entry["used"]?.numberValue?.text == "0.0025")
            #expect(entry["remaining"]?.numberValue?.text == "4.9975")
        }
    }

    @Test("a used-up budget refuses until the month is over")
    func refused() async throws {
        try await TestGateway.run(policy: TestGateway.limited(Self.budget)) { gateway in
            #expect(try await gateway.post(gateway.chat("priced-fake-in-1000-out-150")).status == 200)
            _ = try await gateway.settledLimits()
            let answer = try await gateway.post(gateway.chat("priced-fake-in-1000-out-150"))
            #expect(answer.status == 429)
            #expect(answer.error?["type"] == "insufficient_quota")
            #expect(answer.error?["code"] == "insufficient_quota")
            let message = answer.error?["message"]?.stringValue ?? ""
            #expect(
                message.hasPrefix(
                    "Limit reached for the tenant (scope tenant) on cost per month: limit $0.001, used $0.0025, "
                        + "reserved $0.00, requested $0.000"))
            #expect(message.hasSuffix("resets at 2023-12-01T00:00:00Z. Please try again in 385h46m40s."))
            #expect(answer.header("retry-after") == "1388800")
            #expect(answer.header("x-should-retry") == "false")
            #expect(answer.header("x-martlet-limit") == "tenant/cost/month")
        }
    }

    @Test("a model without a known price costs nothing that a budget could count")
    func unpriced() async throws {
        try await TestGateway.run(policy: TestGateway.limited(Self.budget)) { gateway in
            for _ in 0..<2 {
                let answer = try await gateway.post(gateway.chat("openai-fake-in-1000-out-100"))
                #expect(answer.status == 200)
                #expect(answer.header("x-martlet-cost-usd") == nil)
            }
            #expect(try await gateway.settledLimits().used("cost") == "0.00")
        }
    }

    @Test("a plan may refuse models without a known price, before anything is spent")
    func blocked() async throws {
        let policy = TestGateway.limited(
            "{scope: tenant, resource: requests, per: minute, max: 10}", plan: ["unknown_price: block"])
        try await TestGateway.run(policy: policy) { gateway in
            for answer in [
                try await gateway.post(gateway.chat("openai-model")),
                try await gateway.check(gateway.chat("openai-model")),
            ] {
                #expect(answer.status == 403)
                #expect(answer.error?["type"] == "invalid_request_error")
                #expect(answer.error?["code"] == "price_unknown")
                #expect(answer.error?["param"] == "model")
                #expect(answer.error?["message"]?.stringValue?.contains("`openai-model`") == true)
            }
            #expect(gateway.fake.requests.isEmpty)
            #expect(try await gateway.limits().used("requests") == "0")
            #expect(try await gateway.post(gateway.chat("priced-model")).status == 200)
        }
    }
}
