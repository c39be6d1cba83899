import NIOCore
import Policy
import RedisClient
import RedisTesting
import Synchronization
import Testing

@testable import Limits

/// What only the store in Redis has: answers that cannot be read, failures, two steps on a cluster, keys that expire.
@Suite struct RedisLimitStoreTests {
    /// Answers what the test says, and keeps what it was asked.
    final class ScriptedRunner: LimitScriptRunner {
        let isCluster: Bool
        private let state: Mutex<(replies: [Result<RedisReply, RedisFailure>], keys: [[String]])>

        init(isCluster: Bool = false, _ replies: [Result<RedisReply, RedisFailure>]) {
            self.isCluster = isCluster
            state = Mutex((replies, []))
        }

        var keys: [[String]] { state.withLock { $0.keys } }

        func evaluate(
            _ script: RedisScript, keys: [String], arguments: [RedisArgument], on loop: any EventLoop,
            timeout: TimeAmount
        ) async throws(RedisFailure) -> RedisReply {
            let reply: Result<RedisReply, RedisFailure> = state.withLock { state in
                state.keys.append(keys)
                return state.replies.isEmpty ? .failure(.closed) : state.replies.removeFirst()
            }
            return try reply.get()
        }
    }

    let acme = LimitTenant("acme")
    let clock = TestClock()

    var claims: [LimitClaim] {
        [
            claim(.tenant, .tokens, .minute, max: 100, tenant: acme),
            claim(.global, .requests, .minute, max: 10, tenant: acme),
        ]
    }

    private func store(_ runner: ScriptedRunner) -> StoreUnderTest {
        StoreUnderTest(store: RedisLimitStore(runner: runner, clock: clock.read), clock: clock)
    }

    private func text(_ text: String) -> Result<RedisReply, RedisFailure> { .success(.bulk(Array(text.utf8))) }

