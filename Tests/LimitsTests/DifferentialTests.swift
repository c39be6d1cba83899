import Limits
import Policy
import RedisTesting
import Testing

/// The store in process and the one in Redis give the same answer, to the last number, to the same calls at the same
/// times; also when the clock goes back.
@Suite struct DifferentialTests {
    @Test(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)))
    func localAndRedisAgree() async throws {
        try await RedisFixture.withServer { fixture in
            for seed in 0..<3 {
                try await fixture.flush()
                let redis = fixture.store()
                let local = LocalLimitStore(clock: redis.clock.read)
                try await Self.run(redis, StoreUnderTest(store: local, clock: redis.clock), seed: UInt64(200 + seed))
            }
        }
    }

    private static func run(_ redis: StoreUnderTest, _ local: StoreUnderTest, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var scenario = LimitScenario()
        var reservations: [Reservation] = []
        for step in 0..<1500 {
            let context = Comment(rawValue: "seed \(seed), step \(step)")
            let isBackwards = Int.random(in: 0..<100, using: &random) == 0
            redis.clock.advance(isBackwards ? -Int.random(in: 0...1500, using: &random) : LimitScenario.step(&random))
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<60:
                let request = scenario.request(&random, now: redis.clock.now)
                let one = try await redis.store.reserve(request, on: anyLoop)
                let two = try await local.store.reserve(request, on: anyLoop)
                try #require(describe(one) == describe(two), context)
                if let reservation = one.reservation { reservations.append(reservation) }
            case 60..<85 where !reservations.isEmpty:
                // Some are settled again and again.
                let reservation = reservations[Int.random(in: 0..<reservations.count, using: &random)]
                let actuals = used(
                    Int.random(in: 0...900, using: &random), requests: Int.random(in: 0...1, using: &random))
                #expect(try await redis.settle(reservation, actuals) == local.settle(reservation, actuals), context)
            case 85..<90:
                let some = reservations.suffix(10)
                try await redis.renew(Array(some), lease: 9000)
                try await local.renew(Array(some), lease: 9000)
            case 90..<95:
                let request = scenario.request(&random, now: redis.clock.now)
                // Also ids of reservations that are open.
                let id = reservations.last.map { Bool.random(using: &random) ? $0.id : request.id } ?? request.id
                let one = try await redis.charge(id, request.claims, of: request.tenant, used(50))
                #expect(try await local.charge(id, request.claims, of: request.tenant, used(50)) == one, context)
            default:
                #expect(try await redis.sweep() == local.sweep(), context)
            }
            let claims = scenario.claims(tenant: step % 2, key: step % 4, now: redis.clock.now)
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
        "\(state.counter.name) \(state.used) \(state.reserved) \(state.resetsAt)"
    }
}
