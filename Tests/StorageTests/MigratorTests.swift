import Logging
import Storage
import Testing

@Suite struct MigratorTests {
    private static let first = Migration("0001-first") { dialect in
        ["CREATE TABLE first (id \(raw: dialect.integer) NOT NULL PRIMARY KEY) \(raw: dialect.tableOptions)"]
    }
    private static let second = Migration("0002-second") { _ in
        ["ALTER TABLE first ADD COLUMN extra \(raw: "INTEGER")", "INSERT INTO first (id, extra) VALUES (1, 2)"]
    }
    private static let broken = Migration("0003-broken") { _ in
        ["INSERT INTO first (id) VALUES (5)", "INSERT INTO nowhere (id) VALUES (1)"]
    }

    @Test(arguments: TestDatabase.allCases)
    func appliesInOrderAndOnce(kind: TestDatabase) async throws {
        try await kind.run { (database) async throws in
            let migrator = Migrator([Self.first, Self.second])
            #expect(try await migrator.pending(database) == ["0001-first", "0002-second"])
            #expect(try await migrator.migrate(database) == ["0001-first", "0002-second"])
            #expect(try await migrator.migrate(database) == [])
            #expect(try await migrator.pending(database) == [])
            #expect(try await rows(database) == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func laterMigrationsFollow(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await Migrator([Self.first]).migrate(database)
            #expect(try await Migrator([Self.first, Self.second]).migrate(database) == ["0002-second"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func aNewerSchemaIsRefused(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await Migrator([Self.first, Self.second]).migrate(database)
            let old = Migrator([Self.first])
            await #expect(throws: StorageError.schemaTooNew(migration: "0002-second")) {
                try await old.migrate(database)
            }
            await #expect(throws: StorageError.schemaTooNew(migration: "0002-second")) {
                _ = try await old.pending(database)
            }
            #expect(try await rows(database) == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func aFailingMigrationLeavesNothing(kind: TestDatabase) async throws {
        try await kind.run { (database) async throws in
            let migrator = Migrator([Self.first, Self.second, Self.broken])
            await #expect(throws: StorageError.self) { try await migrator.migrate(database) }
            #expect(try await rows(database) == 1)
            #expect(try await migrator.pending(database) == ["0003-broken"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func recordsWhen(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await Migrator([Self.first]).migrate(database) { Timestamp(milliseconds: 4711) }
            let time = try await database.read { connection throws(StorageError) in
                try connection.first("SELECT applied_at FROM schema_migrations")?.int("applied_at")
            }
            #expect(time == 4711)
        }
    }

    /// Several servers, or server and command line, may start on an empty database in the same moment.
    @Test(arguments: TestDatabase.allCases, [2, 10])
    func manyOpenersMigrateOnce(kind: TestDatabase, openers: Int) async throws {
        for _ in 0..<10 {
            try await kind.withURL { url in
                let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                    for _ in 0..<openers {
                        group.addTask {
                            let database = try await url.open(defaultPath: "", logger: .silent)
                            let names = try await Migrator().migrate(database)
                            await database.close()
                            return names
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(applied.sorted() == Schema.migrations.map(\.name).sorted())
            }
        }
    }

    @Test func namesAreUniqueAndSorted() {
        let names = Schema.migrations.map(\.name)
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: SQLDialect.allCases)
    func schemaRendersWithoutValues(dialect: SQLDialect) {
        for statement in Schema.migrations.flatMap({ $0.statements(dialect) }) {
            #expect(statement.values.isEmpty)
            #expect(!dialect.render(statement).contains("?"))
        }
    }

    private func rows(_ database: any SQLDatabase) async throws -> Int? {
        try await database.read { connection throws(StorageError) in
            try connection.first("SELECT count(*) AS n FROM first")?.int("n")
        }
    }
}
