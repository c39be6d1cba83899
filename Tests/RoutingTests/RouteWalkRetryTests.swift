import Dialects
import Policy
import Testing

@testable import Routing

@Suite struct RouteWalkRetryTests {
    @Test func aSuccessIsOneAttempt() {
        var walker = Walker(Walker.plan())
        let order = walker.send(.start).order
        #expect(order?.number == 1)
        #expect(order?.target == 10)
        #expect(order?.after == 0)
        #expect(walker.send(.began(1)) == .deliver(1, cancelling: nil))
        #expect(walker.send(.finished(1), after: 70) == .done(1, cancelling: nil))
        #expect(walker.walk.started == 1)
        #expect(walker.walk.attempts.map(\.latencyMilliseconds) == [70])
        #expect(walker.walk.attempts.map(\.outcome) == [.answered])
    }

    /// Which targets are asked when each fails alike.
    @Test(arguments: [
        (FailureClass.server, [10, 10, 11, 11]), (.overloaded, [10, 10, 11, 11]), (.streamBroken, [10, 10, 11, 11]),
        (.modelFailure, [10, 10, 11, 11]), (.rateLimit, [10, 11, 10, 11]), (.rateLimitLong, [10, 11]),
        (.auth, [10, 11]), (.billing, [10, 11]), (.modelNotFound, [10, 11]), (.misconfigured, [10, 11]),
        (.contextLength, [10, 11]), (.tooLarge, [10, 11]), (.unsupportedParameter, [10, 11]),
        (.timeout, [10, 10, 11, 11]),
        (.connection, [10, 10, 11, 11]), (.badRequest, [10]), (.moderation, [10]),
    ])
    func targetsAskedWhenAllFail(_ failureClass: FailureClass, _ expected: [Int]) throws {
        var walker = Walker(Walker.plan())
        var asked: [Int] = []
        var step = walker.send(.start)
        while let order = step.order {
            asked.append(order.target)
            walker.now += order.after
            step = walker.send(.failed(order.number, .of(failureClass)), after: 20)
        }
        #expect(asked == expected)
        let failure = try #require(step.failure)
        #expect(failure.cause.failureClass == failureClass)
        #expect(failure.attempts.map(\.target) == expected)
        #expect(!failure.shouldRetry)
        #expect(!failure.isInBand)
    }

    @Test(arguments: [AttemptFailure.silence, .refusal])
    func aSilentOrRefusingTargetIsAskedOnce(_ failure: AttemptFailure) {
        var walker = Walker(
            Walker.plan(3) {
                $0.maxAttempts = 50; $0.attemptsPerTarget = 10
            })
        #expect(walker.send(.start).target == 10)
        #expect(walker.send(.failed(1, failure), after: 10_000).target == 11)
        #expect(walker.send(.failed(2, failure), after: 10_000).target == 12)
        #expect(walker.send(.failed(3, failure), after: 10_000).failure?.attempts.count == 3)
    }

    @Test func aResetIsNoRefusal() {
        var walker = Walker(Walker.plan())
        _ = walker.send(.start)
        #expect(walker.send(.failed(1, .reset)).target == 10)
    }

    @Test func aStatedWaitIsHonouredOnTheSameTarget() {
        var walker = Walker(Walker.plan())
        _ = walker.send(.start)
        let order = walker.send(.failed(1, .of(.rateLimit, after: 2_000))).order
        #expect(order?.target == 10)
        #expect(order?.after == 2_005)
        #expect(walker.send(.began(2), after: 2_005) == .deliver(2, cancelling: nil))
    }

    @Test func aLongWaitMovesOn() {
        var walker = Walker(Walker.plan())
        _ = walker.send(.start)
        let order = walker.send(.failed(1, .of(.rateLimit, after: 6_000))).order
        #expect(order?.target == 11)
        #expect(order?.after == 0)
        // The first is not worth waiting for either when the second fails for good.
        let failure = walker.send(.failed(2, .of(.auth))).failure
        #expect(failure?.cause.failureClass == .rateLimit)
        #expect(failure?.cause.retryAfterMilliseconds == 6_000)
    }

    @Test func aShortWaitIsRememberedForTheEnd() {
        var walker = Walker(Walker.plan())
        _ = walker.send(.start)
        #expect(walker.send(.failed(1, .of(.rateLimit))).target == 11)
        let back = walker.send(.failed(2, .silence), after: 50).order
        #expect(back?.target == 10)
        #expect(back?.after == 150)
    }

    @Test func backoffGrowsWithFullJitter() {
        let rules = RouteRules()
        var random = SplitMix64(seed: 7)
        for (retry, ceiling) in [(1, 200), (2, 400), (3, 800), (6, 5_000), (60, 5_000)] {
            let waits = (0..<2_000).map { _ in rules.backoff(retry: retry, random: random.next()) }
            #expect((waits.min() ?? -1) < ceiling / 50)
            #expect((waits.max() ?? 0) > ceiling * 49 / 50)
            #expect((waits.max() ?? .max) <= ceiling)
            let mean = waits.reduce(0, +) / waits.count
            #expect(abs(mean - ceiling / 2) < ceiling / 20)
        }
    }

    @Test func noBudgetMeansNoRetryButStillFallback() {
        var walker = Walker(Walker.plan())
        walker.mayRetry = false
        _ = walker.send(.start)
        #expect(walker.send(.failed(1, .of(.server))).target == 11)
        #expect(walker.send(.failed(2, .of(.server))).failure != nil)
    }

    @Test func anotherKeyIsTriedAtOnceWithoutBudget() {
        var walker = Walker(Walker.plan())
        walker.mayRetry = false
        _ = walker.send(.start)
        var failure = AttemptFailure.of(.billing)
        failure.otherKeyReady = true
        let order = walker.send(.failed(1, failure)).order
        #expect(order?.target == 10)
        #expect(order?.after == 0)
        #expect(walker.send(.failed(2, failure)).target == 11)
    }

    @Test func aWorkflowIsNotRunTwice() {
        var walker = Walker(Walker.plan { $0.candidates[0].isRepeatable = false })
        _ = walker.send(.start)
        #expect(walker.send(.failed(1, .of(.server))).target == 11)
    }

    @Test func aWaitBeyondTheDeadlineIsNotBegun() {
        var walker = Walker(Walker.plan(1) { $0.total = 1_500 })
        _ = walker.send(.start)
        let step = walker.send(.failed(1, .of(.rateLimit, after: 2_000)))
        #expect(step.failure?.cause.failureClass == .rateLimit)
        #expect(step.failure?.cause.retryAfterMilliseconds == 2_000)
    }

    @Test func maxAttemptsCountsAllTargets() {
        var walker = Walker(Walker.plan(3) { $0.maxAttempts = 3 })
        _ = walker.send(.start)
        _ = walker.send(.failed(1, .of(.server)))
        #expect(walker.send(.failed(2, .of(.server))).target == 11)
        #expect(walker.send(.failed(3, .of(.server))).failure?.attempts.count == 3)
    }
}
