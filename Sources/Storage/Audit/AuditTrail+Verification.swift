extension AuditTrail {
    /// Walks the chains and stops at the first row that is not what was written. The installation's chain is the first,
    /// the others follow by name; memory does not grow with the number of rows.
    ///
    /// Rows that are added meanwhile are walked too. For what a verification can find, see ``AuditTrail``.
    /// - Parameters:
    ///   - scope: `.tenant("")` is the installation's chain.
    ///   - checkpoints: heads of an earlier verification, kept elsewhere; at most one for each tenant counts. Those of
    ///     chains outside of the scope do not.
    ///   - onChain: called with the head of every chain that is whole; worth keeping as checkpoints.
    package func verify(
        _ scope: TenantScope = .all, against checkpoints: [AuditHead] = [],
        onChain: (AuditHead) -> Void = { _ in }
    ) async throws(StorageError) -> AuditReport {
        let known = Dictionary(checkpoints.map { ($0.tenant, $0) }, uniquingKeysWith: { $0.rows > $1.rows ? $0 : $1 })
        var report = AuditReport()
        switch scope {
        case .tenant(let tenant): try await verify(chain: tenant, known[tenant], &report, onChain)
        case .all:
            var tenant: String? = AuditEntry.installation
            while let chain = tenant, report.firstBreak == nil {
                try await verify(chain: chain, known[chain], &report, onChain)
                tenant = try await nextChain(after: chain, checkpoints: known.keys)
            }
        }
        return report
    }

    /// Rows read at once.
    private static let pageSize = 128

    private func verify(
        chain tenant: String, _ checkpoint: AuditHead?, _ report: inout AuditReport,
        _ onChain: (AuditHead) -> Void
    ) async throws(StorageError) {
        var check = AuditChainCheck(tenant: tenant, checkpoint: checkpoint)
        while true {
            let walked = check
            let (next, end) = try await database.read { connection throws(StorageError) in
                try Self.walk(walked, on: connection)
            }
            check = next
            switch end {
            case nil: continue
            case .broken(let fault): report.firstBreak = fault
            case .whole:
                // A tenant without a chain is no chain.
                guard check.rows > 0 else { return }
                report.chains += 1
                report.rows += check.rows
                onChain(AuditHead(tenant: tenant, rows: check.rows, hash: check.hash))
            }
            return
        }
    }

    private enum End {
        case whole
        case broken(AuditBreak)
    }

    /// One page further; nil for the end while there may be more rows. All in one transaction, so that rows and head
    /// are of one moment.
    private static func walk(
        _ start: AuditChainCheck, on connection: any SQLConnection
    ) throws(StorageError) -> (check: AuditChainCheck, end: End?) {
        var check = start
        // The first page takes in rows that are numbered below 1.
        let after = check.rows == 0 ? Int.min : check.rows
        let page = try connection.query(
            """
            SELECT * FROM audit WHERE tenant = \(check.tenant) AND sequence > \(after)
            ORDER BY sequence LIMIT \(pageSize)
            """)
        for item in page {
            let row = try AuditRow(item)
            switch check.accept(row) {
            case .whole: break
            case .rewritten(let fault): return (check, .broken(fault))
            case .broken:
                return (check, .broken(try AuditDiagnosis(check: check, connection: connection).explain(row)))
            }
            if let fault = try vanishedChain(row, on: connection) { return (check, .broken(fault)) }
        }
        guard page.count < pageSize else { return (check, nil) }
        let head = try head(of: check.tenant, on: connection)
        let isKnown = check.rows == 0 ? try isKnown(check.tenant, on: connection) : true
        return (check, check.finish(head: head, isKnown: isKnown).map(End.broken) ?? .whole)
    }

    /// A tenant's chain that the installation's chain saw starting, but of which nothing is left.
    private static func vanishedChain(
        _ row: AuditRow, on connection: any SQLConnection
    ) throws(StorageError) -> AuditBreak? {
        guard row.entry.tenant == AuditEntry.installation, row.entry.action == startAction else { return nil }
        let tenant = row.entry.target.id
        guard try connection.first("SELECT 1 FROM audit WHERE tenant = \(tenant) LIMIT 1") == nil else { return nil }
        return AuditChainCheck(tenant: tenant).finish(head: nil, isKnown: true)
    }

    /// Whether there must be such a chain: a tenant's, if the installation's chain saw it starting; the installation's,
    /// if there is any other.
    private static func isKnown(_ tenant: String, on connection: any SQLConnection) throws(StorageError) -> Bool {
        if tenant == AuditEntry.installation {
            return try connection.first("SELECT 1 FROM audit_heads WHERE tenant <> \(tenant) LIMIT 1") != nil
        }
        return try connection.first(
            """
            SELECT 1 FROM audit WHERE tenant = \(AuditEntry.installation) AND action = \(startAction)
            AND target_id = \(tenant) LIMIT 1
            """) != nil
    }

    /// The next chain by name, of those that have a head or rows or a checkpoint.
    private func nextChain(
        after tenant: String, checkpoints: some Collection<String>
    ) async throws(StorageError) -> String? {
        let stored = try await database.read { connection throws(StorageError) in
            [
                try connection.first(
                    "SELECT tenant FROM audit_heads WHERE tenant > \(tenant) ORDER BY tenant LIMIT 1")?.text("tenant"),
                try connection.first(
                    "SELECT tenant FROM audit WHERE tenant > \(tenant) ORDER BY tenant LIMIT 1")?.text("tenant"),
            ].compactMap { $0 }
        }
        // By bytes, as the databases compare.
        let candidates = stored + checkpoints.filter { tenant.utf8.lexicographicallyPrecedes($0.utf8) }
        return candidates.min { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
