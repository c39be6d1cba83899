import Dialects
import Policy
import Routing
import Testing

@Suite struct RouteWalkHedgeTests {
    private func walker(_ count: Int = 2, stream: Bool = true) -> Walker {
        Walker(Walker.plan(count, stream: stream) { $0.hedgeAfter = 1_000 })
    }

    @Test func theFirstTokenWinsAndTheOtherIsCancelled() {
        var walker = walker()
        #expect(walker.send(.start).order?.hedgeAfter == 1_000)
        let hedge = walker.send(.hedgeDue, after: 1_000)
        guard case .hedge = hedge else {
            Issue.record("no hedge: \(hedge)")
            return
        }
        #expect(hedge.target == 11)
        #expect(walker.send(.began(2), after: 100) == .deliver(2, cancelling: 1))
        #expect(walker.send(.began(1)) == .cancel(1))
        #expect(walker.send(.failed(1, .reset)) == .wait)
        #expect(walker.send(.finished(2)) == .done(2, cancelling: nil))
        #expect(walker.walk.attempts.map(\.outcome) == [.cancelled, .answered])
        #expect(walker.walk.started == 2)
    }

    @Test func theOtherGoesOnWhenOneFails() {
        var walker = walker()
        _ = walker.send(.start)
        _ = walker.send(.hedgeDue)
        #expect(walker.send(.failed(1, .of(.server))) == .wait)
        #expect(walker.send(.began(2)) == .deliver(2, cancelling: nil))
    }

    @Test func bothFailing() {
        var walker = walker()
        _ = walker.send(.start)
        _ = walker.send(.hedgeDue)
        #expect(walker.send(.failed(2, .silence)) == .wait)
        #expect(walker.send(.failed(1, .of(.server))).target == 10)
        #expect(walker.send(.failed(3, .silence)).failure?.attempts.count == 3)
    }

    @Test func aVerdictOnTheRequestWaitsForTheOther() {
        var walker = walker(3)
        _ = walker.send(.start)
        _ = walker.send(.hedgeDue)
        #expect(walker.send(.failed(1, .of(.badRequest))) == .wait)
        #expect(walker.send(.failed(2, .of(.server))).failure?.cause.failureClass == .badRequest)
    }

    @Test func onceOnlyAndNotAfterTheHead() {
        var walker = walker(3)
        _ = walker.send(.start)
        #expect(walker.send(.hedgeDue).target == 11)
        #expect(walker.send(.hedgeDue) == .wait)
        var begun = self.walker(3)
        _ = begun.send(.start)
        _ = begun.send(.began(1))
        #expect(begun.send(.hedgeDue) == .wait)
    }

    @Test func aSkippedHedgeTakesTheNext() {
        var walker = walker(3)
        _ = walker.send(.start)
        _ = walker.send(.hedgeDue)
        let next = walker.send(.skipped(2, .ownLimit))
        #expect(next.target == 12)
        #expect(next.order?.number == 2)
        #expect(walker.send(.skipped(2, .ownLimit)) == .wait)
    }

    @Test func notForWholeAnswersNorWithoutBudgetOrTarget() {
        var whole = walker(stream: false)
        #expect(whole.send(.start).order?.hedgeAfter == nil)
        #expect(whole.send(.hedgeDue) == .wait)
        var broke = walker()
        broke.mayRetry = false
        _ = broke.send(.start)
        #expect(broke.send(.hedgeDue) == .wait)
        var single = walker(1)
        #expect(single.send(.start).order?.hedgeAfter == nil)
        #expect(single.send(.hedgeDue) == .wait)
    }
}
