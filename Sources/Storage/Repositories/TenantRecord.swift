/// A tenant as stored.
package struct TenantRecord: Sendable, Hashable {
    /// Never changes and is never used again.
    package var id: String
    /// For people.
    package var name: String
    /// Name of a plan in the policies.
    package var plan: String
    /// IANA name; calendar windows of this tenant turn over at its midnight.
    package var timezone: String
    /// Lists are ordered by it.
    package var createdAt: Timestamp
    /// Set when the tenant was removed. Its id stays taken.
    package var removedAt: Timestamp?

    package init(id: String, name: String, plan: String, timezone: String, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.plan = plan
        self.timezone = timezone
        self.createdAt = createdAt
    }

    init(_ row: SQLRow) throws(StorageError) {
        id = try row.text("id")
        name = try row.text("name")
        plan = try row.text("plan")
        timezone = try row.text("timezone")
        createdAt = try row.time("created_at")
        removedAt = try row.optionalTime("removed_at")
    }
}
