import Limits
import Policy
import RedisTesting
import Synchronization
import Testing

/// Many at once on the same counters: never more than there is, every usage once, and nothing left behind.
@Suite struct LimitConcurrencyTests {
    @Test(arguments: 0..<3) func local(_ seed: Int) async throws {
        try await Self.run(.local(), seed: UInt64(seed), steps: 400)
    }

    @Test(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)))
    func redis() async throws {
        try await RedisFixture.withServer { try await Self.run($0.store(), seed: 50, steps: 150) }
    }

    @Test(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)))
    func redisCluster() async throws {
        try await RedisFixture.withCluster { try await Self.run($0.store(), seed: 60, steps: 100) }
    }

    /// What was used, as the workers know it.
    private final class Sums: Sendable {
        let requests = Atomic(0)
        let tokens = Atomic(0)
        let cost = Atomic(0)
        let admitted = Atomic(0)
        let charged = Atomic(0)
        let refused = Atomic(0)
        let running = Atomic(0)

        func add(_ actuals: LimitActuals) {
            requests.add(actuals.requests, ordering: .relaxed)
            tokens.add(actuals.tokens, ordering: .relaxed)
            cost.add(actuals.cost, ordering: .relaxed)
        }
    }

    private static let tenants = [LimitTenant("one"), LimitTenant("two")]
    private static let slots = 3

    private static func claims(_ tenant: LimitTenant) -> [LimitClaim] {
        let day = utcDay(noon)
        return [
            claim(.global, .requests, .day, max: 400, tenant: tenant, calendar: day),
            claim(.global, .cost, .day, max: 60_000, tenant: tenant, calendar: day),
            claim(.tenant, .tokens, .hour, max: 40_000, tenant: tenant),
            claim(.tenant, .cost, .day, max: 1_000_000, tenant: tenant, shadow: true, calendar: day),
            claim(.tenant, .concurrency, nil, max: slots, tenant: tenant),
        ]
    }

    private static func run(_ store: StoreUnderTest, seed: UInt64, steps: Int) async throws {
        // Of the first tenant, of the second, of both.
        let sums = [Sums(), Sums(), Sums()]
        try await withThrowingTaskGroup { group in
            for worker in 0..<8 {
                group.addTask {
                    var random = SplitMix64(seed: seed * 100 + UInt64(worker))
                    for _ in 0..<steps {
                        try await step(store, worker % 2, &random, [sums[worker % 2], sums[2]])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(sums[2].admitted.load(ordering: .relaxed) > 50)
        #expect(sums[2].refused.load(ordering: .relaxed) > 50)
        for (tenant, own) in zip(tenants, sums) {
            let states = try await store.store.inspect(claims(tenant), tenant: tenant, on: anyLoop)
            let all = sums[2]
            #expect(
                states.map { Amounts($0) } == [
                    Amounts(all.requests.load(ordering: .relaxed), 0), Amounts(all.cost.load(ordering: .relaxed), 0),
                    Amounts(own.tokens.load(ordering: .relaxed), 0), Amounts(own.cost.load(ordering: .relaxed), 0),
                    .none,
                ])
            // Nobody used more than was granted; what was charged nobody asked for.
            let charged = all.charged.load(ordering: .relaxed)
            #expect(states.allSatisfy { $0.shadow || $0.remaining >= -3 * charged })
        }
    }

    private static func step(
        _ store: StoreUnderTest, _ index: Int, _ random: inout SplitMix64, _ sums: [Sums]
    ) async throws {
        let tenant = tenants[index]
        let claims = claims(tenant)
        if Int.random(in: 0..<20, using: &random) == 0 {
            // Two make the same charge.
            let id = ReservationID(high: random.next(), low: random.next())
            let actuals = LimitActuals(requests: 0, tokens: 3, cost: 2)
            async let first = store.charge(id, claims, of: tenant, actuals)
            let second = try await store.charge(id, claims, of: tenant, actuals)
            _ = try await first == second
            sums.forEach { $0.charged.add(1, ordering: .relaxed) }
            return sums.forEach { $0.add(actuals) }
        }
        let need = Int.random(in: 1...20, using: &random)
        let demand = LimitDemand(
            tokens: .init(need: need, want: need + Int.random(in: 0...40, using: &random)),
            cost: .init(need: Int.random(in: 1...90, using: &random), want: Int.random(in: 1...90, using: &random)))
        let id = ReservationID(high: random.next(), low: random.next())
        guard let reservation = try await store.reserve(id, claims, of: tenant, demand).reservation else {
            return sums.forEach { $0.refused.add(1, ordering: .relaxed) }
        }
        sums.forEach { $0.admitted.add(1, ordering: .relaxed) }
        let running = sums[0].running.add(1, ordering: .sequentiallyConsistent).newValue
        #expect(running <= slots)
        if Bool.random(using: &random) { try await store.renew([reservation]) }
        let actuals = LimitActuals(
            requests: Int.random(in: 0...1, using: &random),
            tokens: Int.random(in: 0...reservation.tokens, using: &random),
            cost: Int.random(in: 0...reservation.cost, using: &random))
        sums[0].running.subtract(1, ordering: .sequentiallyConsistent)
        if Bool.random(using: &random) {
            // Two settle it.
            async let first = store.settle(reservation, actuals)
            let second = try await store.settle(reservation, actuals)
            let outcomes = try await [first, second]
            #expect(outcomes.contains { $0 != .alreadySettled })
        } else {
            #expect(try await store.settle(reservation, actuals) == .settled)
        }
        sums.forEach { $0.add(actuals) }
    }
}
