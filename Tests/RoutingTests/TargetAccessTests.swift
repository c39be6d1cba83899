import Dialects
import Routing
import Testing

@Suite struct TargetAccessTests {
    private let clock = TestClock()

    private func state(maxTargets: Int = 4096) -> RoutingState {
        RoutingState(maxTargets: maxTargets, clock: clock.read, random: { longestJitter })
    }

    private func access(_ keys: [Int], model: String = "m", in state: RoutingState) -> TargetAccess {
        state.access(provider: "p", model: model, mark: 7, keyMarks: keys)
    }

    @Test func keysAreUsedInTurn() {
        let access = access([1, 2, 3], in: state())
        #expect((0..<6).compactMap { _ in access.key } == [0, 1, 2, 0, 1, 2])
        #expect(self.access([], in: state()).key == 0)
    }

    @Test(arguments: [FailureClass.auth, .billing])
    func aRefusedKeyRestsAloneWithAllItsModels(_ failureClass: FailureClass) {
        let state = state()
        let access = access([1, 2], in: state)
        let pass = access.pass
        #expect(pass?.keyIndex == 0)
        pass?.failed(.of(failureClass))
        #expect((0..<4).compactMap { _ in access.key } == [1, 1, 1, 1])
        #expect(access.hasReadyKey)
        #expect((0..<3).compactMap { _ in self.access([1, 2], model: "other", in: state).key } == [1, 1, 1])
        #expect(access.ring.report.map { $0?.failureClass } == [failureClass, nil])
    }

    @Test func aModelThatAKeyMayNotUseDoesNotSpeakAgainstTheKey() {
        let state = state()
        let access = access([1, 2], in: state)
        access.pass?.failed(AttemptFailure(.of(.auth, status: 403)))
        #expect((0..<3).compactMap { _ in access.key } == [1, 1, 1])
        #expect(Set((0..<4).compactMap { _ in self.access([1, 2], model: "other", in: state).key }) == [0, 1])
    }

    @Test func aLimitedKeyRestsForItsModelOnly() {
        let state = state()
        let access = access([1, 2], in: state)
        access.pass?.failed(.of(.rateLimit, after: 3_000))
        #expect((0..<3).compactMap { _ in access.key } == [1, 1, 1])
        #expect(Set((0..<4).compactMap { _ in self.access([1, 2], model: "other", in: state).key }) == [0, 1])
        clock.advance(3_000)
        #expect(Set((0..<4).compactMap { _ in access.key }) == [0, 1])
    }

    @Test func allKeysRestingSkipsTheTarget() {
        let access = access([1, 2], in: state())
        access.pass?.failed(.of(.billing))
        clock.advance(1_000)
        access.pass?.failed(.of(.auth))
        #expect(access.isResting)
        #expect(!access.hasReadyKey)
        #expect(access.skip == .keysResting(.billing, readyIn: 29_000))
    }

    @Test func afterItsRestOneRequestTriesTheKey() {
        let access = access([1, 2], in: state())
        access.pass?.failed(.of(.auth))
        clock.advance(30_000)
        let passes = (0..<6).compactMap { _ in access.pass }
        #expect(passes.filter { $0.keyIndex == 0 }.count == 1)
        let trial = passes.first { $0.keyIndex == 0 }
        #expect(trial?.isProbe == true)
        trial?.failed(.of(.auth))
        clock.advance(59_999)
        #expect((0..<4).compactMap { _ in access.key } == [1, 1, 1, 1])
        clock.advance(1)
        access.passes(2).first { $0.keyIndex == 0 }?.succeeded()
        #expect(Set((0..<4).compactMap { _ in access.key }) == [0, 1])
        #expect(access.ring.report.allSatisfy { $0 == nil })
    }

    @Test func whatWasUnderWayDoesNotWakeARefusedKey() {
        let access = access([1, 2], in: state())
        let early = access.passes(4).filter { $0.keyIndex == 0 }
        early[0].failed(.of(.auth))
        early[1].succeeded()
        #expect((0..<3).compactMap { _ in access.key } == [1, 1, 1])
    }

    @Test func anOutageHasOneBreakerAndOneProbeForAllKeys() {
        let access = access([1, 2, 3], in: state())
        for _ in 0..<5 { access.pass?.failed(.of(.server)) }
        #expect(access.skip == .resting(.server, readyIn: 1_000))
        clock.advance(1_000)
        let passes = access.passes(5)
        #expect(passes.count == 1)
        passes[0].began(microseconds: 100, at: clock.now)
        #expect(access.passes(5).count == 5)
    }

    @Test func aProbeThatFindsNoKeyIsGivenBack() {
        let access = access([1], in: state())
        for _ in 0..<5 { access.pass?.failed(.of(.server)) }
        clock.advance(1_000)
        access.pass?.failed(.of(.auth))
        #expect(access.skip == .resting(.auth, readyIn: 60_000))
        clock.advance(60_000)
        #expect(access.pass?.isProbe == true)
    }

    @Test func healthOutlivesAReloadButNotANewKey() {
        let state = state()
        for _ in 0..<5 { access([1], in: state).pass?.failed(.of(.server)) }
        #expect(access([1], in: state).isResting)
        #expect(!access([2], in: state).isResting)
        let two = access([1, 2], in: state)
        two.pass?.failed(.of(.auth))
        #expect(access([2, 1, 3], in: state).ring.report.map { $0 != nil } == [false, true, false])
    }

    @Test func theRegistryIsBoundedAndKeepsTheTroubled() {
        let state = state(maxTargets: 16)
        for _ in 0..<5 { access([1], model: "down", in: state).pass?.failed(.of(.server)) }
        for number in 0..<500 { _ = access([1], model: "made-up-\(number)", in: state) }
        #expect(state.reports.count <= 16)
        #expect(state.reports.first?.key.model == "down")
        #expect(state.reports.first?.state == .resting)
        #expect(access([1], model: "down", in: state).isResting)
    }

    @Test func abandonedAttemptsLeaveNoTrace() {
        let access = access([1, 2], in: state())
        for pass in access.passes(40) { pass.abandoned() }
        #expect(access.health.report.points == 0)
        #expect(access.latency.load(at: clock.now) == 0)
        access.pass?.began(microseconds: 800, at: clock.now)
        #expect(access.latency.load(at: clock.now) == 1_600)
    }
}

extension TargetAccess {
    var pass: TargetPass? { if case .pass(let pass) = admit() { pass } else { nil } }
    var key: Int? {
        guard let pass else { return nil }
        pass.abandoned()
        return pass.keyIndex
    }
    var skip: SkipReason? { if case .skip(let reason) = admit() { reason } else { nil } }
    func passes(_ count: Int) -> [TargetPass] { (0..<count).compactMap { _ in pass } }
}
