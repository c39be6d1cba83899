import Storage
import Testing

/// Putting single rows back, on every database.
@Suite struct RepositoryRestoreTests {
    private static func time(_ milliseconds: Int) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    private func restore(_ key: APIKeyRecord, _ database: any SQLDatabase) async throws -> APIKeyRepository.Restored? {
        try await database.write { connection throws(StorageError) in
            try APIKeyRepository.restore(key, on: connection)
        }
    }

    private func restore(
        _ tenant: TenantRecord, _ database: any SQLDatabase
    ) async throws -> TenantRepository.Restored? {
        try await database.write { connection throws(StorageError) in
            try TenantRepository.restore(tenant, on: connection)
        }
    }

    private func version(_ database: any SQLDatabase) async throws -> Int {
        try await APIKeyRepository(database).changes(since: nil).version
    }

    @Test(arguments: TestDatabase.allCases)
    func tenants(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            var tenant = TenantRecord.sample("a", createdAt: 7)
            let created = try #require(try await restore(tenant, database))
            #expect(created.before == nil && created.after == tenant)
            #expect(try await TenantRepository(database).find("a", in: .all) == tenant)
            let version = try await version(database)
            #expect(try await restore(tenant, database) == nil)
            #expect(try await self.version(database) == version)
            tenant.plan = "gold"
            tenant.createdAt = Self.time(5)
            let change = try #require(try await restore(tenant, database))
            #expect(change.before?.plan == "standard" && change.after == tenant)
            #expect(try await TenantRepository(database).find("a", in: .all) == tenant)
            #expect(try await self.version(database) > version)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func removedTenants(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let keys = APIKeyRepository(database)
            var tenant = TenantRecord.sample("a")
            try await TenantRepository(database).insert(tenant)
            try await keys.insert(.sample("k1", tenant: "a"))
            tenant.removedAt = Self.time(50)
            let change = try #require(try await restore(tenant, database))
            #expect(change.revokedKeys.map(\.publicID) == ["k1"])
            #expect(try await keys.find("k1", in: .all)?.revokedAt == Self.time(50))
            // It stays removed, and so do its keys, whatever an older backup says.
            tenant.removedAt = nil
            #expect(try await restore(tenant, database) == nil)
            #expect(
                try await restore(APIKeyRecord.sample("k2", tenant: "a"), database)?.after.revokedAt == Self.time(50))
            // One that comes as removed.
            var other = TenantRecord.sample("b")
            other.removedAt = Self.time(60)
            #expect(try await restore(other, database) != nil)
            #expect(try await restore(other, database) == nil)
            #expect(try await TenantRepository(database).find("b", in: .all) == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func keys(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let keys = APIKeyRepository(database)
            try await TenantRepository(database).insert(.sample("a"))
            var key = APIKeyRecord.sample("k1", tenant: "a")
            key.previousHash = Array(repeating: 8, count: 32)
            key.previousValidUntil = Self.time(2000)
            key.rotatedAt = Self.time(1500)
            key.lastUsedAt = Self.time(1600)
            let created = try #require(try await restore(key, database))
            #expect(created.before == nil && created.after == key)
            #expect(try await keys.find("k1", in: .all) == key)
            #expect(try await restore(key, database) == nil)
            // Use goes on, and is no difference.
            try await keys.recordUse(["k1": Self.time(9000)])
            #expect(try await restore(key, database) == nil)
            #expect(try await keys.find("k1", in: .all)?.lastUsedAt == Self.time(9000))
            // Its running server notices what is restored.
            let version = try await version(database)
            key.name = "renamed"
            #expect(try await restore(key, database)?.after.name == "renamed")
            #expect(try await keys.changes(since: version).keys == ["k1"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func newerSecretsAndRevocationsStay(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let keys = APIKeyRepository(database)
            try await TenantRepository(database).insert(.sample("a"))
            let saved = APIKeyRecord.sample("k1", tenant: "a")
            try await keys.insert(saved)
            _ = try await keys.update("k1", in: .all) { key in
                key.secretHash = Array(repeating: 9, count: 32)
                key.rotatedAt = Self.time(5000)
                key.name = "rotated"
                return true
            }
            let after = try #require(try await restore(saved, database)?.after)
            #expect(after.name == saved.name)
            #expect(after.secretHash == Array(repeating: 9, count: 32) && after.rotatedAt == Self.time(5000))
            // A newer one replaces it.
            var newer = saved
            newer.rotatedAt = Self.time(6000)
            newer.revokedAt = Self.time(7000)
            #expect(try await restore(newer, database)?.after.secretHash == saved.secretHash)
            newer.revokedAt = nil
            #expect(try await restore(newer, database) == nil)
            #expect(try await keys.find("k1", in: .all)?.revokedAt == Self.time(7000))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func keysStayWithTheirTenants(kind: TestDatabase) async throws {
        try await kind.runMigrated { (database) async throws in
            try await TenantRepository(database).insert(.sample("a"))
            try await TenantRepository(database).insert(.sample("b"))
            try await APIKeyRepository(database).insert(.sample("k1", tenant: "a"))
            for (tenant, constraint) in [("b", StorageConstraint.unique), ("nobody", .foreignKey)] {
                await #expect {
                    _ = try await restore(APIKeyRecord.sample("k1", tenant: tenant), database)
                } throws: { error in
                    guard case StorageError.constraint(constraint, _) = error else { return false }
                    return true
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func everyRowIsHandedOut(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let ids = (0..<1203).map { "t\(10_000 + $0)" }
            try await TenantRepository(database).insertMissing(ids.reversed().map { .sample($0) })
            _ = try await TenantRepository(database).remove("t10007", in: .all, at: Self.time(5))
            let (tenants, keys) = try await database.read { connection throws(StorageError) in
                var found: [String] = []
                var keys = 0
                try TenantRepository.forEach(on: connection) { found.append($0.id) }
                try APIKeyRepository.forEach(on: connection) { _ in keys += 1 }
                return (found, keys)
            }
            #expect(tenants == ids)
            #expect(keys == 0)
        }
    }
}
