/// Which rows a list shows. Members that are nil restrict nothing.
package struct AuditFilter: Sendable, Hashable {
    /// A tenant's administrator sees the rows of its chain only; `.tenant("")` is the installation's chain.
    package var scope: TenantScope
    /// From this moment on.
    package var from: Timestamp?
    /// Before this moment.
    package var until: Timestamp?
    package var actorKind: AuditActor.Kind?
    package var actorID: String?
    /// Exactly this one, such as `key.revoke`.
    package var action: String?
    package var targetKind: String?
    package var targetID: String?

    package init(_ scope: TenantScope) {
        self.scope = scope
    }

    var sql: SQLStatement {
        var sql = scope.filter("tenant")
        if let from { sql.append(" AND time >= \(from)") }
        if let until { sql.append(" AND time < \(until)") }
        if let actorKind { sql.append(" AND actor_kind = \(actorKind.rawValue)") }
        if let actorID { sql.append(" AND actor_id = \(actorID)") }
        if let action { sql.append(" AND action = \(action)") }
        if let targetKind { sql.append(" AND target_kind = \(targetKind)") }
        if let targetID { sql.append(" AND target_id = \(targetID)") }
        return sql
    }
}
