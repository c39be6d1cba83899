import Policy
import Testing

@testable import Limits

@Suite struct AlertWatchTests {
    let acme = LimitTenant("acme")
    let raised = RaisedAlerts()

    private func watch(capacity: Int = 65_536) -> AlertWatch {
        AlertWatch(capacity: capacity, raise: raised.add)
    }

    private var perMinute: LimitClaim { claim(.tenant, .tokens, .minute, max: 1000, tenant: acme) }

    @Test(arguments: [
        (used: 0, max: 1000, at: [50, 80, 95], threshold: nil as Int?, percent: 0),
        (499, 1000, [50, 80, 95], nil, 0),
        (500, 1000, [50, 80, 95], 50, 50),
        (799, 1000, [50, 80, 95], 50, 79),
        (800, 1000, [50, 80, 95], 80, 80),
        (2500, 1000, [50, 80, 95], 95, 250),
        (2500, 1000, [50, 200, 300], 200, 250),
        (1000, 1000, [], nil, 0),
        // 2 of 3 is 66.6 %.
        (2, 3, [66], 66, 66),
        (2, 3, [67], nil, 0),
        (5, 0, [1], nil, 0),
        (LimitAmount.cap, LimitAmount.cap, [100], 100, 100),
        (LimitAmount.cap, 1, [1000], 1000, LimitAmount.cap * 100),
    ])
    func theHighestThresholdThatIsPassedFires(
        used: Int, max: Int, at: [Int], threshold: Int?, percent: Int
    ) throws {
        let limit = claim(.tenant, .tokens, .minute, max: max, tenant: acme)
        watch().observe([state(limit, used: used)], tenant: "acme", policy: alerting(at: at), now: noon)
        #expect(raised.thresholds == (threshold.map { [$0] } ?? []))
        if threshold != nil { #expect(raised.all.first?.alert.percent == percent) }
    }

    @Test func anAlertSaysWhatItIsAbout() throws {
        let limit = claim(.key, .cost, .minute, max: 1000, tenant: acme, subject: "k1", shadow: true)
        watch().observe([state(limit, used: 870)], tenant: "acme", policy: alerting(), now: noon + 7)
        let first = try #require(raised.all.first)
        #expect(
            first.alert
                == LimitAlert(
                    id: first.alert.id, time: noon + 7, tenant: "acme", counter: limit.counter, threshold: 80,
                    percent: 87, used: 870, max: 1000, resetsAt: noon + 120_000, shadow: true))
        #expect(first.webhook == hook)
        #expect(!first.allowPrivateNetwork)
        #expect(first.keys == [80, 50].map { "ml1:{t:acme}:key:cost:minute:k1:\(noon):1000:\($0)" })
        #expect(first.lifetime == 120_000 - 7 + AlertWatch.margin)
        // Another replica gives the same alert the same id, and another alert another.
        let (other, next) = (RaisedAlerts(), RaisedAlerts())
        AlertWatch(raise: other.add)
            .observe([state(limit, used: 801)], tenant: "acme", policy: alerting(), now: noon + 3)
        AlertWatch(raise: next.add).observe([state(limit, used: 950)], tenant: "acme", policy: alerting(), now: noon)
        #expect(other.all.first?.alert.id == first.alert.id)
        #expect(first.alert.id.utf8.count == 32)
        #expect(next.all.first?.alert.id != first.alert.id)
    }

    @Test func eachThresholdFiresOnceInAPeriod() {
        let watch = watch()
        for used in [510, 520, 960, 700, 960, 1500] {
            watch.observe([state(perMinute, used: used)], tenant: "acme", policy: alerting(), now: noon)
        }
        #expect(raised.thresholds == [50, 95])
        // 80 counts as fired with 95; 50 had been.
        #expect(raised.all.last?.keys.map { $0.suffix(3) } == [":95", ":80"])
    }

