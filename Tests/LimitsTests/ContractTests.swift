import Limits
import RedisClient
import RedisTesting
import Testing

/// One suite of checks, every store. The servers are started once per test, not once per check.
@Suite struct ContractTests {
    @Test(arguments: LimitStoreContract.all) func local(_ contract: LimitStoreContract) async throws {
        try await contract.check(.local())
    }

    @Test(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)))
    func redis() async throws {
        try await RedisFixture.withServer { try await Self.checkAll($0) }
    }

    @Test(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)))
    func redisCluster() async throws {
        try await RedisFixture.withCluster { fixture in
            #expect(fixture.client.isCluster)
            try await Self.checkAll(fixture)
        }
    }

    private static func checkAll(_ fixture: RedisFixture) async throws {
        for contract in LimitStoreContract.all {
            try await fixture.flush()
            let store = fixture.store()
            do {
                try await contract.check(store)
            } catch {
                Issue.record("\(contract.name): \(error)")
            }
        }
    }
}
