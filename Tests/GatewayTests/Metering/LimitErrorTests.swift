import Dialects
import Policy
import Testing
import WireJSON

@testable import Gateway
@testable import Limits

@Suite("Errors of limits")
struct LimitErrorTests {
    private typealias Make = LimitFixtures

    private func error(_ state: LimitState, requested: Int = 1, wait: Int = 70_000) -> WireError {
        let refusal = Refusal(
            states: [Make.state(max: 1), state], binding: 1, requested: requested, retryAfterMilliseconds: wait)
        return WireError(refusal, now: Make.now)
    }

    @Test("a refusal says which limit, what it holds and when there is room again")
    func message() {
        let error = error(Make.state(max: 2, used: 2))
        #expect(
            error.message == "Limit reached for the tenant (scope tenant) on requests per minute: limit 2, used 2, "
                + "reserved 0, requested 1, resets at 2023-11-14T22:15:00Z. Please try again in 1m10s.")
        #expect(error.status == 429)
        #expect(error.param == nil)
        #expect(error.retryAfterMilliseconds == 70_000)
        #expect(error.shouldRetry == nil)
    }

    @Test("a budget is told in dollars")
    func budget() {
        let error = error(
            Make.state(.key, .cost, .month, max: 50_000_000_000, used: 49_990_000_000, resetsAt: Make.midnight),
            requested: 20_160_500, wait: 6_400_000)
        #expect(
            error.message == "Limit reached for the key (scope key) on cost per month: limit $50.00, used $49.99, "
                + "reserved $0.00, requested $0.0201605, resets at 2023-11-15T00:00:00Z. "
                + "Please try again in 1h46m40s.")
    }

    @Test(
        "where only running requests are in the way, the wait is short",
        arguments: [
            (1, 1, 70_000, 2000), (0, 2, 1500, 1500), (0, 2, 7_000_000, 2000), (2, 0, 70_000, 70_000),
            (2, 1, 70_000, 70_000),
        ])
    func held(used: Int, reserved: Int, wait: Int, expected: Int) {
        let error = error(Make.state(max: 2, used: used, reserved: reserved), wait: wait)
        #expect(error.retryAfterMilliseconds == expected)
        #expect(error.message.hasSuffix("try again in \(LimitHeaders.duration(milliseconds: expected))."))
        #expect(error.shouldRetry == nil)
    }

    @Test("concurrency has no period")
    func concurrency() {
        let error = error(Make.state(.user, .concurrency, nil, max: 3, reserved: 3), wait: 1000)
        #expect(error.message.hasPrefix("Limit reached for the user (scope user) on concurrency: limit 3, used 0, "))
        #expect(error.message.hasSuffix("Please try again in 1s."))
    }

    @Test(
        "type and code are those that client libraries look for",
        arguments: [
            (LimitRule.Resource.requests, "requests", "rate_limit_exceeded"),
            (.tokens, "tokens", "rate_limit_exceeded"), (.concurrency, "requests", "rate_limit_exceeded"),
            (.cost, "insufficient_quota", "insufficient_quota"),
        ])
    func kinds(resource: LimitRule.Resource, type: String, code: String) {
        let error = error(Make.state(.tenant, resource, .day, max: 1))
        #expect(error.status == 429)
        #expect(error.type == type)
        #expect(error.code == code)
    }

    @Test(
        "every scope is named",
        arguments: [
            (LimitRule.Scope.global, "the gateway (scope global)"), (.tenant, "the tenant (scope tenant)"),
            (.user, "the user (scope user)"), (.key, "the key (scope key)"),
            (.keyModel, "the key and model (scope key_model)"),
            (.tenantModel, "the tenant and model (scope tenant_model)"), (.endUser, "the end user (scope end_user)"),
        ])
    func scopes(scope: LimitRule.Scope, words: String) {
        #expect(
            error(Make.state(scope, max: 1)).message.hasPrefix("Limit reached for \(words) on requests per minute:"))
    }

    @Test(
        "a client library is told not to wait longer than two minutes",
        arguments: [(1, nil), (120_000, nil), (120_001, false)] as [(Int, Bool?)])
    func longWait(wait: Int, shouldRetry: Bool?) {
        let error = error(Make.state(max: 1, used: 1), wait: wait)
        #expect(error.shouldRetry == shouldRetry)
        #expect(error.retryAfterMilliseconds == wait)
    }

    @Test(
        "trouble with the store is 503, never 429",
        arguments: [
            (LimitStoreFailure.unavailable(reason: "secret host", retryAfterMilliseconds: 250), 250),
            (.unavailable(reason: "", retryAfterMilliseconds: 0), 1), (.timedOut, 1000), (.cancelled, 1000),
            (.full, 1000), (.invalid("secret id"), 1000),
        ])
    func store(failure: LimitStoreFailure, wait: Int) {
        let error = WireError(failure)
        #expect(error.status == 503)
        #expect(error.type == "service_unavailable_error")
        #expect(error.code == "limits_unavailable")
        #expect(error.retryAfterMilliseconds == wait)
        #expect(!error.message.contains("secret"))
    }

    @Test(
        "dollars have as many decimals as they need, and two",
        arguments: [
            (0, "0.00"), (1, "0.000000001"), (10_000_000, "0.01"), (12_000_000, "0.012"), (1_000_000_000, "1.00"),
            (1_500_000_000, "1.50"), (50_000_000_000, "50.00"), (-2_500_000_000, "-2.50"), (-1, "-0.000000001"),
            (Int.max, "9223372036.854775807"), (Int.min, "-9223372036.854775808"),
        ])
    func dollars(nanodollars: Int, text: String) {
        #expect(WireError.dollars(nanodollars) == text)
        // The body of `/v1/limits` has the same as a number.
        #expect(LimitState.dollars(nanodollars).text == text)
    }
}
