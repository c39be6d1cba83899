extension APIKeyRepository {
    /// Throws a `unique` constraint error when the public id is taken and a `foreignKey` one when the
    /// tenant does not exist or was removed. `note` makes the change's audit entry.
    package func insert(_ key: APIKeyRecord, note: AuditNote<APIKeyRecord>? = nil) async throws(StorageError) {
        try await database.write { connection throws(StorageError) in
            try Self.insert(key, on: connection)
            if let note { try AuditTrail.append(note(nil, key), to: connection) }
        }
    }

    /// Creates `tenant` (if its id is free) and `key`, but only while no key exists at all. Returns
    /// whether it did. Of several servers that start at once on an empty database one does. The notes make the audit
    /// entries of what was created.
    package func insertFirst(
        _ key: APIKeyRecord, tenant: TenantRecord, note: AuditNote<APIKeyRecord>? = nil,
        tenantNote: AuditNote<TenantRecord>? = nil
    ) async throws(StorageError) -> Bool {
        // Without the write lock on an ordinary start.
        let empty = try await database.read { connection throws(StorageError) in try Self.isEmpty(connection) }
        guard empty else { return false }
        return try await database.write { connection throws(StorageError) in
            // Takes the counter's row lock before looking; the insert below raises it again, harmlessly.
            _ = try IdentityVersion.next(connection)
            guard try Self.isEmpty(connection) else { return false }
            var entries: [AuditEntry] = []
            if try connection.first("SELECT 1 FROM tenants WHERE id = \(tenant.id)") == nil {
                try TenantRepository.insert(tenant, on: connection)
                if let tenantNote { entries.append(tenantNote(nil, tenant)) }
            }
            try Self.insert(key, on: connection)
            if let note { entries.append(note(nil, key)) }
            try AuditTrail.append(entries, to: connection)
            return true
        }
    }

    /// Reads the key, applies `change` and writes it back as one step; `change` returns false to leave
    /// it alone. Id, tenant and creation time never change. Returns the key as it is now, nil when
    /// there is none in this scope. `note` makes the change's audit entry.
    package func update(
        _ publicID: String, in scope: TenantScope, note: AuditNote<APIKeyRecord>? = nil,
        _ change: @escaping @Sendable (inout APIKeyRecord) -> Bool
    ) async throws(StorageError) -> APIKeyRecord? {
        try await database.write { connection throws(StorageError) in
            let version = try IdentityVersion.next(connection)
            guard let stored = try Self.find(publicID, in: scope, on: connection) else { return nil }
            var key = stored
            guard change(&key) else { return stored }
            try Self.overwrite(key, version: version, on: connection)
            if let note, key != stored { try AuditTrail.append(note(stored, key), to: connection) }
            return try Self.find(publicID, in: scope, on: connection)
        }
    }

    /// Records when keys were last used; never moves a time back. Does not count as a change.
    package func recordUse(_ times: [String: Timestamp]) async throws(StorageError) {
        guard !times.isEmpty else { return }
        try await database.write { connection throws(StorageError) in
            // Sorted, so that two servers lock rows in one order.
            for (publicID, time) in times.sorted(by: { $0.key < $1.key }) {
                try connection.execute(
                    """
                    UPDATE api_keys SET last_used_at = \(time)
                    WHERE public_id = \(publicID) AND (last_used_at IS NULL OR last_used_at < \(time))
                    """)
            }
        }
    }

    /// Everything but id, tenant, creation time and last use.
    static func overwrite(
        _ key: APIKeyRecord, version: Int, on connection: any SQLConnection
    ) throws(StorageError) {
        try connection.execute(
            """
            UPDATE api_keys SET user_id = \(key.user), name = \(key.name),
            models = \(try StringList.encode(key.models)), scopes = \(try StringList.encode(key.scopes)),
            secret_hash = \(key.secretHash), previous_hash = \(key.previousHash),
            previous_valid_until = \(key.previousValidUntil), expires_at = \(key.expiresAt),
            revoked_at = \(key.revokedAt), rotated_at = \(key.rotatedAt), version = \(version)
            WHERE public_id = \(key.publicID)
            """)
    }

    private static func insert(_ key: APIKeyRecord, on connection: any SQLConnection) throws(StorageError) {
        let version = try IdentityVersion.next(connection)
        guard try TenantRepository.find(key.tenant, in: .all, on: connection) != nil else {
            throw .constraint(.foreignKey, "no tenant \"\(key.tenant)\"")
        }
        try add(key, version: version, on: connection)
    }

    /// The bare row, whatever its tenant's state.
    static func add(_ key: APIKeyRecord, version: Int, on connection: any SQLConnection) throws(StorageError) {
        try connection.execute(
            """
            INSERT INTO api_keys (public_id, tenant, user_id, name, models, scopes, secret_hash, previous_hash,
            previous_valid_until, created_at, expires_at, revoked_at, rotated_at, last_used_at, version)
            VALUES (\(key.publicID), \(key.tenant), \(key.user), \(key.name), \(try StringList.encode(key.models)),
            \(try StringList.encode(key.scopes)), \(key.secretHash), \(key.previousHash), \(key.previousValidUntil),
            \(key.createdAt), \(key.expiresAt), \(key.revokedAt), \(key.rotatedAt), \(key.lastUsedAt), \(version))
            """)
    }

    /// Revokes what is not revoked yet; returns those keys as they are now, by their ids.
    static func revokeAll(
        of tenant: String, at now: Timestamp, version: Int, on connection: any SQLConnection
    ) throws(StorageError) -> [APIKeyRecord] {
        let rows = try connection.query(
            """
            UPDATE api_keys SET revoked_at = \(now), version = \(version)
            WHERE tenant = \(tenant) AND revoked_at IS NULL RETURNING *
            """)
        var keys: [APIKeyRecord] = []
        for row in rows { keys.append(try APIKeyRecord(row)) }
        return keys.sorted { $0.publicID < $1.publicID }
    }

    private static func isEmpty(_ connection: any SQLConnection) throws(StorageError) -> Bool {
        try connection.first("SELECT 1 FROM api_keys LIMIT 1") == nil
    }
}
