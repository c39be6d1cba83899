import Dialects
import Limits
import Testing

@testable import Gateway

@Suite("What a request has used")
struct MeterTests {
    private typealias Make = LimitFixtures

    private func actuals(_ attempts: MeteredAttempt...) throws -> LimitActuals {
        let meter = try Make.meter()
        for attempt in attempts { meter.add(attempt) }
        return meter.actuals
    }

    @Test("a request that reached no provider used nothing")
    func nothing() throws {
        #expect(try actuals() == LimitActuals(requests: 0, tokens: 0, cost: 0))
    }

    @Test("an answer costs what the provider counted")
    func answer() throws {
        let usage = TokenUsage(prompt: 100, completion: 50)
        #expect(try actuals(Make.attempt(usage, cost: 7)) == LimitActuals(requests: 1, tokens: 150, cost: 7))
    }

    @Test("cached and reasoning tokens are parts of what is counted, not more of it")
    func parts() throws {
        var usage = TokenUsage(prompt: 100, completion: 50)
        usage.cached = 90
        usage.reasoning = 40
        usage.total = 9999
        #expect(try actuals(Make.attempt(usage)).tokens == 150)
    }

    @Test("an unknown cost counts as none")
    func unpriced() throws {
        #expect(try actuals(Make.attempt(TokenUsage(prompt: 1, completion: 2))).cost == 0)
    }

    @Test("an attempt of which nothing is known costs one request")
    func failed() throws {
        let expected = LimitActuals(requests: 1, tokens: 0, cost: 0)
        #expect(try actuals(Make.attempt(nil, delivered: false)) == expected)
        #expect(try actuals(Make.attempt(nil)) == expected)
    }

    @Test("tokens of which the client got nothing are not on its bill")
    func undelivered() throws {
        let attempt = Make.attempt(TokenUsage(prompt: 100, completion: 50), cost: 7, delivered: false)
        #expect(try actuals(attempt) == LimitActuals(requests: 1, tokens: 0, cost: 0))
    }

    @Test("of several attempts the last one is the answer, and the request is one")
    func several() throws {
        let failed = Make.attempt(TokenUsage(prompt: 1000, completion: 1), cost: 1000, delivered: false)
        let answer = Make.attempt(TokenUsage(prompt: 10, completion: 5), cost: 3)
        #expect(try actuals(failed, answer) == LimitActuals(requests: 1, tokens: 15, cost: 3))
        #expect(try actuals(failed, failed) == LimitActuals(requests: 1, tokens: 0, cost: 0))
    }

    @Test("a provider's nonsense counts as nothing")
    func negative() throws {
        let usage = TokenUsage(prompt: -100, completion: 50)
        #expect(try actuals(Make.attempt(usage, cost: -5)) == LimitActuals(requests: 1, tokens: 50, cost: 0))
    }

    @Test("exactly one caller settles")
    func settlement() throws {
        let meter = try Make.meter()
        #expect(!meter.isSettled)
        #expect(meter.claimSettlement())
        #expect(meter.isSettled)
        #expect(!meter.claimSettlement())
        #expect(!meter.claimSettlement())
    }
}