    @Test func theNextPeriodFiresAgainAndAnEarlierOneDoesNot() {
        let watch = watch()
        let day = claim(.tenant, .requests, .day, max: 10, tenant: acme, calendar: utcDay(noon))
        let next = claim(.tenant, .requests, .day, max: 10, tenant: acme, calendar: utcDay(noon + 86_400_000))
        func observe(_ claim: LimitClaim, _ now: Int) -> Int {
            watch.observe([state(claim, used: 6, at: now)], tenant: "acme", policy: alerting(), now: now)
            return raised.take().count
        }
        #expect(observe(perMinute, noon) == 0)
        #expect(observe(claim(.tenant, .tokens, .minute, max: 10, tenant: acme), noon + 59_999) == 1)
        #expect(observe(claim(.tenant, .tokens, .minute, max: 10, tenant: acme), noon + 60_000) == 1)
        #expect(observe(claim(.tenant, .tokens, .minute, max: 10, tenant: acme), noon + 59_000) == 0)
        #expect(observe(day, noon) == 1)
        #expect(observe(day, noon + 43_199_999) == 0)
        // The same day, whether a replica still has the old boundaries or has the new ones already.
        #expect(observe(day, noon + 43_200_000) == 1)
        #expect(observe(next, noon + 43_200_001) == 0)
        #expect(observe(next, noon + 43_199_999) == 0)
    }

    /// Whoever raises a limit wants to hear of the new one.
    @Test func aLimitThatWasChangedIsAnotherOne() {
        let watch = watch()
        func observe(_ used: Int, of max: Int) -> [Int] {
            let limit = claim(.tenant, .tokens, .minute, max: max, tenant: acme)
            watch.observe([state(limit, used: used)], tenant: "acme", policy: alerting(), now: noon)
            return raised.take().map(\.alert.threshold)
        }
        #expect(observe(960, of: 1000) == [95])
        #expect(observe(970, of: 2000) == [])
        #expect(observe(1000, of: 2000) == [50])
        #expect(observe(1600, of: 2000) == [80])
        #expect(observe(1700, of: 2000) == [])
        // Lowered, and back: of each it was told.
        #expect(observe(1700, of: 1800) == [80])
        #expect(observe(1700, of: 2000) == [])
        #expect(observe(1700, of: 1000) == [])
    }

    @Test func tenantsWithDifferentLimitsOnOneCounterAreToldOnceEach() {
        let watch = watch()
        let small = claim(.global, .requests, .hour, max: 100, tenant: acme)
        let large = claim(.global, .requests, .hour, max: 1000, tenant: LimitTenant("other"))
        for _ in 0..<5 {
            watch.observe([state(small, used: 600)], tenant: "acme", policy: alerting(), now: noon)
            watch.observe([state(large, used: 600)], tenant: "other", policy: alerting(), now: noon)
        }
        let alerts = raised.all
        #expect(alerts.map(\.alert.threshold) == [95, 50])
        #expect(Set(alerts.flatMap(\.keys)).count == 4)
        #expect(alerts[0].alert.id != alerts[1].alert.id)
    }

    @Test func countersAreApart() {
        let watch = watch()
        let states = ["k1", "k2"].map {
            state(claim(.key, .tokens, .hour, max: 100, tenant: acme, subject: $0), used: 60)
        }
        watch.observe(states + [state(perMinute, used: 900)], tenant: "acme", policy: alerting(), now: noon)
        #expect(raised.thresholds == [50, 50, 80])
        #expect(raised.all.map(\.alert.counter.subject) == ["k1", "k2", ""])
    }

    @Test func reservedAmountsAndConcurrencyDoNotCount() {
        let slots = claim(.tenant, .concurrency, nil, max: 2, tenant: acme)
        let full = LimitState(claim: slots, used: 2, reserved: 2, resetsAt: noon + 1000)
        watch().observe(
            [state(perMinute, used: 10, reserved: 900), full], tenant: "acme", policy: alerting(), now: noon)
        #expect(raised.thresholds == [])
    }

    @Test func aSettlementAddsWhatWasUsed() {
        let watch = watch()
        let states = [
            state(perMinute, used: 700), state(claim(.key, .cost, .hour, max: 400_000, tenant: acme), used: 100_000),
            state(claim(.key, .requests, .hour, max: 4, tenant: acme), used: 1),
        ]
        watch.observe(states, tenant: "acme", policy: alerting(at: [80]), now: noon)
        #expect(raised.take().isEmpty)
        watch.observe(states, adding: used(100), tenant: "acme", policy: alerting(at: [50, 80]), now: noon)
        let alerts = raised.take().map(\.alert)
        #expect(alerts.map(\.used) == [800, 200_000, 2])
        #expect(alerts.map(\.threshold) == [80, 50, 50])
    }

