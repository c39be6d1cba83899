import Dispatch
import GRDB

/// SQLite in WAL mode: one writer, several readers, all on threads of their own.
///
/// Another process (the command line) may work on the same file at the same time: readers never wait,
/// and a writer waits up to the busy timeout for the other.
package final class SQLiteDatabase: SQLDatabase {
    private let pool: DatabasePool

    private init(pool: DatabasePool) {
        self.pool = pool
    }

    package var dialect: SQLDialect { .sqlite }

    /// Opens the file at `path`, creating it with mode 0600 (its directory must exist).
    ///
    /// Fails with ``StorageError/unavailable(_:)`` when the file cannot be opened and with
    /// ``StorageError/corrupt(_:)`` when it is not a database.
    package static func open(
        path: String, options: SQLiteOptions = SQLiteOptions()
    ) async throws(StorageError) -> SQLiteDatabase {
        // SQLite would create it with the umask's mode; its -wal and -shm files copy the mode of this one.
        if let reason = PrivateFile.createIfAbsent(path) {
            throw .unavailable("cannot open \(path): \(reason)")
        }
        let deadline = ContinuousClock.now + .milliseconds(max(0, options.busyTimeoutMilliseconds))
        while true {
            let attempt = await openOnce(path: path, options: options)
            switch attempt {
            case .success(let pool): return SQLiteDatabase(pool: pool)
            // Switching a new file to WAL needs it exclusively and ignores the busy timeout, so a second
            // process that opens it in the same moment has to try again.
            case .failure(let error as DatabaseError)
            where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline && !Task.isCancelled:
                try? await Task.sleep(for: .milliseconds(20))
            case .failure(let error): throw StorageError(sqlite: error)
            }
        }
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
            pool.asyncRead { access in
                continuation.resume(
                    returning: Self.capture {
                        try body(SQLiteConnection(access.get()))
                    })
            }
        }
        return try result.get()
    }

    @discardableResult
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        // Not GRDB's `async` write: that one rolls back when the calling task is cancelled.
        let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                continuation.resume(returning: Self.transaction(database, body))
            }
        }
        return try result.get()
    }

    package func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async { [pool] in
                // Fails only if a statement is still running; the connection is then released with the object.
                try? pool.close()
                continuation.resume()
            }
        }
    }
}

extension SQLiteDatabase {
    private static func transaction<Value>(
        _ database: GRDB.Database, _ body: (any SQLConnection) throws(StorageError) -> Value
    ) -> Result<Value, StorageError> {
        capture {
            var outcome: Value?
            // Immediate: taking the write lock later, on the first write, could fail at once with BUSY
            // whatever the busy timeout, if another process wrote in between.
            try database.inTransaction(.immediate) {
                outcome = try body(SQLiteConnection(database))
                return .commit
            }
            guard let outcome else { throw StorageError.invalid("transaction without an outcome") }
            return outcome
        }
    }

    private static func capture<Value>(_ body: () throws -> Value) -> Result<Value, StorageError> {
        do {
            return .success(try body())
        } catch {
            return .failure(StorageError(sqlite: error))
        }
    }

    private static func openOnce(path: String, options: SQLiteOptions) async -> Result<DatabasePool, any Error> {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result {
                        let pool = try DatabasePool(path: path, configuration: options.configuration)
                        // Only after opening: GRDB sets NORMAL itself, behind the configuration's preparation.
                        try pool.writeWithoutTransaction { try $0.execute(sql: options.synchronousPragma) }
                        return pool
                    })
            }
        }
    }
}
