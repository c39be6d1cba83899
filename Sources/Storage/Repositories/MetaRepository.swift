/// Small facts about the installation that belong to the data rather than to a configuration file.
package struct MetaRepository: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) {
        self.database = database
    }

    /// nil when the name was never established.
    package func value(_ name: String) async throws(StorageError) -> [UInt8]? {
        try await database.read { connection throws(StorageError) in
            try Self.value(name, on: connection)
        }
    }

    /// Stores `value` unless the name has one already; returns the value that counts from now on.
    package func establish(_ name: String, _ value: [UInt8]) async throws(StorageError) -> [UInt8] {
        if let known = try await self.value(name) { return known }
        return try await database.write { connection throws(StorageError) in
            try connection.execute(
                "INSERT INTO meta (name, value) VALUES (\(name), \(value)) ON CONFLICT (name) DO NOTHING")
            return try Self.value(name, on: connection) ?? value
        }
    }

    private static func value(_ name: String, on connection: any SQLConnection) throws(StorageError) -> [UInt8]? {
        try connection.first("SELECT value FROM meta WHERE name = \(name)")?.bytes("value")
    }
}
