import Foundation
import Logging
import PostgresTesting
import Storage
import Testing

/// A kind of database that the tests run against.
enum TestDatabase: String, CaseIterable, CustomTestStringConvertible {
    case sqlite
    case postgresql

    /// Without PostgreSQL where no server is installed.
    static let allCases: [TestDatabase] = PostgreSQLInstallation.isFound ? [.sqlite, .postgresql] : [.sqlite]

    var testDescription: String { rawValue }

    /// Runs `body` with an empty database of the product's schema that disappears afterwards.
    func run(_ body: (any SQLDatabase) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            let url = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: url) }
            try await Self.use(try await SQLiteDatabase.open(path: url.path + "/test.sqlite"), body)
        case .postgresql:
            try await SharedServer.run { url in
                try await Self.use(try await url.open(defaultPath: "", logger: .silent), body)
            }
        }
    }

    private static func use(
        _ database: any SQLDatabase, _ body: (any SQLDatabase) async throws -> Void
    ) async throws {
        do {
            try await Migrator().migrate(database)
            try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}

/// One PostgreSQL server for all tests; it ends with their process.
private enum SharedServer {
    private static let server = Task { try await PostgreSQLServer.start() }

    static func run(_ body: (DatabaseURL) async throws -> Void) async throws {
        let server = try await server.value
        let name = "test_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        try await server.psql("CREATE DATABASE \(name)")
        try await body(try DatabaseURL(server.url(name)))
        try await server.psql("DROP DATABASE \(name) WITH (FORCE)")
    }
}

extension Logger {
    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}

extension SQLDatabase {
    /// Rows of a statement, for tests that look below the product's own calls.
    func rows(_ statement: SQLStatement) async throws -> [SQLRow] {
        try await read { connection throws(StorageError) in try connection.query(statement) }
    }

    func count(_ table: StaticString) async throws -> Int {
        try await rows("SELECT COUNT(*) AS n FROM \(raw: table)").first?.int("n") ?? -1
    }
}