    @Test(arguments: [
        (RedisFailure.timeout, "timeout"), (.cancelled, "cancelled"), (.closed, "unavailable"),
        (.disconnected("x"), "unavailable"), (.unavailable("x"), "unavailable"), (.queueFull, "unavailable"),
        (.server(RedisServerError("OOM x")), "unavailable"), (.protocolViolation("x"), "unavailable"),
    ])
    func failuresAreTold(_ failure: RedisFailure, _ label: String) async throws {
        let error = await #expect(throws: LimitStoreFailure.self) {
            _ = try await store(ScriptedRunner([.failure(failure)])).reserve(claims, tokens(1), of: acme)
        }
        #expect(error?.metricLabel == label)
        #expect(error?.isOutage == (label != "cancelled"))
    }

    @Test(arguments: [
        "", "1", "1 5 5", "x", "9", "1 1 1 1 1 1 1 1 1 1 1 1 1", "0 1 7 1 1 1 1 1 1 1 1 1", "0 1 0",
        "1 99999999999999999999 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    ])
    func unreadableAnswersAreAnOutage(_ answer: String) async throws {
        let error = await #expect(throws: LimitStoreFailure.self) {
            _ = try await store(ScriptedRunner([text(answer)])).reserve(claims, tokens(1), of: acme)
        }
        #expect(error?.isOutage == true)
    }

    @Test func boundsAndMistakesAreTold() async throws {
        await #expect(throws: LimitStoreFailure.full) {
            _ = try await store(ScriptedRunner([text("2")])).reserve(claims, tokens(1), of: acme)
        }
        await #expect(throws: LimitStoreFailure.invalid("the id is in use")) {
            _ = try await store(ScriptedRunner([text("3")])).reserve(claims, tokens(1), of: acme)
        }
    }

    @Test func oneServerOneCall() async throws {
        let runner = ScriptedRunner([text("1 5 8 8000 0 8 30 0 20 40 0 1 31 0 21 41")])
        let reservation = try #require(try await store(runner).reserve(claims, tokens(8), of: acme).reservation)
        #expect(
            runner.keys == [
                [
                    "ml1:{g}:r", "ml1:{g}:x", "ml1:{g}:d", "ml1:{t:acme}:r", "ml1:{t:acme}:x", "ml1:{t:acme}:d",
                    "ml1:{t:acme}:tenant:tokens:minute:", "ml1:{g}:global:requests:minute:", "ml1:{i}:tenants",
                    "ml1:{i}:due",
                ]
            ])
        #expect(reservation.tokens == 8)
        #expect(reservation.holdings.map(\.amount) == [8, 1])
        #expect(reservation.holdings.map(\.bucket) == [20, 21])
        #expect(reservation.holdings.map(\.until) == [40, 41])
        #expect(reservation.states.map(\.resetsAt) == [30, 31])
    }

    @Test func onAClusterTheGlobalPartIsGivenBack() async throws {
        let admission = text("1 5 8 8000 0 1 31 0 21 41")
        for second in [Result<RedisReply, RedisFailure>.failure(.timeout), text("0 5 0 1005 100 0 30 0")] {
            let runner = ScriptedRunner(isCluster: true, [admission, second, .success(.integer(1))])
            let outcome = try? await store(runner).reserve(claims, tokens(8), of: acme)
            if let outcome {
                let refusal = try #require(outcome.refusal)
                #expect(refusal.binding == 0)
                #expect(refusal.retryAfterMilliseconds == 1000)
                #expect(refusal.states.map { Amounts($0) } == [Amounts(100, 0), Amounts(0, 0)])
            }
            // Reserve, reserve, settle: each on one slot.
            let calls = runner.keys.filter { $0 != RedisLimitStore.indexKeys }
            #expect(
                calls.map(\.last) == [
                    "ml1:{g}:global:requests:minute:", "ml1:{t:acme}:tenant:tokens:minute:",
                    "ml1:{g}:global:requests:minute:",
                ])
        }
    }

    /// What the tenant's limits say could not change it.
    @Test func onAClusterACertainRefusalNeedsNoOtherNode() async throws {
        let refusal = text("0 5 0 2005 10 0 30 0")
        for second in [Result<RedisReply, RedisFailure>.failure(.timeout), text("x")] {
            let runner = ScriptedRunner(isCluster: true, [refusal, second])
            let outcome = try await store(runner).reserve(claims, tokens(8), of: acme)
            let refused = try #require(outcome.refusal)
            #expect(refused.states.map { Amounts($0) } == [Amounts(10, 0)])
            #expect(refused.limit.counter.scope == .global && refused.binding == 0)
            #expect(refused.retryAfterMilliseconds == 2000)
        }
        let runner = ScriptedRunner(isCluster: true, [refusal, text("95 0 30 0")])
        let refused = try #require(try await store(runner).reserve(claims, tokens(8), of: acme).refusal)
        #expect(refused.binding == 1)
        #expect(refused.states.map(\.wouldRefuse) == [true, true])
    }

    @Test(arguments: [
        (0, SettleOutcome.alreadySettled), (1, .settledOnly(.global)), (2, .settledOnly(.own)), (3, .settled),
    ])
    func aPartThatWasLostIsTold(_ status: Int, _ outcome: SettleOutcome) async throws {
        let admission = text("1 5 8 8000 0 8 30 0 20 40 0 1 31 0 21 41")
        let single = store(ScriptedRunner([admission, .success(.integer(status))]))
        let one = try #require(try await single.reserve(claims, tokens(8), of: acme).reservation)
        #expect(try await single.settle(one, used(8)) == outcome)
        #expect(
            outcome.unknown(of: claims).map(\.counter.scope) == [[.tenant, .global], [.tenant], [.global], []][status])
        let parts = [status & 1, status >> 1].map { Result<RedisReply, RedisFailure>.success(.integer($0)) }
        let cluster = store(
            ScriptedRunner(
                isCluster: true,
                [text("1 5 8 8000 0 1 31 0 21 41"), text("1 5 8 8000 0 8 30 0 20 40"), .success(.integer(1))] + parts))
        let two = try #require(try await cluster.reserve(claims, tokens(8), of: acme).reservation)
        #expect(try await cluster.settle(two, used(8)) == outcome)
    }

    @Test func tenantsAreNotedAgainForAShorterLease() {
        let touches = TenantIndexTouches(capacity: 2)
        #expect(touches.isDue(acme, lease: 30_000, at: noon))
        #expect(!touches.isDue(acme, lease: 30_000, at: noon + 59_999))
        #expect(touches.isDue(acme, lease: 5000, at: noon + 59_999))
        #expect(!touches.isDue(acme, lease: 30_000, at: noon + 60_000))
        #expect(touches.shortestLease == 5000)
        // A clock that went back.
        #expect(touches.isDue(acme, lease: 30_000, at: noon))
        #expect(touches.isDue(acme, lease: 30_000, at: noon + 60_000))
        for number in 0..<10 { #expect(touches.isDue(LimitTenant("\(number)"), lease: 5000, at: noon)) }
    }

    @Test func partsOfAClusterAreToldApart() {
        let cluster = RedisLimitStore(runner: ScriptedRunner(isCluster: true, []), clock: clock.read)
        let single = RedisLimitStore(runner: ScriptedRunner([]), clock: clock.read)
        var own: Set<Int> = []
        var shared: Set<Int> = []
        for number in 0..<4000 {
            let tenant = LimitTenant("\(number)")
            let claims = [
                claim(.tenant, .tokens, .minute, max: 1, tenant: tenant),
                claim(.global, .tokens, .minute, max: 1, tenant: tenant),
            ]
            #expect(single.failureDomain(of: tenant, claims) == 0)
            own.insert(cluster.failureDomain(of: tenant, [claims[0]]))
            shared.insert(cluster.failureDomain(of: tenant, claims))
            #expect(cluster.failureDomain(of: tenant, [claims[1]]) == 64 + LimitTenant.global.slot / 256)
        }
        #expect(own == Set(0..<64))
        #expect(shared == Set(64..<LimitStoreGuard.domainCount))
    }

    @Test func tenantsAreNotedOnceAMinute() async throws {
        let admission = text("1 5 8 8000 0 8 30 0 20 40")
        let runner = ScriptedRunner([admission, admission, .failure(.timeout), admission, admission])
        let sut = store(runner)
        let own = [claims[0]]
        func reserve() async { _ = try? await sut.reserve(own, tokens(1), of: acme) }
        await reserve()
        clock.advance(59_999)
        await reserve()
        clock.advance(1)
        // The note is lost with the call, and made again with the next one.
        await reserve()
        await reserve()
        await reserve()
        #expect(runner.keys.map { $0.last == "ml1:{i}:due" } == [true, false, true, true, false])
    }

    @Test(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)))
    func keysExpireAndRedisKeepsTheTime() async throws {
        try await RedisFixture.withServer { fixture in
            let store = RedisLimitStore(runner: fixture.client, timeout: .seconds(5), clock: clock.read)
            let claims = [
                claim(.tenant, .tokens, .minute, max: 100, tenant: acme),
                claim(.tenant, .concurrency, nil, max: 100, tenant: acme),
            ]
            let sut = StoreUnderTest(store: store, clock: clock)
            let reservation = try #require(try await sut.reserve(claims, tokens(8), of: acme).reservation)
            let time = try await fixture.client.send(["TIME"], key: nil, on: anyLoop, timeout: .seconds(5))
            let seconds = try #require(time.elements?.first?.integer)
            #expect(abs(reservation.holdings[0].bucket / 1000 - seconds) <= 60)
            for claim in claims {
                let reply = try await fixture.client.send(
                    ["PTTL", .string(claim.counter.name)], key: nil, on: anyLoop, timeout: .seconds(5))
                let ttl = try #require(reply.integer)
                #expect(ttl > 60_000)
                #expect(claim.counter.period == nil || ttl <= 180_000)
            }
            #expect(try await sut.settle(reservation, used(3)) == .settled)
            // Nothing is left of a slot that is free, nor of a settled reservation.
            let keys = try await fixture.client.send(["KEYS", "*"], key: nil, on: anyLoop, timeout: .seconds(5))
            #expect(
                keys.elements?.compactMap(\.string).sorted() == RedisLimitStore.indexKeys.sorted() + [
                    claims[0].counter.name
                ])
        }
    }
}
