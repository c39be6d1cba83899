import Identity
import Storage
import WireJSON

/// Tenants and keys as the command line shows them; the JSON names are those of the control plane.
enum Rendering {
    static func list(_ items: [JSONValue]) -> String {
        let list: JSONValue = ["data": .array(items), "next_cursor": nil]
        return list.text
    }

    static func tenant(_ tenant: TenantRecord) -> JSONValue {
        [
            "id": .string(tenant.id), "name": .string(tenant.name), "plan": .string(tenant.plan),
            "timezone": .string(tenant.timezone), "created_at": .string("\(tenant.createdAt)"),
        ]
    }

    /// With `secret` only in the answer that created or rotated the key.
    static func key(_ key: APIKeyRecord, secret: String? = nil) -> JSONValue {
        func time(_ value: Timestamp?) -> JSONValue { value.map { .string("\($0)") } ?? .null }
        var object: JSONObject = [
            "id": .string(key.publicID), "name": .string(key.name), "tenant": .string(key.tenant),
            "user": key.user.map { .string($0) } ?? .null, "models": .array(key.models.map { .string($0) }),
            "scopes": .array(key.scopes.map { .string($0) }),
            "prefix": .string(APIKey.displayPrefix(publicID: key.publicID)), "created_at": time(key.createdAt),
            "expires_at": time(key.expiresAt), "revoked_at": time(key.revokedAt), "last_used_at": time(key.lastUsedAt),
        ]
        if let secret { object.append("key", .string(secret)) }
        return .object(object)
    }

    static func show(_ issued: IssuedKey, json: Bool) {
        if json { return Output.line(key(issued.record, secret: issued.text).text) }
        Output.note("Keep it safe: it is not shown again.")
        Output.line(issued.text)
    }

    static func state(_ key: APIKeyRecord, now: Timestamp) -> String {
        if key.revokedAt != nil { return "revoked" }
        guard let expiry = key.expiresAt else { return "active" }
        return expiry <= now ? "expired" : "until \(expiry)"
    }
}
