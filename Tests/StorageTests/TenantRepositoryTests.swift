import Storage
import Testing

@Suite struct TenantRepositoryTests {
    @Test(arguments: TestDatabase.allCases)
    func insertsFindsAndLists(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let tenants = TenantRepository(database)
            let acme = TenantRecord.sample("acme", name: "Acme & Söhne")
            try await tenants.insert(acme)
            try await tenants.insert(.sample("zeta", createdAt: 500))
            #expect(try await tenants.find("acme", in: .all) == acme)
            #expect(try await tenants.find("nobody", in: .all) == nil)
            #expect(try await tenants.list(in: .all).items.map(\.id) == ["zeta", "acme"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func foreignTenantsDoNotExist(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let tenants = TenantRepository(database)
            try await tenants.insert(.sample("acme"))
            try await tenants.insert(.sample("other"))
            let scope = TenantScope.tenant("acme")
            #expect(try await tenants.find("other", in: scope) == nil)
            #expect(try await tenants.list(in: scope).items.map(\.id) == ["acme"])
            #expect(try await tenants.update("other", in: scope) { $0.plan = "x" } == nil)
            #expect(try await tenants.remove("other", in: scope, at: Timestamp(milliseconds: 1)) == false)
            #expect(try await tenants.find("other", in: .all)?.plan == "standard")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func takenIdsAreRefused(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let tenants = TenantRepository(database)
            try await tenants.insert(.sample("acme"))
            _ = try await tenants.remove("acme", in: .all, at: Timestamp(milliseconds: 5))
            #expect(try await tenants.find("acme", in: .all) == nil)
            #expect(try await tenants.list(in: .all).items.isEmpty)
            await #expect {
                try await tenants.insert(.sample("acme"))
            } throws: { error in
                guard case StorageError.constraint(.unique, _) = error else { return false }
                return true
            }
            #expect(try await tenants.insertMissing([.sample("acme"), .sample("new")]) == ["new"])
            #expect(try await tenants.insertMissing([.sample("new")]) == [])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func updatesKeepTheRest(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let tenants = TenantRepository(database)
            try await tenants.insert(.sample("acme"))
            let changed = try await tenants.update("acme", in: .all) {
                $0.plan = "gold"
                $0.createdAt = Timestamp(milliseconds: 77)
            }
            #expect(changed?.plan == "gold")
            #expect(changed?.createdAt == Timestamp(milliseconds: 1000))
            #expect(try await tenants.find("acme", in: .all) == changed)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func removingRevokesKeys(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let tenants = TenantRepository(database)
            let keys = APIKeyRepository(database)
            try await tenants.insert(.sample("acme"))
            try await keys.insert(.sample("k1", tenant: "acme"))
            let before = try await keys.changes(since: nil).version
            #expect(try await tenants.remove("acme", in: .all, at: Timestamp(milliseconds: 5)))
            #expect(try await keys.find("k1", in: .all)?.revokedAt == Timestamp(milliseconds: 5))
            let changes = try await keys.changes(since: before)
            #expect(changes.keys == ["k1"])
            #expect(changes.removedTenants == ["acme"])
            #expect(try await keys.changes(since: nil).removedTenants == ["acme"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func pagesAreCompleteWhileRowsArrive(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let tenants = TenantRepository(database)
            // Equal times: the id breaks the tie.
            for number in 0..<7 { try await tenants.insert(.sample("t\(number)", createdAt: 1000 + number / 3)) }
            var seen: [String] = []
            var cursor: PageCursor?
            repeat {
                let page = try await tenants.list(in: .all, after: cursor, limit: 3)
                seen += page.items.map(\.id)
                cursor = page.next.flatMap { PageCursor($0.text) }
                if seen.count == 3 { try await tenants.insert(.sample("t9", createdAt: 1002)) }
            } while cursor != nil
            #expect(seen == ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t9"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func plansAreReadWhenSomethingChanged(kind: TestDatabase) async throws {
        try await kind.runMigrated { database in
            let tenants = TenantRepository(database)
            try await tenants.insert(.sample("acme"))
            try await tenants.insert(.sample("gone"))
            _ = try await tenants.remove("gone", in: .all, at: Timestamp(milliseconds: 5))
            let first = try #require(try await tenants.stored(since: nil))
            #expect(first.tenants == ["acme": StoredTenant(plan: "standard")])
            #expect(try await tenants.stored(since: first.version) == nil)
            _ = try await tenants.update("acme", in: .all) { $0.plan = "gold" }
            #expect(try await tenants.stored(since: first.version)?.tenants == ["acme": StoredTenant(plan: "gold")])
        }
    }

    @Test(arguments: ["", "_", "5", "5_", "x_a", "99999999999999999999_a", "5-a"])
    func badCursorsAreNil(text: String) {
        #expect(PageCursor(text) == nil)
    }

    @Test func cursorsRoundTrip() {
        let cursor = PageCursor(createdAt: Timestamp(milliseconds: -5), id: "a_b_c")
        #expect(PageCursor(cursor.text) == cursor)
    }
}
