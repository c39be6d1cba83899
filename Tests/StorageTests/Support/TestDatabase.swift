import Foundation
import Logging
import PostgresTesting
import Storage
import Testing

/// A kind of database the contract tests run against.
enum TestDatabase: String, CaseIterable, CustomTestStringConvertible {
    case sqlite
    case postgresql

    /// Without PostgreSQL where no server is installed; its own suites are skipped then and say why.
    static let allCases: [TestDatabase] = PostgreSQLInstallation.isFound ? [.sqlite, .postgresql] : [.sqlite]

    var testDescription: String { rawValue }

    /// Runs `body` with the URL of a new, empty database that disappears afterwards.
    func withURL(_ body: (DatabaseURL) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            try await TemporaryDirectory.run { directory in
                try await body(.sqlite(path: directory + "/test.sqlite"))
            }
        case .postgresql:
            try await SharedServer.run { target in try await body(.postgreSQL(target, connections: nil)) }
        }
    }

    /// Runs `body` with an empty database that disappears afterwards.
    func run(_ body: (any SQLDatabase) async throws -> Void) async throws {
        try await withURL { url in
            let database = try await url.open(defaultPath: "", logger: .silent)
            do {
                try await body(database)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    /// Like ``run(_:)`` with the product's schema.
    func runMigrated(_ body: (any SQLDatabase) async throws -> Void) async throws {
        try await run { database in
            try await Migrator().migrate(database)
            try await body(database)
        }
    }
}

enum TemporaryDirectory {
    static func run(_ body: (String) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try await body(url.path)
    }
}
