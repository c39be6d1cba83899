import Dialects
import Policy
import Routing
import Testing

@Suite struct RouteWalkResumeTests {
    private func broken(
        _ failure: AttemptFailure = .cut(), targets: Int = 2, _ change: (inout RoutePlan) -> Void = { _ in }
    ) -> (Walker, RouteStep) {
        var walker = Walker(
            Walker.plan(targets) { plan in
                plan.resume = true
                change(&plan)
            })
        _ = walker.send(.start)
        _ = walker.send(.began(1))
        let step = walker.send(.failed(1, failure), after: 500)
        return (walker, step)
    }

    @Test func withoutResumeTheErrorGoesIntoTheStream() {
        let (_, step) = broken { $0.resume = false }
        #expect(step.failure?.isInBand == true)
        #expect(step.failure?.cause.failureClass == .streamBroken)
        #expect(step.failure?.attempts.count == 1)
    }

    @Test(arguments: [(true, 100, ResumeMethod.prefill), (true, 15, .again), (false, 100, .again)])
    func theMethodFollowsTheModel(_ canPrefill: Bool, _ bytes: Int, _ expected: ResumeMethod) {
        var (walker, step) = broken(.cut(bytes: bytes)) { $0.candidates[1].continuesPrefill = canPrefill }
        #expect(step.target == 11)
        #expect(step.method == expected)
        #expect(walker.send(.began(2)) == .wait)
        #expect(walker.send(.finished(2)) == .done(2, cancelling: nil))
        #expect(walker.walk.started == 2)
    }

    @Test(arguments: FailureClass.allCases)
    func onlyABreakIsContinued(_ failureClass: FailureClass) {
        let (_, step) = broken(.cut(failureClass))
        let breaks: Set<FailureClass> = [
            .connection, .timeout, .streamBroken, .server, .overloaded, .rateLimit, .rateLimitLong, .billing,
        ]
        #expect((step.target == 11) == breaks.contains(failureClass))
        #expect((step.failure?.isInBand == true) == !breaks.contains(failureClass))
    }

    @Test func toolsAndOtherPartsAreNeverContinued() {
        #expect(broken { $0.hasStructure = true }.1.failure?.isInBand == true)
        let other = AttemptFailure(.of(.streamBroken), delivered: .other)
        #expect(broken(other).1.failure?.isInBand == true)
        #expect(broken { $0.fallbackOn.remove(.serverError) }.1.failure?.isInBand == true)
        #expect(broken(targets: 1).1.failure?.isInBand == true)
    }

    @Test func aRejectedPrefillIsAskedAnewAndTheCutStaysTheCause() {
        var (walker, _) = broken { $0.candidates[1].continuesPrefill = true }
        let anew = walker.send(.failed(2, .of(.badRequest)))
        #expect(anew.target == 11)
        #expect(anew.method == .again)
        let failure = walker.send(.failed(3, .of(.badRequest)), after: 20).failure
        #expect(failure?.cause.failureClass == .streamBroken)
        #expect(failure?.isInBand == true)
        #expect(failure?.attempts.map(\.target) == [10, 11, 11])
        #expect(failure?.message.contains("a/m0: stream_broken after 500 ms; b/m1: bad_request") == true)
    }

    @Test func aDivergedAnswerGoesToTheNextTarget() {
        var (walker, _) = broken(targets: 3)
        #expect(walker.send(.diverged(2)).target == 12)
        let failure = walker.send(.diverged(3)).failure
        #expect(failure?.isInBand == true)
        #expect(failure?.cause.message == "stream_broken happened")
        #expect(failure?.attempts.count == 3)
    }

    @Test func aResumedAnswerThatBreaksIsContinuedAgain() {
        var (walker, _) = broken(targets: 3)
        _ = walker.send(.began(2))
        let step = walker.send(.failed(2, .cut(.timeout, bytes: 300)))
        #expect(step.target == 12)
        let failure = walker.send(.failed(3, .silence)).failure
        #expect(failure?.cause.failureClass == .timeout)
    }

    @Test func aFailedAttemptToResumeIsRetriedByTheUsualRules() {
        var (walker, _) = broken { $0.candidates[1].continuesPrefill = true }
        walker.random = 50
        let again = walker.send(.failed(2, .of(.server)))
        #expect(again.target == 11)
        #expect(again.method == .prefill)
        #expect(again.order?.after == 50)
        #expect(walker.send(.failed(3, .silence)).failure?.isInBand == true)
    }

    @Test func askingTheBrokenTargetAgainIsNoOption() {
        var (walker, step) = broken(.cut(.server), targets: 2)
        #expect(step.target == 11)
        #expect(walker.send(.skipped(2, .resting(.server, readyIn: 10))).failure?.isInBand == true)
    }

    @Test func theDeadlineNamesTheBreak() {
        var (walker, _) = broken()
        let failure = walker.send(.deadline, after: 600_000).failure
        #expect(failure?.cause.failureClass == .streamBroken)
        #expect(failure?.attempts.count == 2)
        #expect(failure?.isInBand == true)
    }
}
