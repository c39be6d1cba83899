import Foundation
import Logging
import PostgresTesting
import Storage
import Synchronization
import Testing

/// One PostgreSQL server for all tests that do not mistreat it; it ends with the tests' process.
enum SharedServer {
    private static let server = Task { try await PostgreSQLServer.start() }
    /// Databases that no test uses now, empty. To empty one is much faster than to make one.
    private static let free = Mutex<[String]>([])

    /// Runs `body` with an empty database of its own.
    static func run(_ body: (PostgreSQLTarget) async throws -> Void) async throws {
        let server = try await server.value
        var name = free.withLock { $0.popLast() } ?? ""
        if name.isEmpty {
            name = "test_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
            try await server.psql("CREATE DATABASE \(name)")
        }
        // Not given back after an error: what the test has left there is unknown.
        try await body(server.target(name))
        try await empty(server.target(name))
        free.withLock { $0.append(name) }
    }

    private static func empty(_ target: PostgreSQLTarget) async throws {
        var options = PostgreSQLOptions()
        options.connections = 1
        // What the test's own connections hold must not matter.
        options.writesExclusively = false
        let database = try await PostgreSQLDatabase.open(target, options: options, logger: .silent)
        try await database.write { connection throws(StorageError) in
            _ = try connection.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            try connection.execute("DROP SCHEMA public CASCADE")
            try connection.execute("CREATE SCHEMA public")
        }
        await database.close()
    }
}

extension PostgreSQLServer {
    /// A database of this server as the engine wants it.
    func target(
        _ database: String = "postgres", password: String? = nil, query: String = ""
    ) throws -> PostgreSQLTarget {
        let url = try DatabaseURL(url(database, password: password, query: query))
        guard case .postgreSQL(let target, _) = url else { throw PostgreSQLTestError("not a PostgreSQL URL: \(url)") }
        return target
    }
}

extension Logger {
    /// Tests look at what is told to callers.
    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}
