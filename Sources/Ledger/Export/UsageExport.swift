package import Storage

/// Writes all rows between two moments, oldest first, a page of rows at a time: what it holds does not grow with the
/// number of rows.
///
/// Each page is a transaction of its own, so a long export blocks nobody. Rows that are settled while it runs are part
/// of it if their time is still ahead; a row is never written twice.
package struct UsageExport: Sendable {
    /// Rows per page; a page of ordinary rows is about 300 KiB of text.
    static let pageRows = 1000

    private let list: UsageList
    private let filter: UsageRowFilter
    private let format: UsageExportFormat

    /// - Parameter filter: which rows; its scope is enforced.
    package init(_ database: any SQLDatabase, filter: UsageRowFilter, format: UsageExportFormat) {
        list = UsageList(database)
        self.filter = filter
        self.format = format
    }

    /// Hands the text to `sink` in pieces and returns the number of rows. `sink` is awaited, so that a slow reader
    /// slows the reading of the database down.
    ///
    /// Throws what `sink` throws, `CancellationError` when the task is cancelled between two pages, and
    /// ``StorageError``. What was handed over by then is a cut file: callers of HTTP must break the connection
    /// instead of ending the answer.
    @discardableResult
    package func run(to sink: ([UInt8]) async throws -> Void) async throws -> Int {
        if !format.head.isEmpty { try await sink(format.head) }
        var rows = 0
        var cursor: PageCursor?
        repeat {
            try Task.checkCancellation()
            let page = try await list.page(
                filter, order: .oldestFirst, after: cursor, limit: Self.pageRows)
            var text: [UInt8] = []
            for record in page.items {
                format.append(record, isFirst: rows == 0, to: &text)
                rows += 1
            }
            if !text.isEmpty { try await sink(text) }
            cursor = page.next
        } while cursor != nil
        if !format.tail.isEmpty { try await sink(format.tail) }
        return rows
    }
}
