/// Everything that differs between the two databases' SQL. Statements outside this file are written
/// once, in the common subset (SQLite 3.37 and PostgreSQL 13 both know `RETURNING`, `ON CONFLICT`,
/// row values and partial indexes).
package enum SQLDialect: String, Sendable, Hashable, CaseIterable {
    case sqlite
    case postgresql

    /// The statement's text with this database's placeholders.
    package func render(_ statement: SQLStatement) -> String {
        guard statement.fragments.count > 1 else { return statement.fragments[0] }
        var text = statement.fragments[0]
        for (index, fragment) in statement.fragments.dropFirst().enumerated() {
            switch self {
            case .sqlite: text += "?"
            case .postgresql: text += "$\(index + 1)"
            }
            text += fragment
        }
        return text
    }

    /// Column type of a signed 64-bit integer.
    package var integer: StaticString {
        switch self {
        case .sqlite: "INTEGER"
        case .postgresql: "BIGINT"
        }
    }

    /// Column type of text that sorts by its bytes, so that page cursors mean the same everywhere.
    package var text: StaticString {
        switch self {
        case .sqlite: "TEXT"
        case .postgresql: "TEXT COLLATE \"C\""
        }
    }

    /// Column type of bytes.
    package var bytes: StaticString {
        switch self {
        case .sqlite: "BLOB"
        case .postgresql: "BYTEA"
        }
    }

    /// Column type of a 64-bit binary floating-point number.
    package var real: StaticString {
        switch self {
        case .sqlite: "REAL"
        case .postgresql: "DOUBLE PRECISION"
        }
    }

    /// Follows the closing parenthesis of `CREATE TABLE`. SQLite checks column types only when asked.
    package var tableOptions: StaticString {
        switch self {
        case .sqlite: "STRICT"
        case .postgresql: ""
        }
    }

    /// Run first in the migrating transaction, so that of several servers starting at once one migrates
    /// and the others wait. SQLite's write transactions exclude each other anyway.
    package var migrationLock: SQLStatement? {
        switch self {
        case .sqlite: nil
        // An arbitrary number that only Martlet's migrator uses.
        case .postgresql: "SELECT pg_advisory_xact_lock(5494762931)"
        }
    }

    /// A query that yields a row if the table exists.
    package func tableExists(_ name: String) -> SQLStatement {
        switch self {
        case .sqlite: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = \(name)"
        case .postgresql: "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = \(name)"
        }
    }
}
