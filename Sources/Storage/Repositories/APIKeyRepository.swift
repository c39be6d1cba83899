/// Reads API keys for administration and for authentication. Writes: `APIKeyRepository+Writing.swift`.
package struct APIKeyRepository: Sendable {
    let database: any SQLDatabase

    package init(_ database: any SQLDatabase) {
        self.database = database
    }

    /// nil also for a key outside the scope.
    package func find(_ publicID: String, in scope: TenantScope) async throws(StorageError) -> APIKeyRecord? {
        try await database.read { connection throws(StorageError) in
            try Self.find(publicID, in: scope, on: connection)
        }
    }

    /// The key, and the version of the `identity` counter it was read at.
    package func lookUp(_ publicID: String) async throws(StorageError) -> (key: APIKeyRecord?, version: Int) {
        try await database.read { connection throws(StorageError) in
            (try Self.find(publicID, in: .all, on: connection), try IdentityVersion.current(connection))
        }
    }

    /// Revoked and expired keys are listed too.
    package func list(
        in scope: TenantScope, after cursor: PageCursor? = nil, limit: Int = 100
    ) async throws(StorageError) -> Page<APIKeyRecord> {
        let limit = min(max(1, limit), 1000)
        return try await database.read { connection throws(StorageError) in
            let rows = try connection.query(
                """
                SELECT * FROM api_keys WHERE 1 = 1 \(sql: scope.filter("tenant"))
                \(sql: PageCursor.filter(cursor, time: "created_at", id: "public_id"))
                ORDER BY created_at, public_id LIMIT \(limit + 1)
                """)
            var keys: [APIKeyRecord] = []
            for row in rows { keys.append(try APIKeyRecord(row)) }
            return Page(rows: keys, limit: limit) { PageCursor(createdAt: $0.createdAt, id: $0.publicID) }
        }
    }

    /// What changed after `version`; cheap when nothing did. With nil, only the current version and all
    /// removed tenants, for a server that starts with an empty cache.
    package func changes(since version: Int?, limit: Int = 10_000) async throws(StorageError) -> IdentityChanges {
        try await database.read { connection throws(StorageError) in
            let current = try IdentityVersion.current(connection)
            var changes = IdentityChanges(version: current, keys: [], removedTenants: [])
            guard current != version else { return changes }
            let since = version ?? -1
            let tenants = try connection.query(
                "SELECT id FROM tenants WHERE version > \(since) AND removed_at IS NOT NULL")
            for row in tenants { changes.removedTenants.append(try row.text("id")) }
            guard version != nil else { return changes }
            let rows = try connection.query(
                "SELECT public_id FROM api_keys WHERE version > \(since) LIMIT \(limit + 1)")
            guard rows.count <= limit else {
                changes.keys = nil
                return changes
            }
            var keys: [String] = []
            for row in rows { keys.append(try row.text("public_id")) }
            changes.keys = keys
            return changes
        }
    }

    static func find(
        _ publicID: String, in scope: TenantScope, on connection: any SQLConnection
    ) throws(StorageError) -> APIKeyRecord? {
        let row = try connection.first(
            "SELECT * FROM api_keys WHERE public_id = \(publicID) \(sql: scope.filter("tenant"))")
        guard let row else { return nil }
        return try APIKeyRecord(row)
    }
}
