import Dialects
import Policy
import Routing
import Testing

@Suite struct RouteWalkFallbackTests {
    @Test(arguments: FailureClass.allCases)
    func aReasonThatIsNotNamedStaysWithItsTarget(_ failureClass: FailureClass) {
        var walker = Walker(Walker.plan { $0.fallbackOn = [] })
        var step = walker.send(.start)
        while let order = step.order {
            #expect(order.target == 10)
            step = walker.send(.failed(order.number, .of(failureClass)), after: order.after + 1)
        }
        #expect(step.failure?.cause.failureClass == failureClass)
    }

    @Test func everyClassButBadRequestHasAReason() {
        #expect(FailureClass.allCases.filter { $0.fallbackReason == nil } == [.badRequest])
        #expect(FailureClass.moderation.fallbackReason == .contentFilter)
        #expect(FailureClass.streamBroken.fallbackReason == .serverError)
    }

    @Test func aRefusedContentGoesOnOnlyWhereThePolicySaysSo() {
        var strict = Walker(Walker.plan())
        _ = strict.send(.start)
        #expect(strict.send(.failed(1, .of(.moderation))).failure?.cause.failureClass == .moderation)
        var open = Walker(Walker.plan { $0.fallbackOn.insert(.contentFilter) })
        _ = open.send(.start)
        #expect(open.send(.failed(1, .of(.moderation))).target == 11)
    }

    /// Windows of the first and the others; who is asked after the first overflowed.
    @Test(
        arguments: [
            ([8_000, 8_000, 16_000], 12), ([8_000, 4_000, 9_000], 12), ([nil, 100, 200], 11),
            ([8_000, nil, 9_000], 11),
        ] as [([Int?], Int)])
    func contextLengthGoesToALargerWindow(_ windows: [Int?], _ expected: Int) {
        var walker = Walker(
            Walker.plan(3) { plan in
                for index in windows.indices { plan.candidates[index].contextWindow = windows[index] }
            })
        _ = walker.send(.start)
        #expect(walker.send(.failed(1, .of(.contextLength))).target == expected)
    }

    @Test func contextLengthNeverGoesToTheSameModel() {
        var walker = Walker(Walker.plan { $0.candidates[1].model = $0.candidates[0].model })
        _ = walker.send(.start)
        #expect(walker.send(.failed(1, .of(.contextLength))).failure?.cause.failureClass == .contextLength)
    }

    @Test func aTargetThatWaitsIsNotAskedWithATooLongPrompt() {
        var walker = Walker(
            Walker.plan { plan in
                plan.candidates[0].contextWindow = 4_000
                plan.candidates[1].contextWindow = 8_000
            })
        _ = walker.send(.start)
        #expect(walker.send(.failed(1, .of(.rateLimit))).target == 11)
        #expect(walker.send(.failed(2, .of(.contextLength))).failure?.attempts.count == 2)
    }

    @Test func theFirstTokenIsHurriedOnlyWhileATargetIsLeft() {
        var walker = Walker(Walker.plan { $0.total = 30_000 })
        #expect(walker.send(.start).order?.firstTokenLimit == 10_000)
        let last = walker.send(.failed(1, .silence), after: 10_000).order
        #expect(last?.firstTokenLimit == 20_000)
        #expect(last?.totalLimit == 20_000)
    }

    @Test func nobodyIsHurriedForATargetThatCannotTakeOver() {
        var resting = Walker(Walker.plan { $0.candidates[1].isResting = true })
        #expect(resting.send(.start).order?.firstTokenLimit == 600_000)
        var single = Walker(Walker.plan(1))
        #expect(single.send(.start).order?.firstTokenLimit == 600_000)
        var patient = Walker(Walker.plan { $0.fallbackOn.remove(.timeout) })
        #expect(patient.send(.start).order?.firstTokenLimit == 600_000)
        var once = Walker(Walker.plan { $0.maxAttempts = 1 })
        #expect(once.send(.start).order?.firstTokenLimit == 600_000)
    }

