import Storage
import WireJSON

/// API keys with the hashes of their secrets, which are of no use without the master key; also revoked ones.
struct KeySection: BackupSection {
    let name = "keys"
    let hasher: APIKeyHasher

    private static let hashLength = 32

    func write(from connection: any SQLConnection, _ row: (JSONObject) -> Void) throws(StorageError) {
        try APIKeyRepository.forEach(on: connection) { key in
            row([
                "id": .string(key.publicID), "tenant": .string(key.tenant),
                "user": key.user.map { .string($0) } ?? .null, "name": .string(key.name),
                "models": .array(key.models.map { .string($0) }), "scopes": .array(key.scopes.map { .string($0) }),
                "secret_hash": .string(Hexadecimal.encode(key.secretHash)),
                "previous_hash": key.previousHash.map { .string(Hexadecimal.encode($0)) } ?? .null,
                "previous_valid_until": .milliseconds(key.previousValidUntil),
                "created_at": .milliseconds(key.createdAt), "expires_at": .milliseconds(key.expiresAt),
                "revoked_at": .milliseconds(key.revokedAt), "rotated_at": .milliseconds(key.rotatedAt),
                "last_used_at": .milliseconds(key.lastUsedAt),
            ])
        }
    }

    func read(_ rows: [BackupRow], _ reading: inout BackupReading) -> [BackupChange] {
        var seen: Set<String> = []
        var changes: [BackupChange] = []
        for row in rows {
            guard let key = key(row, &reading) else { continue }
            if !seen.insert(key.publicID).inserted {
                reading.refuse("\(row.path).id", "\"\(key.publicID)\" is there twice")
            }
            changes.append(change(key, reading))
        }
        return changes
    }

    private func key(_ row: BackupRow, _ reading: inout BackupReading) -> APIKeyRecord? {
        var row = row
        let id = row.text("id", &reading)
        let tenant = row.text("tenant", &reading)
        let user = row.optionalText("user", &reading)
        let name = row.text("name", &reading)
        let models = row.texts("models", &reading)
        let scopes = row.texts("scopes", &reading)
        let hash = row.bytes("secret_hash", count: Self.hashLength, &reading)
        let previousHash = row.optionalBytes("previous_hash", count: Self.hashLength, &reading)
        let previousValidUntil = row.optionalTime("previous_valid_until", &reading)
        let createdAt = row.time("created_at", &reading)
        let expiresAt = row.optionalTime("expires_at", &reading)
        let revokedAt = row.optionalTime("revoked_at", &reading)
        let rotatedAt = row.optionalTime("rotated_at", &reading)
        let lastUsedAt = row.optionalTime("last_used_at", &reading)
        row.finish(&reading)
        guard let id, let tenant, let name, let models, let scopes, let hash, let createdAt else { return nil }
        var key = APIKeyRecord(
            publicID: id, tenant: tenant, user: user, name: name, models: models, scopes: scopes, secretHash: hash,
            createdAt: createdAt, expiresAt: expiresAt)
        key.previousHash = previousHash
        key.previousValidUntil = previousValidUntil
        key.revokedAt = revokedAt
        key.rotatedAt = rotatedAt
        key.lastUsedAt = lastUsedAt
        check(key, row.path, &reading)
        return key
    }

    private func check(_ key: APIKeyRecord, _ path: String, _ reading: inout BackupReading) {
        if !hasher.isGenuine(publicID: key.publicID) {
            reading.refuse("\(path).id", "\"\(key.publicID)\" is not an id that this installation makes")
        }
        if !reading.tenants.contains(key.tenant) {
            reading.refuse("\(path).tenant", "there is no tenant \"\(key.tenant)\" in sections.tenants")
        }
        if (key.previousHash == nil) != (key.previousValidUntil == nil) {
            reading.refuse(path, "previous_hash and previous_valid_until must be there together, or neither")
        }
        reading.check(path) { () throws(AdministrationError) in
            _ = try FieldRules.text(key.name, field: "name")
            if let user = key.user { _ = try FieldRules.text(user, field: "user") }
            _ = try FieldRules.models(key.models)
            _ = try FieldRules.scopes(key.scopes.map(Scope.init(rawValue:)))
        }
    }

    private func change(_ key: APIKeyRecord, _ reading: BackupReading) -> BackupChange {
        let (actor, time) = (reading.actor, reading.time)
        return { connection throws(StorageError) in
            guard let restored = try APIKeyRepository.restore(key, on: connection) else { return [] }
            return [.key("restore", restored.before, restored.after, by: actor, at: time)]
        }
    }
}
