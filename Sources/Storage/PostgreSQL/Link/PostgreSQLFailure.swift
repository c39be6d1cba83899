/// Why commands to PostgreSQL have no result.
struct PostgreSQLFailure: Error, Sendable, Hashable {
    enum Cause: Sendable, Hashable {
        /// The server refused a command; its five-character SQLSTATE.
        case server(state: String)
        /// The connection ended, or the server announced its end. What was sent may have been executed.
        case lost
        /// No answer in time. What was sent may have been executed.
        case timeout
        /// libpq would not send it.
        case unsendable
    }

    var cause: Cause
    /// For logs. Without the server's detail line, which quotes values.
    var message: String
    /// The server's function that raised the error: tells apart errors that share a code.
    var function = ""
    /// What begins the transaction failed, not the statement sent with it.
    var isOfOpening = false

    /// The server ended the transaction in favour of another one: the same again may succeed.
    var isConflict: Bool {
        // Serialization failure and deadlock.
        cause == .server(state: "40001") || cause == .server(state: "40P01")
    }

    /// A prepared statement is no longer what it was: a table's columns changed under a `SELECT *`, or somebody between
    /// us and the server gave the session to another client.
    var isStaleStatement: Bool {
        switch cause {
        case .server(state: "0A000"): function == "RevalidateCachedQuery"
        case .server(state: "26000"), .server(state: "42P05"): true
        default: false
        }
    }

    /// There is no connection any more, and nobody knows what became of what was sent.
    var endsConnection: Bool {
        cause == .lost || cause == .timeout
    }
}
