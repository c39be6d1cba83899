package import Storage
import WireJSON

/// What the audit trail shows of tenants and keys. Members are named one by one: a hash of a secret, or a member that
/// comes later, does not get in by itself.
extension AuditEntry {
    /// - Parameter verb: such as `create`; the action is `tenant.create`.
    package static func tenant(
        _ verb: String, _ before: TenantRecord?, _ after: TenantRecord?, by actor: AuditActor, at time: Timestamp
    ) -> AuditEntry {
        let id = after?.id ?? before?.id ?? ""
        return AuditEntry(
            time: time, tenant: id, actor: actor, action: "tenant.\(verb)", target: AuditTarget(kind: "tenant", id: id),
            before: before.map { json($0).text }, after: after.map { json($0).text })
    }

    /// - Parameter verb: such as `create`; the action is `key.create`.
    package static func key(
        _ verb: String, _ before: APIKeyRecord?, _ after: APIKeyRecord?, by actor: AuditActor, at time: Timestamp
    ) -> AuditEntry {
        AuditEntry(
            time: time, tenant: after?.tenant ?? before?.tenant ?? "", actor: actor, action: "key.\(verb)",
            target: AuditTarget(kind: "key", id: after?.publicID ?? before?.publicID ?? ""),
            before: before.map { json($0).text }, after: after.map { json($0).text })
    }

    private static func json(_ tenant: TenantRecord) -> JSONValue {
        [
            "id": .string(tenant.id), "name": .string(tenant.name), "plan": .string(tenant.plan),
            "timezone": .string(tenant.timezone), "created_at": json(tenant.createdAt),
            "removed_at": json(tenant.removedAt),
        ]
    }

    private static func json(_ key: APIKeyRecord) -> JSONValue {
        [
            "id": .string(key.publicID), "prefix": .string(APIKey.displayPrefix(publicID: key.publicID) + "-…"),
            "name": .string(key.name), "tenant": .string(key.tenant), "user": key.user.map { .string($0) } ?? .null,
            "models": .array(key.models.map { .string($0) }), "scopes": .array(key.scopes.map { .string($0) }),
            "created_at": json(key.createdAt), "expires_at": json(key.expiresAt), "revoked_at": json(key.revokedAt),
            "rotated_at": json(key.rotatedAt), "previous_valid_until": json(key.previousValidUntil),
        ]
    }

    private static func json(_ time: Timestamp?) -> JSONValue {
        time.map { .string("\($0)") } ?? .null
    }
}
