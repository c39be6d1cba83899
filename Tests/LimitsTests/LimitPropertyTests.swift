import Limits
import Policy
import RedisTesting
import Testing

/// Random interleavings of everything a store can do, on counters that overlap, against the plain model.
@Suite struct LimitPropertyTests {
    static let steps = 1000

    @Test(arguments: 0..<10) func local(_ seed: Int) async throws {
        try await Self.run(.local(), seed: UInt64(seed), steps: Self.steps)
    }

    @Test(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)))
    func redis() async throws {
        try await RedisFixture.withServer { fixture in
            for seed in 0..<3 {
                try await fixture.flush()
                try await Self.run(fixture.store(), seed: UInt64(100 + seed), steps: 1500)
            }
        }
    }

    private static func run(_ store: StoreUnderTest, seed: UInt64, steps: Int) async throws {
        var random = SplitMix64(seed: seed)
        var scenario = LimitScenario()
        var model = ReferenceStore()
        var open: [Reservation] = []
        var closed: [Reservation] = []
        var seen = (admitted: 0, refused: 0, overdrawn: 0, again: 0, lapsed: 0, lost: 0)

        for step in 0..<steps {
            store.clock.advance(LimitScenario.step(&random))
            let now = store.clock.now
            let context = Comment(rawValue: "seed \(seed), step \(step)")
            var touched = (claims: [LimitClaim](), tenant: scenario.tenants[0])

            switch Int.random(in: 0..<100, using: &random) {
            case 0..<50:
                let request = scenario.request(&random, now: now)
                touched = (request.claims, request.tenant)
                let before = try await store.state(request.claims, of: request.tenant)
                let outcome = try await store.store.reserve(request, on: anyLoop)
                #expect(model.inspect(request.claims, at: now) == before, context)
                let granted = model.reserve(request, at: now)
                switch outcome {
                case .admitted(let reservation):
                    seen.admitted += 1
                    #expect(granted == .init(tokens: reservation.tokens, cost: reservation.cost), context)
                    Self.expectWithinLimits(reservation, before, context)
                    open.append(reservation)
                case .refused(let refusal):
                    seen.refused += 1
                    #expect(granted == nil, context)
                    #expect(refusal.states.map { Amounts($0) } == before, context)
                    #expect(refusal.limit.remaining < refusal.requested, context)
                }
            case 50..<80 where !open.isEmpty:
                let reservation = open.remove(at: Int.random(in: 0..<open.count, using: &random))
                touched = (reservation.claims, reservation.tenant)
                let actual = LimitScenario.actuals(&random)
                let outcome = try await store.settle(reservation, actual)
                #expect(outcome == model.settle(reservation, actual), context)
                #expect(outcome == .settled, context)
                closed.append(reservation)
            case 80..<85 where !closed.isEmpty:
                let reservation = closed[Int.random(in: 0..<closed.count, using: &random)]
                touched = (reservation.claims, reservation.tenant)
                seen.again += 1
                #expect(try await store.settle(reservation, used(77)) == .alreadySettled, context)
                #expect(model.settle(reservation, used(77)) == .alreadySettled, context)
            case 85..<93:
                let some = open.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
                try await store.renew(some, lease: 6000)
                for reservation in some { model.renew(reservation, until: now + 6000) }
            case 93..<95:
                let all = scenario.claims(tenant: 0, key: 0, now: now)
                guard let lost = all.randomElement(using: &random)?.counter else { break }
                seen.lost += 1
                try await store.lose(lost)
                model.lose(lost)
            case 95..<96:
                let request = scenario.request(&random, now: now)
                touched = (request.claims, request.tenant)
                let id = scenario.freshID()
                let actual = LimitScenario.actuals(&random)
                let age = LimitScenario.step(&random)
                let outcome = try await store.charge(id, request.claims, of: request.tenant, actual, age: age)
                #expect(outcome == model.charge(id, request.claims, actual, at: now - age), context)
                #expect(try await store.charge(id, request.claims, of: request.tenant, actual) == .alreadySettled)
            default:
                // Time passes: leases end and are freed.
                store.clock.advance(Int.random(in: 0...12_000, using: &random))
                seen.lapsed += try await store.sweep()
                for tenant in 0...1 {
                    _ = model.inspect(scenario.claims(tenant: tenant, key: 0, now: now), at: store.clock.now)
                }
            }

            let claims = touched.claims.isEmpty ? scenario.claims(tenant: 0, key: 0, now: now) : touched.claims
            let states = try await store.store.inspect(claims, tenant: touched.tenant, on: anyLoop)
            let expected = model.inspect(claims, at: store.clock.now)
            // What follows would only repeat the first difference.
            try #require(states.map { Amounts($0) } == expected, context)
            if states.contains(where: { $0.remaining < 0 && !$0.shadow }) { seen.overdrawn += 1 }
        }
        // The walk went everywhere.
        #expect(seen.admitted > 40 && seen.refused > 40 && seen.overdrawn > 10 && seen.again > 5)
        #expect(seen.lapsed > 5 && seen.lost > 5)
    }

    /// An admission never goes over a limit, unless the limit was empty before.
    private static func expectWithinLimits(_ reservation: Reservation, _ before: [Amounts], _ context: Comment) {
        for (state, before) in zip(reservation.states, before) where !state.shadow {
            #expect(state.remaining >= 0 || before == Amounts(0, 0), context)
            #expect(state.used == before.used, context)
        }
    }
}
