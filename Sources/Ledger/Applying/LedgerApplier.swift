package import Storage

/// Writes records into the database: the rows, their attempts and logs, and the sums, in one transaction.
///
/// A record counts exactly once, by its id, however often it is applied and by however many processes: whoever brings a
/// row that is there already adds nothing to the sums. This holds for as long as rows are kept, so records must not
/// wait longer than that.
package struct LedgerApplier: Sendable {
    /// Records per transaction. Larger ones cost less per record, because neighbours share pages; but others wait for
    /// a transaction in SQLite, and this many take a third of a second.
    package static let batchRecords = 2000

    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) {
        self.database = database
    }

    /// Applies records in the order in which they are given, a batch per transaction.
    ///
    /// When it throws, any number of leading batches may have been applied; applying everything again is right, because
    /// nothing counts twice. Cancelling the task stops nothing.
    @discardableResult
    package func apply(_ records: [UsageRecord]) async throws(StorageError) -> AppliedRecords {
        var applied = AppliedRecords()
        var start = 0
        while start < records.count {
            let end = min(records.count, start + Self.batchRecords)
            let batch = LedgerBatch(records[start..<end])
            let new = try await database.write { connection throws(StorageError) in
                try batch.write(connection)
            }
            applied.new += new
            applied.known += end - start - new
            start = end
        }
        return applied
    }
}

/// What became of records.
package struct AppliedRecords: Sendable, Hashable {
    /// Rows that were not there before.
    package var new = 0
    /// Records whose row was there already, or came twice.
    package var known = 0

    package init() {}
}
