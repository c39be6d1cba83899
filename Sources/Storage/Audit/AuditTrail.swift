/// The record of who changed what: a chain of hashes for each tenant, and one for the installation.
///
/// Every row holds the hash of the row before it and of itself, and the chain's head, in a table of its own, holds the
/// number of rows and the last hash. So a row that is edited, removed, inserted or moved is found by
/// ``verify(_:against:onChain:)``, also at the end of a chain; and because the installation's chain records when
/// another one starts, so is a tenant's chain that vanishes as a whole.
///
/// What that cannot find: the hashes need no secret, so somebody who may write to all these tables can rewrite a chain
/// from any row on, with every later hash and the head, or take back the newest rows together with the head. Against
/// that, export heads from time to time to a place that this person cannot write to, and verify against them: a chain
/// that does not pass through an exported head was rewritten before it. What was added after the last export is only as
/// safe as the database.
package struct AuditTrail: Sendable {
    let database: any SQLDatabase

    package init(_ database: any SQLDatabase) {
        self.database = database
    }

    /// Adds an entry to its chain, inside the transaction of the change it records: both count, or neither does.
    package static func append(_ entry: AuditEntry, to connection: any SQLConnection) throws(StorageError) {
        try append([entry], to: connection)
    }

    /// Adds several entries, in their order within each chain.
    ///
    /// The heads' rows are locked until commit, so two transactions cannot write the same number. Locks are taken in
    /// one order, so put all the entries of a transaction into one call: two calls could wait for each other's.
    package static func append(_ entries: [AuditEntry], to connection: any SQLConnection) throws(StorageError) {
        var chains = Dictionary(grouping: entries, by: \.tenant)
        let tenants = chains.keys.sorted()
        var missing: [String] = []
        for tenant in tenants where tenant != AuditEntry.installation {
            if try head(of: tenant, on: connection) == nil { missing.append(tenant) }
        }
        if !missing.isEmpty {
            // Before the others: it is the first of the order, and only its holder may start a chain.
            _ = try lockedHead(of: AuditEntry.installation, on: connection)
            for tenant in missing where try createHead(of: tenant, on: connection) {
                guard let first = chains[tenant]?.first else { continue }
                chains[AuditEntry.installation, default: []].insert(start(of: tenant, with: first), at: 0)
            }
        }
        for tenant in chains.keys.sorted() {
            try append(chains[tenant] ?? [], chain: tenant, to: connection)
        }
    }

    /// Newest first; `limit` is held to 1...1000.
    package func list(
        _ filter: AuditFilter, after cursor: AuditCursor? = nil, limit: Int = 100
    ) async throws(StorageError) -> AuditPage {
        let limit = min(max(1, limit), 1000)
        return try await database.read { connection throws(StorageError) in
            let found = try connection.query(
                """
                SELECT * FROM audit WHERE 1 = 1 \(sql: filter.sql) \(sql: cursor?.sql ?? "")
                ORDER BY time DESC, tenant DESC, sequence DESC LIMIT \(limit + 1)
                """)
            var rows: [AuditRow] = []
            for row in found.prefix(limit) { rows.append(try AuditRow(row)) }
            return AuditPage(rows: rows, next: found.count > limit ? rows.last.map(AuditCursor.init(after:)) : nil)
        }
    }

    static func head(of tenant: String, on connection: any SQLConnection) throws(StorageError) -> AuditHead? {
        guard let row = try connection.first("SELECT * FROM audit_heads WHERE tenant = \(tenant)") else { return nil }
        return try AuditHead(row)
    }
}

extension AuditTrail {
    /// In the installation's chain: the tenant's chain starts.
    static let startAction = "audit.start"

    private static func start(of tenant: String, with first: AuditEntry) -> AuditEntry {
        AuditEntry(
            time: first.time, actor: first.actor, action: startAction, target: AuditTarget(kind: "tenant", id: tenant))
    }

    private static func append(
        _ entries: [AuditEntry], chain tenant: String, to connection: any SQLConnection
    ) throws(StorageError) {
        let head = try lockedHead(of: tenant, on: connection)
        var sequence = head.rows
        var hash = head.hash
        for entry in entries {
            let previous = hash
            sequence += 1
            hash = AuditHash.row(sequence, after: previous, entry)
            try connection.execute(
                """
                INSERT INTO audit (tenant, sequence, time, actor_kind, actor_id, source, action, target_kind,
                target_id, before_json, after_json, previous_hash, hash)
                VALUES (\(tenant), \(sequence), \(entry.time), \(entry.actor.kind.rawValue), \(entry.actor.id),
                \(entry.actor.source), \(entry.action), \(entry.target.kind), \(entry.target.id), \(entry.before),
                \(entry.after), \(previous), \(hash))
                """)
        }
        try connection.execute(
            "UPDATE audit_heads SET row_count = \(sequence), hash = \(hash) WHERE tenant = \(tenant)")
    }

    /// The head, with its row locked until commit; made if there is none.
    private static func lockedHead(
        of tenant: String, on connection: any SQLConnection
    ) throws(StorageError) -> AuditHead {
        // Twice: the row may have to be made first, by this transaction or by one that this one waited for.
        for _ in 0..<2 {
            // An update locks in both databases; `FOR UPDATE` does not exist in SQLite.
            let row = try connection.first(
                "UPDATE audit_heads SET row_count = row_count WHERE tenant = \(tenant) RETURNING *")
            if let row { return try AuditHead(row) }
            _ = try createHead(of: tenant, on: connection)
        }
        throw .corrupt("the head of the audit chain of \"\(tenant)\" cannot be written")
    }

    /// Whether it was created now.
    private static func createHead(of tenant: String, on connection: any SQLConnection) throws(StorageError) -> Bool {
        try connection.execute(
            """
            INSERT INTO audit_heads (tenant, row_count, hash) VALUES (\(tenant), 0, \(AuditHash.genesis))
            ON CONFLICT (tenant) DO NOTHING
            """) > 0
    }
}
