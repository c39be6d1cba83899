package import Logging

extension DatabaseURL {
    /// Opens the database.
    ///
    /// - Parameters:
    ///   - defaultPath: The SQLite file where the URL names none.
    ///   - options: For PostgreSQL; what the URL says wins.
    package func open(
        defaultPath: String, options: PostgreSQLOptions = PostgreSQLOptions(), logger: Logger
    ) async throws(StorageError) -> any SQLDatabase {
        switch self {
        case .sqlite(let path): return try await SQLiteDatabase.open(path: path ?? defaultPath)
        case .postgreSQL(let target, let connections):
            var options = options
            options.connections = connections ?? options.connections
            return try await PostgreSQLDatabase.open(target, options: options, logger: logger)
        }
    }

    /// Opens the database and brings its schema up to date. Safe when several processes start at once: one migrates,
    /// the others wait for it; with PostgreSQL however long it takes.
    package func openMigrated(
        defaultPath: String, options: PostgreSQLOptions = PostgreSQLOptions(), migrator: Migrator = Migrator(),
        logger: Logger
    ) async throws(StorageError) -> any SQLDatabase {
        let database = try await open(defaultPath: defaultPath, options: options, logger: logger)
        do throws(StorageError) {
            if case .postgreSQL(let target, _) = self {
                guard try await !migrator.pending(database).isEmpty else { return database }
                let patient = try await PostgreSQLDatabase.open(target, options: .migrating, logger: logger)
                let outcome: Result<[String], StorageError>
                do throws(StorageError) { outcome = .success(try await migrator.migrate(patient)) } catch {
                    outcome = .failure(error)
                }
                await patient.close()
                _ = try outcome.get()
            } else {
                try await migrator.migrate(database)
            }
            return database
        } catch {
            await database.close()
            throw error
        }
    }
}
