extension TenantRepository {
    /// The plans of all tenants by tenant id, with the version they belong to; nil when nothing changed since
    /// `version`. Made to be asked every second.
    package func plans(
        since version: Int?
    ) async throws(StorageError) -> (version: Int, plans: [String: String])? {
        try await database.read { connection throws(StorageError) in
            let current = try IdentityVersion.current(connection)
            if current == version { return nil }
            var plans: [String: String] = [:]
            for row in try connection.query("SELECT id, plan FROM tenants WHERE removed_at IS NULL") {
                plans[try row.text("id")] = try row.text("plan")
            }
            return (current, plans)
        }
    }
}
