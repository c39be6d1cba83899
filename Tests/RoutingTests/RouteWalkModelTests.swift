import Dialects
import Policy
import Testing

@testable import Routing

/// Everything that can happen to a request with three targets.
@Suite struct RouteWalkModelTests {
    private static func plans() -> [RoutePlan] {
        var plans: [RoutePlan] = []
        for (resume, hedge, total) in [
            (false, nil, 600_000), (true, nil, 600_000), (true, 500, 600_000), (true, nil, 15_000),
        ]
            as [(Bool, Int?, Int)]
        {
            plans.append(
                Walker.plan(3) { plan in
                    plan.resume = resume
                    plan.hedgeAfter = hedge
                    plan.total = total
                    plan.maxAttempts = resume ? 3 : 4
                    plan.fallbackOn = Set(ModelPolicy.FallbackReason.allCases)
                    plan.candidates[0].contextWindow = 8_000
                    plan.candidates[1].contextWindow = 8_000
                    plan.candidates[2].contextWindow = 16_000
                    plan.candidates[1].continuesPrefill = true
                })
        }
        plans.append(Walker.plan(3, stream: false) { $0.fallbackOn = [.timeout, .connection] })
        return plans
    }

    @Test(arguments: 0..<5)
    func everyWayEndsAndKeepsTheRules(_ index: Int) {
        var explorer = WalkExplorer(Self.plans()[index])
        explorer.explore()
        #expect(explorer.problems == [])
        #expect(explorer.seen.count > 100)
        #expect(explorer.ends > 1_000)
    }

    /// The watcher must be able to bark: a walk that may do more than the plan says breaks its rules.
    @Test func theWatcherSeesAWalkThatBreaksTheRules() {
        var explorer = WalkExplorer(Walker.plan(1) { $0.attemptsPerTarget = 0 })
        explorer.explore()
        #expect(explorer.problems.contains("too many attempts at one target"))
    }

    /// Events in any order, also about attempts that never were, with any jitter and budget.
    @Test func nonsenseNeverBreaksTheRules() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<3_000 {
            var plan = Walker.plan(Int.random(in: 1...4, using: &random), stream: Bool.random(using: &random))
            plan.resume = Bool.random(using: &random)
            plan.hedgeAfter = Bool.random(using: &random) ? 300 : nil
            plan.maxAttempts = Int.random(in: 1...6, using: &random)
            plan.attemptsPerTarget = Int.random(in: 1...3, using: &random)
            var walk = RouteWalk(plan)
            var heads = 0
            var ends = 0
            var now = 0
            for turn in 0..<60 {
                let event = turn == 0 ? .start : Self.event(&random)
                now += Int.random(in: 0...2_000, using: &random)
                let permit = Bool.random(using: &random)
                switch walk.handle(event, at: now, random: random.next(), mayRetry: { _ in permit }) {
                case .deliver: heads += 1
                case .done, .fail, .stop: ends += 1
                case .wait, .cancel: break
                case .attempt, .hedge, .resume: #expect(ends == 0)
                }
                #expect(walk.started <= plan.maxAttempts)
            }
            #expect(heads <= 1)
            #expect(ends <= 1)
            #expect(walk.attempts.count <= plan.maxAttempts)
        }
    }

    private static func event(_ random: inout SplitMix64) -> RouteEvent {
        let number = Int.random(in: 1...5, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return .start
        case 1, 2: return .began(number)
        case 3: return .finished(number)
        case 4: return .hedgeDue
        case 5: return .diverged(number)
        case 6, 7: return .skipped(number, .resting(.server, readyIn: Int.random(in: 0...3_000, using: &random)))
        case 8: return .skipped(number, .ownLimit)
        default:
            let failureClass = FailureClass.allCases.randomElement(using: &random) ?? .server
            return .failed(number, Bool.random(using: &random) ? .of(failureClass) : .cut(failureClass))
        }
    }
}
