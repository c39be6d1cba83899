package import Storage

/// Creates, lists, rotates and revokes API keys, for the admin interface and the command line.
///
/// Ids are accepted bare, with the prefix `mk-`, or as the whole key. Every change is durable when the
/// call returns, recorded in the audit trail with it, and other processes on the same database notice it within their
/// polling interval.
package struct KeyService: Sendable {
    private let keys: APIKeyRepository
    private let hasher: APIKeyHasher
    private let clock: WallClock
    private let onChange: @Sendable () async -> Void
    private var actor: AuditActor

    /// `onChange` runs after each change, for a server that must not wait for its own poll.
    package init(
        database: any SQLDatabase, hasher: APIKeyHasher, actor: AuditActor = .system,
        clock: @escaping WallClock = Timestamp.now,
        onChange: @escaping @Sendable () async -> Void = {}
    ) {
        keys = APIKeyRepository(database)
        self.hasher = hasher
        self.clock = clock
        self.onChange = onChange
        self.actor = actor
    }

    /// This service for changes that `actor` makes.
    package func acting(as actor: AuditActor) -> KeyService {
        var service = self
        service.actor = actor
        return service
    }

    /// Fails with ``AdministrationError/invalid(field:reason:)`` on `tenant` when there is no such tenant.
    package func create(_ draft: KeyDraft) async throws(AdministrationError) -> IssuedKey {
        let issued = try prepare(draft)
        do {
            try await keys.insert(issued.record, note: note("create"))
        } catch .constraint(.foreignKey, _) {
            throw .invalid(field: "tenant", reason: "there is no tenant \"\(draft.tenant)\"")
        } catch {
            throw .storage(error)
        }
        await onChange()
        return issued
    }

    /// Creates `tenant` and a first key in one step, but only while the database has no key at all, so
    /// that a new installation can be used at once. nil otherwise.
    package func createFirst(tenant: TenantRecord, name: String) async throws(AdministrationError) -> IssuedKey? {
        let issued = try prepare(KeyDraft(tenant: tenant.id, name: name))
        let created = try await storing { () throws(StorageError) in
            try await keys.insertFirst(
                issued.record, tenant: tenant, note: note("create"),
                tenantNote: { [actor] before, after in
                    .tenant("create", before, after, by: actor, at: issued.record.createdAt)
                })
        }
        guard created else { return nil }
        await onChange()
        return issued
    }

    /// Throws ``AdministrationError/notFound`` also for a key of another tenant.
    package func find(_ id: String, in scope: TenantScope) async throws(AdministrationError) -> APIKeyRecord {
        let found = try await storing { () throws(StorageError) in try await keys.find(Self.publicID(id), in: scope) }
        guard let found else { throw .notFound }
        return found
    }

    /// Revoked and expired keys are listed too.
    package func list(
        in scope: TenantScope, after cursor: PageCursor? = nil, limit: Int = 100
    ) async throws(AdministrationError) -> Page<APIKeyRecord> {
        try await storing { () throws(StorageError) in try await keys.list(in: scope, after: cursor, limit: limit) }
    }

    /// Final. Revoking twice keeps the first time.
    @discardableResult
    package func revoke(_ id: String, in scope: TenantScope) async throws(AdministrationError) -> APIKeyRecord {
        let now = clock()
        return try await change(id, in: scope, "revoke") { key in
            guard key.revokedAt == nil else { return false }
            key.revokedAt = now
            return true
        }
    }

    /// Gives the key a new secret under the same id, so that its limits and statistics go on. The old
    /// secret works for `graceSeconds` more; the one before it ends at once.
    package func rotate(
        _ id: String, in scope: TenantScope, graceSeconds: Int = 0
    ) async throws(AdministrationError) -> IssuedKey {
        let now = clock()
        let key = hasher.makeKey(publicID: Self.publicID(id))
        let hash = hasher.hash(key)
        let record = try await change(id, in: scope, "rotate") { record in
            guard record.revokedAt == nil else { return false }
            let keepsOld = graceSeconds > 0
            record.previousHash = keepsOld ? record.secretHash : nil
            record.previousValidUntil = keepsOld ? now.adding(milliseconds: Self.milliseconds(graceSeconds)) : nil
            record.secretHash = hash
            record.rotatedAt = now
            return true
        }
        guard record.revokedAt == nil else { throw .revoked }
        return IssuedKey(record: record, key: key)
    }

    /// Changes the members of `edit` that are not nil.
    package func update(
        _ id: String, in scope: TenantScope, _ edit: KeyEdit
    ) async throws(AdministrationError) -> APIKeyRecord {
        let name = edit.name
        if let name { _ = try FieldRules.text(name, field: "name") }
        if case .some(.some(let user)) = edit.user { _ = try FieldRules.text(user, field: "user") }
        var models: [String]?
        if let list = edit.models { models = try FieldRules.models(list) }
        var scopes: [String]?
        if let list = edit.scopes { scopes = try FieldRules.scopes(list) }
        return try await change(id, in: scope, "update") { [models, scopes] key in
            key.name = name ?? key.name
            if let user = edit.user { key.user = user }
            key.models = models ?? key.models
            key.scopes = scopes ?? key.scopes
            if let expiresAt = edit.expiresAt { key.expiresAt = expiresAt }
            return true
        }
    }

    private func change(
        _ id: String, in scope: TenantScope, _ verb: String, _ body: @escaping @Sendable (inout APIKeyRecord) -> Bool
    ) async throws(AdministrationError) -> APIKeyRecord {
        let record = try await storing { () throws(StorageError) in
            try await keys.update(Self.publicID(id), in: scope, note: note(verb), body)
        }
        guard let record else { throw .notFound }
        await onChange()
        return record
    }

    private func note(_ verb: String) -> AuditNote<APIKeyRecord> {
        let (actor, now) = (actor, clock())
        return { before, after in .key(verb, before, after, by: actor, at: now) }
    }

    private func prepare(_ draft: KeyDraft) throws(AdministrationError) -> IssuedKey {
        let now = clock()
        if let user = draft.user { _ = try FieldRules.text(user, field: "user") }
        if let expiry = draft.expiresAt, expiry <= now {
            throw .invalid(field: "expires_at", reason: "\(expiry) is in the past")
        }
        let key = hasher.makeKey()
        let record = APIKeyRecord(
            publicID: key.publicID, tenant: draft.tenant, user: draft.user,
            name: try FieldRules.text(draft.name, field: "name"), models: try FieldRules.models(draft.models),
            scopes: try FieldRules.scopes(draft.scopes), secretHash: hasher.hash(key), createdAt: now,
            expiresAt: draft.expiresAt)
        return IssuedKey(record: record, key: key)
    }

    /// The bare public id in any of the forms a person may paste.
    private static func publicID(_ text: String) -> String {
        guard text.hasPrefix(APIKey.prefix) else { return text }
        return String(text.dropFirst(APIKey.prefix.count).prefix { $0 != "-" })
    }

    private static func milliseconds(_ seconds: Int) -> Int {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : product
    }
}
