import Dialects
import Policy
import Testing

@testable import Gateway
@testable import Limits

@Suite("Limit headers")
struct LimitHeadersTests {
    private typealias Make = LimitFixtures

    private func maxima(_ states: [LimitState], _ resource: LimitRule.Resource? = nil) -> Int? {
        LimitHeaders.tightest(states, of: resource)?.max
    }

    private func text(_ states: [LimitState]) -> String {
        String(decoding: LimitHeaders.block(states, now: Make.now).bytes, as: UTF8.self)
    }

    @Test("the tightest limit is the one with the smallest share left, not with the smallest number")
    func share() {
        #expect(maxima([Make.state(max: 10, used: 5), Make.state(max: 1000, used: 900)]) == 1000)
        #expect(maxima([Make.state(max: 1000, used: 900), Make.state(max: 10, used: 5)]) == 1000)
        #expect(maxima([Make.state(max: 10, used: 2, reserved: 3), Make.state(max: 100, used: 49)]) == 10)
    }

    @Test("of equal shares the first counts")
    func equal() {
        #expect(maxima([Make.state(max: 10, used: 5), Make.state(max: 20, used: 10)]) == 10)
        #expect(maxima([Make.state(max: 20, used: 10), Make.state(max: 10, used: 5)]) == 20)
    }

    @Test("what is overdrawn is tighter than what is used up, by its share")
    func overdrawn() {
        #expect(maxima([Make.state(max: 10, used: 10), Make.state(max: 20, used: 21)]) == 20)
        #expect(maxima([Make.state(max: 100, used: 105), Make.state(max: 1, used: 2)]) == 1)
        #expect(maxima([Make.state(max: 0), Make.state(max: 10, used: 9)]) == 0)
        #expect(maxima([Make.state(max: 10, used: 9), Make.state(max: 0)]) == 0)
    }

    @Test("shares of the largest numbers are told apart")
    func large() {
        let cap = LimitAmount.cap
        #expect(maxima([Make.state(max: cap, used: 1), Make.state(max: cap - 1, used: 2)]) == cap - 1)
        #expect(maxima([Make.state(max: cap - 1, used: 2), Make.state(max: cap, used: 1)]) == cap - 1)
    }

    @Test("shadow limits are nobody's tightest")
    func shadow() {
        let shadow = Make.state(max: 5, used: 5, shadow: true)
        #expect(maxima([shadow, Make.state(max: 10)]) == 10)
        #expect(maxima([shadow]) == nil)
        #expect(maxima([]) == nil)
        #expect(text([shadow]).isEmpty)
    }

    @Test("each resource has its own tightest limit")
    func resources() {
        let states = [
            Make.state(max: 10, used: 1), Make.state(.key, .tokens, .day, max: 100, used: 50),
            Make.state(.key, .concurrency, nil, max: 2, reserved: 2), Make.state(.tenant, .tokens, .hour, max: 300),
        ]
        #expect(maxima(states, .requests) == 10)
        #expect(maxima(states, .tokens) == 100)
        #expect(maxima(states, .cost) == nil)
        #expect(maxima(states) == 2)
    }

    @Test("the block states requests, tokens and the tightest of all limits")
    func block() {
        let states = [
            Make.state(max: 600, used: 10, reserved: 2),
            Make.state(.key, .tokens, .day, max: 1000, used: 1500, resetsAt: Make.midnight),
            Make.state(.tenant, .cost, .month, max: 1_000_000_000),
        ]
        #expect(
            text(states) == """
                x-ratelimit-limit-requests: 600\r
                x-ratelimit-remaining-requests: 588\r
                x-ratelimit-reset-requests: 1m40s\r
                x-ratelimit-limit-tokens: 1000\r
                x-ratelimit-remaining-tokens: 0\r
                x-ratelimit-reset-tokens: 1h46m40s\r
                x-martlet-limit: key/tokens/day\r

                """)
    }

    @Test("without limits on requests and tokens only the tightest is named")
    func slots() {
        #expect(text([Make.state(.key, .concurrency, nil, max: 2)]) == "x-martlet-limit: key/concurrency\r\n")
        #expect(text([Make.state(.global, .cost, .week, max: 2)]) == "x-martlet-limit: global/cost/week\r\n")
    }

    @Test("a limit's name is its scope, resource and period", arguments: LimitRule.Scope.allCases)
    func names(scope: LimitRule.Scope) {
        for resource in [LimitRule.Resource.requests, .tokens, .cost] {
            for period in LimitRule.Period.allCases {
                let name = LimitHeaders.name(of: Make.state(scope, resource, period, max: 1))
                #expect(name == "\(scope.rawValue)/\(resource.rawValue)/\(period.rawValue)")
            }
        }
        #expect(LimitHeaders.name(of: Make.state(scope, .concurrency, nil, max: 1)) == "\(scope.rawValue)/concurrency")
    }

    @Test(
        "durations are written as OpenAI writes them",
        arguments: [
            (-5, "0ms"), (0, "0ms"), (1, "1ms"), (999, "999ms"), (1000, "1s"), (1500, "1.5s"), (1050, "1.05s"),
            (1005, "1.005s"), (59_999, "59.999s"), (60_000, "1m0s"), (100_000, "1m40s"), (360_250, "6m0.25s"),
            (3_599_000, "59m59s"), (3_600_000, "1h0m0s"), (6_400_000, "1h46m40s"), (90_003_000, "25h0m3s"),
            (Int.max, "2562047788015h12m55.807s"), (Int.min, "0ms"),
        ])
    func durations(milliseconds: Int, text: String) {
        #expect(LimitHeaders.duration(milliseconds: milliseconds) == text)
    }
}
