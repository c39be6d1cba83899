import Storage

/// The records of one transaction, with its statements made beforehand: others wait while a transaction runs.
struct LedgerBatch: Sendable {
    /// Without repetitions, by id: two processes that bring the same records lock rows in one order.
    private let records: [UsageRecord]
    private let rows: [SQLStatement]
    /// What follows the rows when none of them was known, as almost always.
    private let rest: [SQLStatement]

    init(_ records: some Collection<UsageRecord>) {
        var seen: Set<UUIDv7> = []
        self.records = records.filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
        rows = StatementSizes.pieces(self.records).map(Self.rows)
        rest = Self.rest(self.records)
    }

    /// Returns how many were new.
    func write(_ connection: any SQLConnection) throws(StorageError) -> Int {
        var new: Set<UUIDv7> = []
        for statement in rows {
            for row in try connection.query(statement) {
                guard let id = UUIDv7(bytes: try row.bytes("id")) else {
                    throw .corrupt("column \"id\" holds no UUID of version 7")
                }
                new.insert(id)
            }
        }
        let rest = new.count == records.count ? rest : Self.rest(records.filter { new.contains($0.id) })
        for statement in rest { try connection.execute(statement) }
        return new.count
    }

    /// Attempts, logs and sums of rows that were just written.
    private static func rest(_ records: [UsageRecord]) -> [SQLStatement] {
        guard let first = records.first else { return [] }
        var statements = StatementSizes.pieces(records.flatMap(attempts)).map(attempts)
        for record in records {
            if let log = record.log { statements.append(self.log(log, of: record)) }
        }
        let ids = StatementSizes.padded(records.map(\.id), with: first.id)
        return statements + RollupTable.all.map { $0.addition(of: ids) }
    }
}
