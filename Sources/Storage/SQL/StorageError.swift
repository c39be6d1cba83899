/// What can go wrong below the repositories, by what the caller should do about it.
///
/// Only ``unavailable(_:)`` is worth another try. None of these says anything about the caller's
/// rights: a request that fails here is answered with 503 or 500, never with 401 or 404.
package enum StorageError: Error, Sendable, Hashable {
    /// The database cannot serve now: locked for longer than the busy timeout, disk full or failing,
    /// connection refused or closed. Nothing was written.
    case unavailable(String)
    /// A rule of the schema refused the write; the transaction was rolled back.
    case constraint(StorageConstraint, String)
    /// The file is damaged, or a stored value has a shape this version never writes.
    case corrupt(String)
    /// A newer release has migrated this database; the first migration this one does not know.
    case schemaTooNew(migration: String)
    /// The statement itself is wrong: a defect of the program.
    case invalid(String)

    /// Whether the same call can succeed later without anything being changed.
    package var isRetryable: Bool {
        if case .unavailable = self { true } else { false }
    }

    /// A word from a closed set, safe as a metric label.
    package var label: String {
        switch self {
        case .unavailable: "unavailable"
        case .constraint: "constraint"
        case .corrupt: "corrupt"
        case .schemaTooNew: "schema_too_new"
        case .invalid: "invalid"
        }
    }
}

/// The kinds of rule that both databases know.
package enum StorageConstraint: String, Sendable, Hashable, CaseIterable {
    /// A unique index or primary key: the row exists already.
    case unique
    /// A referenced row does not exist, or a row is still referenced.
    case foreignKey
    case notNull
    /// A `CHECK` clause, or a column's type.
    case check
}

extension StorageError: CustomStringConvertible {
    /// For the operator's log; may quote SQL text but never bound values.
    package var description: String {
        switch self {
        case .unavailable(let reason): "database unavailable: \(reason)"
        case .constraint(let kind, let detail): "\(kind.rawValue) constraint violated: \(detail)"
        case .corrupt(let detail): "database content is damaged: \(detail)"
        case .schemaTooNew(let migration):
            "the database was migrated by a newer release (unknown migration \"\(migration)\"); use that release or a backup"
        case .invalid(let detail): "invalid statement: \(detail)"
        }
    }
}
