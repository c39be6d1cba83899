/// A database that runs transactions. Repositories are written against this and know nothing of what
/// is behind it.
///
/// The bodies are synchronous and run on a thread of the database's own, never on the caller's: they
/// may take milliseconds and must not wait for anything but their statements.
package protocol SQLDatabase: Sendable {
    /// Renders statements, and names column types for migrations.
    var dialect: SQLDialect { get }

    /// Runs `body` in a read-only transaction: all its queries see one state of the database.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value

    /// Runs `body` in a transaction that commits when it returns and rolls back when it throws.
    ///
    /// Cancelling the calling task undoes nothing: once called, the transaction runs to its end. A
    /// client that hangs up must not be able to erase the record of what it used.
    @discardableResult
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value

    /// Waits for running transactions and gives the connections back. Later calls fail with
    /// ``StorageError/unavailable(_:)``.
    func close() async
}

/// The statements of one transaction. Only valid inside the body it was handed to.
package protocol SQLConnection: AnyObject {
    var dialect: SQLDialect { get }

    /// All rows of a query, or of a write with `RETURNING`. Bound large results with `LIMIT`.
    func query(_ statement: SQLStatement) throws(StorageError) -> [SQLRow]

    /// Runs a statement for its effect and returns how many rows it changed (0 for schema changes).
    @discardableResult
    func execute(_ statement: SQLStatement) throws(StorageError) -> Int
}

extension SQLConnection {
    /// The first row, if any.
    package func first(_ statement: SQLStatement) throws(StorageError) -> SQLRow? {
        try query(statement).first
    }
}
