/// Brings a database's schema up to date.
package struct Migrator: Sendable {
    private let migrations: [Migration]

    /// `migrations` in the order in which they apply.
    package init(_ migrations: [Migration] = Schema.migrations) {
        self.migrations = migrations
    }

    /// Applies what is missing, each migration in a transaction of its own, and returns the names of
    /// those applied now. Safe to repeat, and safe when several processes start at once.
    ///
    /// Throws ``StorageError/schemaTooNew(migration:)`` before changing anything if the database
    /// knows a migration that this program does not.
    @discardableResult
    package func migrate(_ database: any SQLDatabase, clock: WallClock = Timestamp.now) async throws(StorageError)
        -> [String]
    {
        var appliedNow: [String] = []
        // One per turn: another process may have applied the next one in the meantime.
        while let name = try await step(database, now: clock()) {
            appliedNow.append(name)
        }
        return appliedNow
    }

    /// The migrations that are not applied yet, without changing anything.
    package func pending(_ database: any SQLDatabase) async throws(StorageError) -> [String] {
        let names = migrations.map(\.name)
        return try await database.read { connection throws(StorageError) in
            let applied = try Self.hasTable(connection) ? Self.applied(connection, known: names) : []
            return names.filter { !applied.contains($0) }
        }
    }

    private func step(_ database: any SQLDatabase, now: Timestamp) async throws(StorageError) -> String? {
        let migrations = migrations
        return try await database.write { connection throws(StorageError) in
            if let lock = connection.dialect.migrationLock { _ = try connection.query(lock) }
            let dialect = connection.dialect
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    name \(raw: dialect.text) NOT NULL PRIMARY KEY,
                    applied_at \(raw: dialect.integer) NOT NULL
                ) \(raw: dialect.tableOptions)
                """)
            let applied = try Self.applied(connection, known: migrations.map(\.name))
            guard let next = migrations.first(where: { !applied.contains($0.name) }) else { return nil }
            for statement in next.statements(dialect) {
                try connection.execute(statement)
            }
            try connection.execute("INSERT INTO schema_migrations (name, applied_at) VALUES (\(next.name), \(now))")
            return next.name
        }
    }

    private static func applied(_ connection: any SQLConnection, known: [String]) throws(StorageError) -> Set<String> {
        var names: Set<String> = []
        for row in try connection.query("SELECT name FROM schema_migrations ORDER BY name") {
            let name = try row.text("name")
            guard known.contains(name) else { throw .schemaTooNew(migration: name) }
            names.insert(name)
        }
        return names
    }

    private static func hasTable(_ connection: any SQLConnection) throws(StorageError) -> Bool {
        try connection.first(connection.dialect.tableExists("schema_migrations")) != nil
    }
}
