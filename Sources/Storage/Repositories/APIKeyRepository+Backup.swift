extension APIKeyRepository {
    /// What restoring a key changed.
    package struct Restored: Sendable, Hashable {
        /// nil when the key was created.
        package let before: APIKeyRecord?
        package let after: APIKeyRecord
    }

    /// Every key in the order of the ids, revoked and expired ones too, a page in memory at a time.
    package static func forEach(
        on connection: any SQLConnection, _ body: (APIKeyRecord) -> Void
    ) throws(StorageError) {
        var last = ""
        while true {
            let rows = try connection.query(
                "SELECT * FROM api_keys WHERE public_id > \(last) ORDER BY public_id LIMIT 500")
            guard !rows.isEmpty else { return }
            for row in rows {
                let key = try APIKeyRecord(row)
                last = key.publicID
                body(key)
            }
        }
    }

    /// Makes the key what `key` says, as far as that brings no dead secret back to life: a revocation stays, the keys
    /// of a removed tenant are revoked, and a secret that is newer than the one in `key` stays, because the older one
    /// may have been replaced for a reason. Creation time and last use of a key that is there stay too. nil when
    /// nothing changes.
    ///
    /// Throws a `foreignKey` constraint error when there is no such tenant, and a `unique` one when the id is that of
    /// another tenant's key.
    package static func restore(
        _ key: APIKeyRecord, on connection: any SQLConnection
    ) throws(StorageError) -> Restored? {
        guard let tenant = try connection.first("SELECT removed_at FROM tenants WHERE id = \(key.tenant)") else {
            throw .constraint(.foreignKey, "no tenant \"\(key.tenant)\"")
        }
        var wanted = key
        let stored = try find(key.publicID, in: .all, on: connection)
        if let stored {
            guard stored.tenant == key.tenant else {
                throw .constraint(.unique, "key \(key.publicID) belongs to the tenant \"\(stored.tenant)\"")
            }
            wanted.createdAt = stored.createdAt
            wanted.lastUsedAt = stored.lastUsedAt
            wanted.revokedAt = stored.revokedAt ?? key.revokedAt
            if stored.rotatedAt ?? stored.createdAt > key.rotatedAt ?? stored.createdAt {
                wanted.secretHash = stored.secretHash
                wanted.previousHash = stored.previousHash
                wanted.previousValidUntil = stored.previousValidUntil
                wanted.rotatedAt = stored.rotatedAt
            }
        }
        if wanted.revokedAt == nil { wanted.revokedAt = try tenant.optionalTime("removed_at") }
        guard wanted != stored else { return nil }
        let version = try IdentityVersion.next(connection)
        if stored == nil {
            try add(wanted, version: version, on: connection)
        } else {
            try overwrite(wanted, version: version, on: connection)
        }
        return Restored(before: stored, after: wanted)
    }
}
