import Storage

extension AuditEntry {
    static func sample(
        _ action: String = "key.create", tenant: String = "acme", time: Int = 1000, actor: String = "ana",
        target: String = "k1", before: String? = nil, after: String? = #"{"name":"k"}"#
    ) -> AuditEntry {
        AuditEntry(
            time: Timestamp(milliseconds: time), tenant: tenant,
            actor: AuditActor(kind: .cli, id: actor, source: "host-1"), action: action,
            target: AuditTarget(kind: "key", id: target), before: before, after: after)
    }
}

/// A trail with some rows, and the means to damage it.
struct AuditBench: Sendable {
    let database: any SQLDatabase

    var trail: AuditTrail { AuditTrail(database) }

    /// Chains of `rows` rows for each tenant, written one after the other.
    static func run(
        _ kind: TestDatabase, tenants: [String] = ["acme"], rows: Int = 0, _ body: (AuditBench) async throws -> Void
    ) async throws {
        try await kind.runMigrated { database in
            let bench = AuditBench(database: database)
            for number in 0..<rows {
                for tenant in tenants {
                    try await bench.append([.sample(tenant: tenant, time: 1000 + number, target: "k\(number + 1)")])
                }
            }
            try await body(bench)
        }
    }

    func append(_ entries: [AuditEntry]) async throws {
        try await database.write { connection throws(StorageError) in
            try AuditTrail.append(entries, to: connection)
        }
    }

    func execute(_ statements: SQLStatement...) async throws {
        try await database.write { connection throws(StorageError) in
            for statement in statements { try connection.execute(statement) }
        }
    }

    func query(_ statement: SQLStatement) async throws -> [SQLRow] {
        try await database.read { connection throws(StorageError) in try connection.query(statement) }
    }

    func heads() async throws -> [AuditHead] {
        var heads: [AuditHead] = []
        let report = try await trail.verify { heads.append($0) }
        return report.firstBreak == nil ? heads : []
    }

    func firstBreak(_ scope: TenantScope = .all, against: [AuditHead] = []) async throws -> AuditBreak? {
        try await trail.verify(scope, against: against).firstBreak
    }
}
