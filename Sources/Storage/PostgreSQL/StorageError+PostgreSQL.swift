extension StorageError {
    /// Sorts PostgreSQL's errors by what the caller should do, into the kinds SQLite's have.
    ///
    /// Codes: PostgreSQL's documentation, appendix A.
    init(postgreSQL failure: PostgreSQLFailure, sql: String? = nil) {
        var detail = failure.message
        if failure.isOfOpening {
            detail += " at the beginning of a transaction"
        } else if let sql {
            detail += " in: \(sql)"
        }
        switch failure.cause {
        // A lock that was not to be had, a standby that does not write: never the statement's fault.
        case _ where failure.isOfOpening: self = .unavailable(detail)
        case .lost, .timeout: self = .unavailable(detail)
        case .unsendable: self = .invalid(detail)
        case .server(let state): self = Self.kind(state, detail)
        }
    }

    private static func kind(_ state: String, _ detail: String) -> StorageError {
        switch state {
        case "23505": .constraint(.unique, detail)
        case "23503": .constraint(.foreignKey, detail)
        case "23502": .constraint(.notNull, detail)
        // A value of the wrong type for its column.
        case "42804": .constraint(.check, detail)
        // Read-only transaction or standby; no right to; no such database.
        case "25006", "42501", "3D000": .unavailable(detail)
        case "XX001", "XX002": .corrupt(detail)
        default:
            switch state.prefix(2) {
            // Data exception (a value does not fit) and the other integrity constraints.
            case "22", "23": .constraint(.check, detail)
            // Connection, authorization, rollback, resources, locks, operator, system.
            case "08", "28", "40", "53", "55", "57", "58": .unavailable(detail)
            default: .invalid(detail)
            }
        }
    }
}
