import Limits
import Policy
import RedisTesting
import Testing

/// The store in process and the one in Redis give the same answer, to the last number, to the same calls at the same
/// times; also when the clock goes back, the tenant moves to another time zone, or a counter is lost.
@Suite struct DifferentialTests {
    @Test(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)))
    func localAndRedisAgree() async throws {
        try await RedisFixture.withServer { fixture in
            for seed in 0..<3 {
                try await fixture.flush()
                let redis = fixture.store()
                try await Self.run(redis, .local(redis.clock), seed: UInt64(200 + seed))
            }
        }
    }

    private static func run(_ redis: StoreUnderTest, _ local: StoreUnderTest, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var scenario = LimitScenario()
        var reservations: [Reservation] = []
        var west = 0
        // When a sweeper has caught up with a clock that went back: it may have planned to look a second later.
        var caughtUp = 0
        for step in 0..<1200 {
            let context = Comment(rawValue: "seed \(seed), step \(step)")
            let isBackwards = Int.random(in: 0..<100, using: &random) == 0
            if isBackwards { caughtUp = max(caughtUp, redis.clock.now + 1000) }
            redis.clock.advance(isBackwards ? -Int.random(in: 0...1500, using: &random) : LimitScenario.step(&random))
            if Int.random(in: 0..<60, using: &random) == 0 { west = Int.random(in: -14...12, using: &random) }
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<58:
                let request = scenario.request(&random, now: redis.clock.now, west: west)
                let one = try await redis.store.reserve(request, on: anyLoop)
                let two = try await local.store.reserve(request, on: anyLoop)
                try #require(describe(one) == describe(two), context)
                if let reservation = one.reservation { reservations.append(reservation) }
            case 58..<82 where !reservations.isEmpty:
                // Some are settled again and again.
                let reservation = reservations[Int.random(in: 0..<reservations.count, using: &random)]
                let actuals = LimitScenario.actuals(&random, requests: Int.random(in: 0...1, using: &random))
                #expect(try await redis.settle(reservation, actuals) == local.settle(reservation, actuals), context)
            case 82..<88:
                // Some are settled, some have lapsed.
                let some = Array(reservations.suffix(20)).filter { _ in Bool.random(using: &random) }
                try await redis.renew(some, lease: 9000)
                try await local.renew(some, lease: 9000)
            case 88..<93:
                let request = scenario.request(&random, now: redis.clock.now, west: west)
                // Also ids of reservations that are open.
                let id = reservations.last.map { Bool.random(using: &random) ? $0.id : request.id } ?? request.id
                let age = LimitScenario.step(&random)
                let actuals = LimitScenario.actuals(&random)
                let one = try await redis.charge(id, request.claims, of: request.tenant, actuals, age: age)
                let two = try await local.charge(id, request.claims, of: request.tenant, actuals, age: age)
                #expect(one == two, context)
            case 93..<95:
                guard let counter = reservations.last?.claims.randomElement(using: &random)?.counter else { continue }
                try await redis.lose(counter)
                try await local.lose(counter)
            default:
                let (one, two) = (try await redis.sweep(), try await local.sweep())
                #expect(
                    one == two || redis.clock.now < caughtUp,
                    "seed \(seed), step \(step): \(one), \(two), \(redis.clock.now - caughtUp)")
            }
            let claims = scenario.claims(tenant: step % 2, key: step % 4, now: redis.clock.now, west: west)
            let one = try await redis.store.inspect(claims, tenant: scenario.tenants[step % 2], on: anyLoop)
            let two = try await local.store.inspect(claims, tenant: scenario.tenants[step % 2], on: anyLoop)
            try #require(one.map(describe) == two.map(describe), context)
        }
    }

    private static func describe(_ outcome: ReserveOutcome) -> String {
        switch outcome {
        case .admitted(let it):
            "admitted \(it.tokens) \(it.cost) \(it.holdings) \(it.states.map(describe))"
        case .refused(let it):
            "refused \(it.binding) \(it.requested) \(it.retryAfterMilliseconds) \(it.states.map(describe))"
        }
    }

    private static func describe(_ state: LimitState) -> String {
        "\(state.counter.name) \(state.used) \(state.reserved) \(state.resetsAt) \(state.wouldRefuse)"
    }
}
