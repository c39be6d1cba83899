import Foundation
import Storage
import Testing

/// A kind of database the contract tests run against. PostgreSQL joins here.
enum TestDatabase: String, CaseIterable, CustomTestStringConvertible {
    case sqlite

    var testDescription: String { rawValue }

    /// Runs `body` with an empty database that disappears afterwards.
    func run(_ body: (any SQLDatabase) async throws -> Void) async throws {
        try await TemporaryDirectory.run { directory in
            let database = try await SQLiteDatabase.open(path: directory + "/test.sqlite")
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
