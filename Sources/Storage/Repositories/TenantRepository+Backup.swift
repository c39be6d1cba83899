extension TenantRepository {
    /// What restoring a tenant changed.
    package struct Restored: Sendable, Hashable {
        /// nil when the tenant was created.
        package let before: TenantRecord?
        package let after: TenantRecord
        /// Keys that were revoked because the tenant is removed now.
        package let revokedKeys: [APIKeyRecord]
    }

    /// Every tenant in the order of the ids, removed ones too, a page in memory at a time.
    package static func forEach(
        on connection: any SQLConnection, _ body: (TenantRecord) -> Void
    ) throws(StorageError) {
        var last = ""
        while true {
            let rows = try connection.query("SELECT * FROM tenants WHERE id > \(last) ORDER BY id LIMIT 500")
            guard !rows.isEmpty else { return }
            for row in rows {
                let tenant = try TenantRecord(row)
                last = tenant.id
                body(tenant)
            }
        }
    }

    /// Makes the tenant what `tenant` says, but keeps it removed if it is: that is final. nil when nothing changes.
    package static func restore(
        _ tenant: TenantRecord, on connection: any SQLConnection
    ) throws(StorageError) -> Restored? {
        guard let row = try connection.first("SELECT * FROM tenants WHERE id = \(tenant.id)") else {
            try insert(tenant, on: connection)
            if let removedAt = tenant.removedAt {
                try connection.execute("UPDATE tenants SET removed_at = \(removedAt) WHERE id = \(tenant.id)")
            }
            return Restored(before: nil, after: tenant, revokedKeys: [])
        }
        let stored = try TenantRecord(row)
        var wanted = tenant
        wanted.removedAt = stored.removedAt ?? tenant.removedAt
        guard wanted != stored else { return nil }
        let version = try IdentityVersion.next(connection)
        try connection.execute(
            """
            UPDATE tenants SET name = \(wanted.name), plan = \(wanted.plan), timezone = \(wanted.timezone),
            created_at = \(wanted.createdAt), removed_at = \(wanted.removedAt), version = \(version)
            WHERE id = \(tenant.id)
            """)
        var revoked: [APIKeyRecord] = []
        if stored.removedAt == nil, let removedAt = wanted.removedAt {
            revoked = try APIKeyRepository.revokeAll(of: tenant.id, at: removedAt, version: version, on: connection)
        }
        return Restored(before: stored, after: wanted, revokedKeys: revoked)
    }
}
