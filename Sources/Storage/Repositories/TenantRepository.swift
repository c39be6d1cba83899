/// Reads and writes tenants. Removed tenants are invisible to everything but their own id.
package struct TenantRepository: Sendable {
    let database: any SQLDatabase

    package init(_ database: any SQLDatabase) {
        self.database = database
    }

    /// Throws a `unique` constraint error when the id is taken, also by a removed tenant. `note` makes the change's
    /// audit entry, here and below.
    package func insert(_ tenant: TenantRecord, note: AuditNote<TenantRecord>? = nil) async throws(StorageError) {
        try await database.write { connection throws(StorageError) in
            try Self.insert(tenant, on: connection)
            if let note { try AuditTrail.append(note(nil, tenant), to: connection) }
        }
    }

    /// Inserts those of `tenants` whose id is free and returns their ids; for tenants that configuration
    /// files name. A tenant that was removed stays removed.
    @discardableResult
    package func insertMissing(
        _ tenants: [TenantRecord], note: AuditNote<TenantRecord>? = nil
    ) async throws(StorageError) -> [String] {
        let ids = tenants.map(\.id)
        // Looking first keeps an ordinary start or reload from taking the write lock.
        let known = try await database.read { connection throws(StorageError) in try Self.known(ids, on: connection) }
        guard !known.isSuperset(of: ids) else { return [] }
        return try await database.write { connection throws(StorageError) in
            var known = try Self.known(ids, on: connection)
            var inserted: [TenantRecord] = []
            for tenant in tenants where known.insert(tenant.id).inserted {
                try Self.insert(tenant, on: connection)
                inserted.append(tenant)
            }
            if let note { try AuditTrail.append(inserted.map { note(nil, $0) }, to: connection) }
            return inserted.map(\.id)
        }
    }

    /// nil also for a removed tenant, and for one outside the scope.
    package func find(_ id: String, in scope: TenantScope) async throws(StorageError) -> TenantRecord? {
        try await database.read { connection throws(StorageError) in
            try Self.find(id, in: scope, on: connection)
        }
    }

    /// Oldest first, without removed ones; `limit` is held to 1...1000.
    package func list(
        in scope: TenantScope, after cursor: PageCursor? = nil, limit: Int = 100
    ) async throws(StorageError) -> Page<TenantRecord> {
        let limit = min(max(1, limit), 1000)
        return try await database.read { connection throws(StorageError) in
            let rows = try connection.query(
                """
                SELECT * FROM tenants WHERE removed_at IS NULL \(sql: scope.filter("id"))
                \(sql: PageCursor.filter(cursor, time: "created_at", id: "id"))
                ORDER BY created_at, id LIMIT \(limit + 1)
                """)
            var tenants: [TenantRecord] = []
            for row in rows { tenants.append(try TenantRecord(row)) }
            return Page(rows: tenants, limit: limit) { PageCursor(createdAt: $0.createdAt, id: $0.id) }
        }
    }

    /// Changes name, plan and time zone; other members are left alone. Returns the tenant as it is now,
    /// nil when there is none.
    package func update(
        _ id: String, in scope: TenantScope, note: AuditNote<TenantRecord>? = nil,
        _ change: @escaping @Sendable (inout TenantRecord) -> Void
    ) async throws(StorageError) -> TenantRecord? {
        try await database.write { connection throws(StorageError) in
            let version = try IdentityVersion.next(connection)
            guard let stored = try Self.find(id, in: scope, on: connection) else { return nil }
            var tenant = stored
            change(&tenant)
            try connection.execute(
                """
                UPDATE tenants SET name = \(tenant.name), plan = \(tenant.plan), timezone = \(tenant.timezone),
                version = \(version) WHERE id = \(id)
                """)
            let updated = try Self.find(id, in: scope, on: connection)
            if let note, updated != stored { try AuditTrail.append(note(stored, updated), to: connection) }
            return updated
        }
    }

    /// Marks the tenant removed and revokes its keys. Returns false when there is none. The notes make the audit
    /// entries of the tenant and of each key.
    package func remove(
        _ id: String, in scope: TenantScope, at now: Timestamp, note: AuditNote<TenantRecord>? = nil,
        keyNote: AuditNote<APIKeyRecord>? = nil
    ) async throws(StorageError) -> Bool {
        try await database.write { connection throws(StorageError) in
            let version = try IdentityVersion.next(connection)
            guard let stored = try Self.find(id, in: scope, on: connection) else { return false }
            try connection.execute("UPDATE tenants SET removed_at = \(now), version = \(version) WHERE id = \(id)")
            var entries = note.map { [$0(stored, nil)] } ?? []
            for key in try APIKeyRepository.revokeAll(of: id, at: now, version: version, on: connection) {
                var before = key
                before.revokedAt = nil
                if let keyNote { entries.append(keyNote(before, key)) }
            }
            try AuditTrail.append(entries, to: connection)
            return true
        }
    }

    static func insert(_ tenant: TenantRecord, on connection: any SQLConnection) throws(StorageError) {
        let version = try IdentityVersion.next(connection)
        try connection.execute(
            """
            INSERT INTO tenants (id, name, plan, timezone, created_at, version)
            VALUES (\(tenant.id), \(tenant.name), \(tenant.plan), \(tenant.timezone), \(tenant.createdAt), \(version))
            """)
    }

    static func find(
        _ id: String, in scope: TenantScope, on connection: any SQLConnection
    ) throws(StorageError) -> TenantRecord? {
        let row = try connection.first(
            "SELECT * FROM tenants WHERE id = \(id) AND removed_at IS NULL \(sql: scope.filter("id"))")
        guard let row else { return nil }
        return try TenantRecord(row)
    }

    /// Which of `ids` are taken, also by removed tenants.
    private static func known(_ ids: [String], on connection: any SQLConnection) throws(StorageError) -> Set<String> {
        var known: Set<String> = []
        for id in ids where try connection.first("SELECT 1 FROM tenants WHERE id = \(id)") != nil {
            known.insert(id)
        }
        return known
    }
}
