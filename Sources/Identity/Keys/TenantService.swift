import Foundation
package import Storage

/// What a new tenant is made from.
package struct TenantDraft: Sendable {
    /// Made from ``name`` when nil.
    package var id: String?
    /// For people; need not be unique.
    package var name: String
    /// Name of a plan in the policies; not checked here.
    package var plan: String
    /// IANA name.
    package var timezone: String

    package init(id: String? = nil, name: String, plan: String = "standard", timezone: String = "UTC") {
        self.id = id
        self.name = name
        self.plan = plan
        self.timezone = timezone
    }
}

/// Creates and changes tenants, for the admin interface and the command line.
///
/// Every change is durable when the call returns, recorded in the audit trail with it, and other processes on the same
/// database notice it within their polling interval.
package struct TenantService: Sendable {
    private let tenants: TenantRepository
    private let clock: WallClock
    private let onChange: @Sendable () async -> Void
    private var actor: AuditActor

    /// `onChange` runs after each change, for a server that must not wait for its own poll.
    package init(
        database: any SQLDatabase, actor: AuditActor = .system, clock: @escaping WallClock = Timestamp.now,
        onChange: @escaping @Sendable () async -> Void = {}
    ) {
        tenants = TenantRepository(database)
        self.clock = clock
        self.onChange = onChange
        self.actor = actor
    }

    /// This service for changes that `actor` makes.
    package func acting(as actor: AuditActor) -> TenantService {
        var service = self
        service.actor = actor
        return service
    }

    /// An id made from the name gets a number when it is taken; one that was asked for is refused with
    /// ``AdministrationError/taken(id:)``.
    package func create(_ draft: TenantDraft) async throws(AdministrationError) -> TenantRecord {
        var record = try record(draft)
        let base = record.id
        var number = 1
        while true {
            do {
                try await tenants.insert(record, note: note("create"))
                await onChange()
                return record
            } catch .constraint(.unique, _) {
                number += 1
                guard draft.id == nil, number < 100 else { throw .taken(id: base) }
                record.id = "\(base)-\(number)"
            } catch {
                throw .storage(error)
            }
        }
    }

    /// Creates those tenants whose id is free; for tenants that policy files name. Existing ones keep
    /// what the database says about them. Returns the ids created. In the audit trail it is the policies that create
    /// them, whoever runs the program that notices.
    @discardableResult
    package func ensure(_ drafts: [TenantDraft]) async throws(AdministrationError) -> [String] {
        var records: [TenantRecord] = []
        for draft in drafts { records.append(try record(draft)) }
        let note = note("create", by: AuditActor(kind: .system, id: "policies", source: actor.source))
        let created = try await storing { () throws(StorageError) in
            try await tenants.insertMissing(records, note: note)
        }
        if !created.isEmpty { await onChange() }
        return created
    }

    /// Throws ``AdministrationError/notFound`` also for another tenant, or a removed one.
    package func find(_ id: String, in scope: TenantScope) async throws(AdministrationError) -> TenantRecord {
        let found = try await storing { () throws(StorageError) in try await tenants.find(id, in: scope) }
        guard let found else { throw .notFound }
        return found
    }

    /// Oldest first, without removed ones; `limit` is held to 1...1000.
    package func list(
        in scope: TenantScope, after cursor: PageCursor? = nil, limit: Int = 100
    ) async throws(AdministrationError) -> Page<TenantRecord> {
        try await storing { () throws(StorageError) in try await tenants.list(in: scope, after: cursor, limit: limit) }
    }

    /// Changes the members that are not nil.
    package func update(
        _ id: String, in scope: TenantScope, name: String? = nil, plan: String? = nil, timezone: String? = nil
    ) async throws(AdministrationError) -> TenantRecord {
        if let name { _ = try FieldRules.text(name, field: "name") }
        if let plan { _ = try FieldRules.text(plan, field: "plan") }
        if let timezone { try Self.check(timezone: timezone) }
        let updated = try await storing { () throws(StorageError) in
            try await tenants.update(id, in: scope, note: note("update")) { tenant in
                tenant.name = name ?? tenant.name
                tenant.plan = plan ?? tenant.plan
                tenant.timezone = timezone ?? tenant.timezone
            }
        }
        guard let updated else { throw .notFound }
        await onChange()
        return updated
    }

    /// Removes the tenant for good and revokes its keys; its tokens stop working too.
    package func remove(_ id: String, in scope: TenantScope) async throws(AdministrationError) {
        let now = clock()
        let removed = try await storing { () throws(StorageError) in
            try await tenants.remove(
                id, in: scope, at: now, note: note("remove"),
                keyNote: { [actor] before, after in .key("revoke", before, after, by: actor, at: now) })
        }
        guard removed else { throw .notFound }
        await onChange()
    }

    private func note(_ verb: String, by actor: AuditActor? = nil) -> AuditNote<TenantRecord> {
        let (actor, now) = (actor ?? self.actor, clock())
        return { before, after in .tenant(verb, before, after, by: actor, at: now) }
    }

    private func record(_ draft: TenantDraft) throws(AdministrationError) -> TenantRecord {
        let name = try FieldRules.text(draft.name, field: "name")
        let id = draft.id ?? TenantID.suggested(for: name)
        guard TenantID.isValid(id) else {
            throw .invalid(field: "id", reason: TenantID.rule)
        }
        try Self.check(timezone: draft.timezone)
        return TenantRecord(
            id: id, name: name, plan: try FieldRules.text(draft.plan, field: "plan"), timezone: draft.timezone,
            createdAt: clock())
    }

    static func check(timezone: String) throws(AdministrationError) {
        guard TimeZone(identifier: timezone) != nil else {
            throw .invalid(field: "timezone", reason: "\"\(timezone)\" is not a time zone such as Europe/Berlin")
        }
    }
}

/// Runs a storage call with its error wrapped.
func storing<Value>(
    _ body: () async throws(StorageError) -> Value
) async throws(AdministrationError) -> Value {
    do {
        return try await body()
    } catch {
        throw .storage(error)
    }
}
