import Storage
import Testing

@Suite struct APIKeyRepositoryTests {
    private func withKeys(_ kind: TestDatabase, _ body: (APIKeyRepository) async throws -> Void) async throws {
        try await kind.runMigrated { database in
            try await TenantRepository(database).insertMissing([.sample("acme"), .sample("other")])
            try await body(APIKeyRepository(database))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func everyMemberRoundTrips(kind: TestDatabase) async throws {
        try await withKeys(kind) { keys in
            var key = APIKeyRecord.sample("k1", tenant: "acme")
            key.models = ["gpt-*", "naïve \"quoted\"", "a,b"]
            try await keys.insert(key)
            #expect(try await keys.find("k1", in: .all) == key)
            let changed = try await keys.update("k1", in: .all) { key in
                key.previousHash = key.secretHash
                key.previousValidUntil = Timestamp(milliseconds: 50)
                key.secretHash = [1, 2, 3]
                key.rotatedAt = Timestamp(milliseconds: 40)
                key.revokedAt = Timestamp(milliseconds: 60)
                key.expiresAt = nil
                key.user = nil
                key.name = "new"
                key.scopes = []
                key.models = []
                return true
            }
            #expect(changed?.previousHash == Array(repeating: 7, count: 32))
            #expect(changed?.previousValidUntil == Timestamp(milliseconds: 50))
            #expect(changed?.secretHash == [1, 2, 3])
            #expect(changed?.scopes == [])
            #expect(changed?.user == nil)
            #expect(try await keys.find("k1", in: .all) == changed)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func foreignKeysDoNotExist(kind: TestDatabase) async throws {
        try await withKeys(kind) { keys in
            try await keys.insert(.sample("k1", tenant: "acme"))
            try await keys.insert(.sample("k2", tenant: "other"))
            let scope = TenantScope.tenant("acme")
            #expect(try await keys.find("k2", in: scope) == nil)
            #expect(try await keys.list(in: scope).items.map(\.publicID) == ["k1"])
            let untouched = try await keys.update("k2", in: scope) { key in
                key.name = "stolen"
                return true
            }
            #expect(untouched == nil)
            #expect(try await keys.find("k2", in: .all)?.name == "key k2")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func insertNeedsALivingTenantAndAFreeID(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let keys = APIKeyRepository(database)
            let tenants = TenantRepository(database)
            try await tenants.insert(.sample("acme"))
            try await keys.insert(.sample("k1", tenant: "acme"))
            #expect(try await constraint { try await keys.insert(.sample("k1", tenant: "acme")) } == .unique)
            #expect(try await constraint { try await keys.insert(.sample("k2", tenant: "nobody")) } == .foreignKey)
            _ = try await tenants.remove("acme", in: .all, at: Timestamp(milliseconds: 5))
            #expect(try await constraint { try await keys.insert(.sample("k2", tenant: "acme")) } == .foreignKey)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func changesNameWhatIsNew(kind: TestDatabase) async throws {
        try await withKeys(kind) { keys in
            let start = try await keys.changes(since: nil)
            #expect(start.keys == [])
            try await keys.insert(.sample("k1", tenant: "acme"))
            try await keys.insert(.sample("k2", tenant: "acme"))
            let added = try await keys.changes(since: start.version)
            #expect(added.keys?.sorted() == ["k1", "k2"])
            _ = try await keys.update("k1", in: .all) { key in
                key.revokedAt = Timestamp(milliseconds: 5)
                return true
            }
            let revoked = try await keys.changes(since: added.version)
            #expect(revoked.keys == ["k1"])
            #expect(revoked.version > added.version)
            #expect(
                try await keys.changes(since: revoked.version)
                    == IdentityChanges(version: revoked.version, keys: [], removedTenants: []))
            #expect(try await keys.changes(since: start.version, limit: 1).keys == nil)
            #expect(try await keys.lookUp("k1").version == revoked.version)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func useIsNoChangeAndNeverGoesBack(kind: TestDatabase) async throws {
        try await withKeys(kind) { keys in
            try await keys.insert(.sample("k1", tenant: "acme"))
            let version = try await keys.changes(since: nil).version
            try await keys.recordUse(["k1": Timestamp(milliseconds: 50), "gone": Timestamp(milliseconds: 50)])
            try await keys.recordUse(["k1": Timestamp(milliseconds: 40)])
            try await keys.recordUse([:])
            #expect(try await keys.find("k1", in: .all)?.lastUsedAt == Timestamp(milliseconds: 50))
            #expect(try await keys.changes(since: nil).version == version)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func decliningAChangeLeavesTheRow(kind: TestDatabase) async throws {
        try await withKeys(kind) { keys in
            try await keys.insert(.sample("k1", tenant: "acme"))
            let same = try await keys.update("k1", in: .all) { key in
                key.name = "ignored"
                return false
            }
            #expect(same?.name == "key k1")
            #expect(try await keys.find("k1", in: .all)?.name == "key k1")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func theFirstKeyIsMadeOnce(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let keys = APIKeyRepository(database)
            let made = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await keys.insertFirst(.sample("k\(number)", tenant: "default"), tenant: .sample("default"))
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(made == 1)
            #expect(try await keys.list(in: .all).items.count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func aDamagedRowIsCorruptNotAbsent(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            try await TenantRepository(database).insert(.sample("acme"))
            try await APIKeyRepository(database).insert(.sample("k1", tenant: "acme"))
            try await database.write { connection throws(StorageError) in
                try connection.execute("UPDATE api_keys SET models = 'no json'")
            }
            await #expect(throws: StorageError.corrupt("column \"models\" holds no JSON array of strings")) {
                _ = try await APIKeyRepository(database).find("k1", in: .all)
            }
        }
    }

    /// The queries of authentication and of lists must not walk the table.
    @Test(
        arguments: [
            ("SELECT * FROM api_keys WHERE public_id = \("k")", "sqlite_autoindex_api_keys_1"),
            ("SELECT public_id FROM api_keys WHERE version > \(5)", "api_keys_version"),
            (
                "SELECT * FROM api_keys WHERE 1 = 1 AND tenant = \("a") AND (created_at, public_id) > (\(1), \("k")) ORDER BY created_at, public_id",
                "api_keys_tenant_page"
            ),
            ("SELECT * FROM api_keys WHERE 1 = 1 ORDER BY created_at, public_id", "api_keys_page"),
        ] as [(SQLStatement, String)])
    func queriesUseTheirIndex(query: SQLStatement, index: String) async throws {
        try await TestDatabase.sqlite.runMigrated { database in
            let plan = try await database.read { connection throws(StorageError) in
                var text = ""
                for row in try connection.query("EXPLAIN QUERY PLAN \(sql: query)") {
                    text += try row.text("detail") + "\n"
                }
                return text
            }
            #expect(plan.contains(index), "\(plan)")
        }
    }

    private func constraint(_ body: () async throws -> Void) async throws -> StorageConstraint? {
        do {
            try await body()
            return nil
        } catch StorageError.constraint(let kind, _) {
            return kind
        }
    }
}