    @Test func aSettlementAfterThePeriodIsSilent() {
        let watch = watch()
        let day = claim(.tenant, .tokens, .day, max: 100, tenant: acme, calendar: utcDay(noon))
        let states = [state(day, used: 79), state(perMinute, used: 799)]
        watch.observe(states, adding: used(1), tenant: "acme", policy: alerting(at: [80]), now: noon + 43_200_000)
        #expect(raised.thresholds == [])
        // A minute later the sliding window still counts it, in the period of the reservation.
        watch.observe(states, adding: used(1), tenant: "acme", policy: alerting(at: [80]), now: noon + 100_000)
        #expect(
            raised.all.map(\.keys) == [
                ["ml1:{t:acme}:tenant:tokens:day::\(noon - 43_200_000):100:80"],
                ["ml1:{t:acme}:tenant:tokens:minute::\(noon):1000:80"],
            ])
    }

    @Test func aStoreAndAWatchTogether() async throws {
        let clock = TestClock()
        let store = LocalLimitStore(clock: clock.read)
        let watch = watch()
        let limits = [
            claim(.tenant, .tokens, .minute, max: 1000, tenant: acme),
            claim(.tenant, .tokens, .day, max: 2000, tenant: acme, calendar: utcDay(noon)),
        ]
        var fired: [[String]] = []
        func request(_ amount: Int, at time: Int) throws {
            clock.set(noon + time)
            let request = ReservationRequest(
                id: .random(), tenant: acme, claims: limits, demand: tokens(amount), leaseMilliseconds: 30_000)
            switch try store.reserve(request) {
            case .refused(let refusal):
                watch.observe(refusal.states, tenant: "acme", policy: alerting(), now: clock.now)
            case .admitted(let reservation):
                watch.observe(reservation.states, tenant: "acme", policy: alerting(), now: clock.now)
                _ = try store.settle(reservation, actuals: used(amount))
                watch.observe(
                    reservation.states, adding: used(amount), tenant: "acme", policy: alerting(), now: clock.now)
            }
            fired.append(
                raised.take().map { "\($0.alert.counter.period?.rawValue ?? "") \($0.alert.threshold)" })
        }
        try request(499, at: 0)
        try request(1, at: 1)
        try request(450, at: 2)
        try request(100, at: 3)
        // Half of the previous minute weighs; the day stands at 950 of 2000.
        try request(100, at: 90_000)
        try request(400, at: 119_000)
        try request(1, at: 119_500)
        #expect(fired == [[], ["minute 50"], ["minute 95"], [], ["minute 50", "day 50"], [], []])
    }

    @Test func whatIsRememberedIsBounded() {
        let watch = watch(capacity: 512)
        for number in 0..<20_000 {
            let limit = claim(.endUser, .tokens, .day, max: 10, tenant: acme, subject: "u\(number)")
            watch.observe([state(limit, used: 6)], tenant: "acme", policy: alerting(), now: noon)
        }
        #expect(raised.all.count == 20_000)
        #expect(watch.remembered <= 512)
        #expect(watch.remembered >= 128)
    }

    @Test func ofManyAtOnceOneFires() async {
        let watch = watch()
        let full = [state(perMinute, used: 990)]
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        watch.observe(full, tenant: "acme", policy: alerting(), now: noon)
                    }
                }
            }
        }
        #expect(raised.thresholds == [95])
    }

    /// Against the definition, written down as sets.
    @Test(arguments: 0..<20) func agreesWithTheDefinition(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let watch = watch()
        let thresholds = [20, 50, 80, 95, 150]
        let claims = (0..<3).map { claim(.key, .tokens, .minute, max: 100, tenant: acme, subject: "\($0)") }
        var passed: [String: Set<Int>] = [:]
        var expected: [String] = []
        var now = noon
        for _ in 0..<400 {
            now += Int.random(in: 0...20_000, using: &random)
            let index = Int.random(in: 0..<3, using: &random)
            let amount = Int.random(in: 0...200, using: &random)
            watch.observe(
                [state(claims[index], used: amount, at: now)], tenant: "acme", policy: alerting(at: thresholds),
                now: now)
            let instance = "\(index) \(now / 60_000)"
            let reached = thresholds.filter { amount >= $0 }
            if let top = reached.last, top > passed[instance, default: []].max() ?? 0 {
                expected.append("\(instance) \(top)")
                passed[instance, default: []].formUnion(reached)
            }
        }
        #expect(expected.count > 100)
        #expect(
            raised.all.map { "\($0.alert.counter.subject) \($0.alert.time / 60_000) \($0.alert.threshold)" } == expected
        )
    }
}
