/// An API key as stored: everything but the secret, of which only a keyed hash exists.
package struct APIKeyRecord: Sendable, Hashable {
    /// The part of the key that names it; 16 characters.
    package var publicID: String
    /// Never changes.
    package var tenant: String
    /// The person or service the key was made for; free text.
    package var user: String?
    /// For people.
    package var name: String
    /// Model names with `*` wildcards; empty means that the plan alone decides.
    package var models: [String]
    /// What the key may be used for.
    package var scopes: [String]
    /// Keyed hash of the current secret; 32 bytes.
    package var secretHash: [UInt8]
    /// The secret before the last rotation, accepted until ``previousValidUntil``.
    package var previousHash: [UInt8]?
    /// Set together with ``previousHash``.
    package var previousValidUntil: Timestamp?
    /// Never changes; lists are ordered by it.
    package var createdAt: Timestamp
    /// nil: never.
    package var expiresAt: Timestamp?
    /// Once set, final.
    package var revokedAt: Timestamp?
    /// When the current secret was made, if it is not the first.
    package var rotatedAt: Timestamp?
    /// Written in batches; up to half a minute late.
    package var lastUsedAt: Timestamp?

    package init(
        publicID: String, tenant: String, user: String? = nil, name: String, models: [String] = [],
        scopes: [String], secretHash: [UInt8], createdAt: Timestamp, expiresAt: Timestamp? = nil
    ) {
        self.publicID = publicID
        self.tenant = tenant
        self.user = user
        self.name = name
        self.models = models
        self.scopes = scopes
        self.secretHash = secretHash
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    init(_ row: SQLRow) throws(StorageError) {
        publicID = try row.text("public_id")
        tenant = try row.text("tenant")
        user = try row.optionalText("user_id")
        name = try row.text("name")
        models = try StringList.decode(row, "models")
        scopes = try StringList.decode(row, "scopes")
        secretHash = try row.bytes("secret_hash")
        previousHash = try row.optionalBytes("previous_hash")
        previousValidUntil = try row.optionalTime("previous_valid_until")
        createdAt = try row.time("created_at")
        expiresAt = try row.optionalTime("expires_at")
        revokedAt = try row.optionalTime("revoked_at")
        rotatedAt = try row.optionalTime("rotated_at")
        lastUsedAt = try row.optionalTime("last_used_at")
    }
}