    @Test func aSkippedTargetIsNoAttempt() {
        var walker = Walker(Walker.plan())
        _ = walker.send(.start)
        let order = walker.send(.skipped(1, .resting(.server, readyIn: 3_000))).order
        #expect(order?.number == 1)
        #expect(order?.target == 11)
        #expect(order?.firstTokenLimit == 600_000)
        _ = walker.send(.finished(1))
        #expect(walker.walk.started == 1)
        #expect(walker.walk.skips.map(\.target) == [10])
    }

    @Test func anOwnLimitIsPassedOverWhateverThePolicySays() {
        var walker = Walker(Walker.plan { $0.fallbackOn = [] })
        _ = walker.send(.start)
        #expect(walker.send(.skipped(1, .ownLimit)).target == 11)
        let failure = walker.send(.skipped(1, .ownLimit)).failure
        #expect(failure?.cause.failureClass == .rateLimit)
    }

    @Test func aRestIsWaitedForWhenNobodyElseIsLeft() {
        var walker = Walker(Walker.plan(1))
        _ = walker.send(.start)
        let waited = walker.send(.skipped(1, .resting(.server, readyIn: 700))).order
        #expect(waited?.after == 700)
        // Patience is 2 s altogether, and a wait is never shorter than 50 ms.
        #expect(walker.send(.skipped(1, .resting(.server, readyIn: 0)), after: 700).order?.after == 50)
        let failure = walker.send(.skipped(1, .resting(.server, readyIn: 1_500)), after: 50).failure
        #expect(failure?.cause.failureClass == .overloaded)
        #expect(failure?.cause.retryAfterMilliseconds == 1_500)
        #expect(failure?.attempts.isEmpty == true)
        #expect(failure?.skips.count == 1)
    }

    @Test func keysThatRestSayWhy() {
        var walker = Walker(Walker.plan(1))
        _ = walker.send(.start)
        let failure = walker.send(.skipped(1, .keysResting(.billing, readyIn: 30_000))).failure
        #expect(failure?.cause.failureClass == .billing)
    }

    @Test func theMostUsefulCauseCounts() {
        var walker = Walker(Walker.plan())
        _ = walker.send(.start)
        _ = walker.send(.failed(1, .of(.overloaded, after: 9_000)), after: 30)
        let failure = walker.send(.failed(2, .of(.modelNotFound)), after: 40).failure
        #expect(failure?.cause.failureClass == .overloaded)
        #expect(
            failure?.message
                == "overloaded happened [a/m0: overloaded after 30 ms; b/m1: model_not_found after 40 ms]")
    }

    @Test func theDeadlineEndsEverything() {
        var walker = Walker(Walker.plan { $0.total = 100 })
        _ = walker.send(.start)
        let failure = walker.send(.deadline, after: 100).failure
        #expect(failure?.cause.failureClass == .timeout)
        #expect(failure?.attempts.map(\.latencyMilliseconds) == [100])
        #expect(walker.send(.began(1)) == .cancel(1))
        #expect(walker.send(.finished(1)) == .wait)
        #expect(walker.send(.failed(1, .reset)) == .wait)
        var late = Walker(Walker.plan { $0.total = 0 })
        #expect(late.send(.start).failure?.cause.failureClass == .timeout)
    }

    @Test func nothingFollowsAClientThatLeft() {
        var walker = Walker(Walker.plan())
        _ = walker.send(.start)
        #expect(walker.send(.clientGone) == .stop)
        #expect(walker.send(.failed(1, .reset)) == .wait)
        #expect(walker.walk.attempts.map(\.outcome) == [.cancelled])
    }

    @Test func thePolicyIsTakenOver() {
        var model = ModelPolicy(name: "m", targets: [])
        model.fallbackOn = [.timeout]
        model.attemptsPerTarget = 3
        model.maxAttempts = 7
        model.resume = true
        model.hedgeAfter = 900
        let plan = RoutePlan(model, candidates: [], isStream: true, hasStructure: false, total: 5)
        #expect(plan.fallbackOn == [.timeout])
        #expect(plan.attemptsPerTarget == 3)
        #expect(plan.maxAttempts == 7)
        #expect(plan.hedgeAfter == 900)
        #expect(plan.mayResume)
        #expect(!RoutePlan(model, candidates: [], isStream: true, hasStructure: true, total: 5).mayResume)
        #expect(!RoutePlan(model, candidates: [], isStream: false, hasStructure: false, total: 5).mayResume)
    }
}
