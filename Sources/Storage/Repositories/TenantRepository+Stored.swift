/// What requests need to know of a tenant that was created at run time.
package struct StoredTenant: Sendable, Hashable {
    /// The name of its plan.
    package var plan: String
    /// IANA name of the zone in which its days, weeks and months turn over.
    package var timezone: String

    package init(plan: String, timezone: String = "UTC") {
        self.plan = plan
        self.timezone = timezone
    }
}

extension TenantRepository {
    /// All tenants by id, with the version they belong to; nil when nothing changed since `version`. Made to be asked
    /// every second.
    package func stored(
        since version: Int?
    ) async throws(StorageError) -> (version: Int, tenants: [String: StoredTenant])? {
        try await database.read { connection throws(StorageError) in
            let current = try IdentityVersion.current(connection)
            if current == version { return nil }
            var tenants: [String: StoredTenant] = [:]
            for row in try connection.query("SELECT id, plan, timezone FROM tenants WHERE removed_at IS NULL") {
                tenants[try row.text("id")] = StoredTenant(
                    plan: try row.text("plan"), timezone: try row.text("timezone"))
            }
            return (current, tenants)
        }
    }
}
