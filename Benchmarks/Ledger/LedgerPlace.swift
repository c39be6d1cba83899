import Foundation
import Logging
import PostgresTesting
import Storage

/// Where the ledger is.
struct LedgerPlace {
    private let name: String

    /// `sqlite`, `postgresql`, or the URL of a database that stays.
    init(_ name: String) {
        self.name = name
    }

    func run(_ body: (any SQLDatabase) async throws -> Void) async throws {
        switch name {
        case "sqlite":
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try await use(.sqlite(path: folder.path + "/ledger.sqlite"), body)
        case "postgresql":
            // As somebody would run it, not as tests do: what is committed is on the disk.
            let server = try await PostgreSQLServer.start(arguments: [
                "-c", "fsync=on", "-c", "full_page_writes=on", "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB",
            ])
            do {
                try await use(try DatabaseURL(server.url()), body)
            } catch {
                await server.remove()
                throw error
            }
            await server.remove()
        default: try await use(try DatabaseURL(name), body)
        }
    }

    private func use(_ url: DatabaseURL, _ body: (any SQLDatabase) async throws -> Void) async throws {
        let database = try await url.openMigrated(defaultPath: "", logger: Logger(label: "ledger-benchmark"))
        do {
            try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
