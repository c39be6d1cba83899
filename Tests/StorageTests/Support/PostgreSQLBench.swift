import Logging
import Storage

/// A database of the shared server, as the PostgreSQL tests need it.
enum PostgreSQLBench {
    /// Runs `body` with an empty database.
    static func run(
        _ change: (inout PostgreSQLOptions) -> Void = { _ in },
        _ body: (PostgreSQLDatabase, PostgreSQLTarget) async throws -> Void
    ) async throws {
        var options = PostgreSQLOptions()
        change(&options)
        try await SharedServer.run { target in
            let database = try await PostgreSQLDatabase.open(target, options: options, logger: .silent)
            do {
                try await body(database, target)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    /// A table with a row `(1, 0)`.
    static func makeCounter(_ database: PostgreSQLDatabase) async throws {
        try await database.write { connection throws(StorageError) in
            try connection.execute("CREATE TABLE counters (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)")
            try connection.execute("INSERT INTO counters (id, n) VALUES (1, 0)")
        }
    }

    static func counter(_ database: PostgreSQLDatabase) async throws -> Int? {
        try await database.read { connection throws(StorageError) in
            try connection.first("SELECT n FROM counters WHERE id = 1")?.int("n")
        }
    }
}
