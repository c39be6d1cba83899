import GRDB

extension StorageError {
    /// Sorts GRDB's and SQLite's errors by what the caller should do.
    init(sqlite error: any Error) {
        if let error = error as? StorageError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .unavailable(String(describing: error))
            return
        }
        // Without arguments: GRDB's own description may quote them.
        let detail = [error.message, error.sql.map { "in: \($0)" }].compactMap { $0 }.joined(separator: " ")
        switch error.resultCode {
        case .SQLITE_CONSTRAINT:
            self = .constraint(Self.constraint(error.extendedResultCode), detail)
        case .SQLITE_MISMATCH:
            self = .constraint(.check, detail)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
            self = .corrupt(detail)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_READONLY,
            .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_NOMEM, .SQLITE_INTERRUPT, .SQLITE_ABORT, .SQLITE_PROTOCOL,
            .SQLITE_MISUSE:  // what GRDB says after `close()`
            self = .unavailable(detail)
        default:
            self = .invalid(detail)
        }
    }

    private static func constraint(_ code: ResultCode) -> StorageConstraint {
        switch code {
        case .SQLITE_CONSTRAINT_FOREIGNKEY: .foreignKey
        case .SQLITE_CONSTRAINT_NOTNULL: .notNull
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID: .unique
        default: .check
        }
    }
}
