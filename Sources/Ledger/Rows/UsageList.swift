package import Storage

/// The raw rows of the ledger: the log page, and one request in full.
package struct UsageList: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) {
        self.database = database
    }

    /// A page of rows, without their attempts and logs.
    ///
    /// - Parameters:
    ///   - cursor: ``Page/next`` of the page before; one that no page had counts as none.
    ///   - limit: held to 1...1000.
    package func page(
        _ filter: UsageRowFilter, order: UsageRowOrder = .newestFirst, after cursor: PageCursor? = nil,
        limit: Int = 100
    ) async throws(StorageError) -> Page<UsageRecord> {
        if filter.isEmpty { return Page(items: [], next: nil) }
        let limit = min(max(1, limit), 1000)
        // One row more than asked for tells whether there is a next page.
        let statement = Self.statement(filter, order: order, after: cursor, limit: limit + 1)
        var records = try await database.read { connection throws(StorageError) in
            var records: [UsageRecord] = []
            for row in try connection.query(statement) { records.append(try UsageRecord(row)) }
            return records
        }
        guard records.count > limit else { return Page(items: records, next: nil) }
        records.removeLast(records.count - limit)
        return Page(
            items: records, next: records.last.map { PageCursor(createdAt: $0.time, id: $0.id.hex) })
    }

    /// One request with its attempts, and its log where that was kept; nil also for one outside the scope.
    package func find(_ id: UUIDv7, in scope: TenantScope) async throws(StorageError) -> UsageRecord? {
        try await database.read { connection throws(StorageError) in
            guard let row = try connection.first("SELECT * FROM usage WHERE id = \(id)") else { return nil }
            var record = try UsageRecord(row)
            if case .tenant(let own) = scope, own != record.tenant { return nil }
            for row in try connection.query("SELECT * FROM attempts WHERE usage_id = \(id) ORDER BY number") {
                record.attempts.append(try AttemptRecord(row))
            }
            if let row = try connection.first("SELECT prompt, answer FROM request_log WHERE usage_id = \(id)") {
                record.log = PromptLog(prompt: try row.bytes("prompt"), answer: try row.bytes("answer"))
            }
            return record
        }
    }

    static func statement(
        _ filter: UsageRowFilter, order: UsageRowOrder, after cursor: PageCursor?, limit: Int
    ) -> SQLStatement {
        let condition = filter.condition(order, after: cursor)
        return switch order {
        case .newestFirst:
            "SELECT * FROM usage \(sql: condition) ORDER BY time DESC, id DESC LIMIT \(limit)"
        case .oldestFirst:
            "SELECT * FROM usage \(sql: condition) ORDER BY time, id LIMIT \(limit)"
        }
    }
}
