/// How PostgreSQL is used: connections, bounds and times.
package struct PostgreSQLOptions: Sendable {
    /// Connections at most. One is kept up; further ones are made when calls wait.
    package var connections = 8
    /// Calls that may wait for a connection; more are refused at once.
    package var waitingCalls = 1024
    /// How long a call waits for a connection, in milliseconds.
    package var waitMilliseconds = 5000
    /// For making a connection, with name resolution excepted: per address, TLS and password included. libpq knows
    /// whole seconds and takes at least two.
    package var connectSeconds = 5
    /// How long ``PostgreSQLDatabase/open(_:options:logger:)`` waits for a server that does not answer yet, in
    /// milliseconds. One that answers and refuses is not waited for.
    package var startupMilliseconds = 10_000
    /// How long a statement waits for a lock, in milliseconds; 0: no limit. A write waits that long for the writes of
    /// other processes, like SQLite's busy timeout.
    package var lockMilliseconds = 5000
    /// For one statement with its wait for locks, in milliseconds; 0: no limit. The server ends it; a server that does
    /// not answer a second later is taken for dead.
    package var statementMilliseconds = 15_000
    /// For all statements of one call together, in milliseconds.
    package var transactionMilliseconds = 60_000
    /// How often a transaction is run at most when the server ends it in favour of another one.
    package var attempts = 5
    /// Prepared statements kept per connection.
    package var preparedStatements = 256
    /// Whether writes exclude each other, in all processes that use this database, as in SQLite. Bodies can then read
    /// before they write without locking rows. Without, they run side by side at READ COMMITTED.
    package var writesExclusively = true
    /// Waits between attempts to connect grow from the first to the last, in milliseconds; each is shortened at random
    /// by up to half.
    package var firstBackoffMilliseconds = 50
    package var lastBackoffMilliseconds = 1000
    /// How often a listener asks an idle connection for a sign of life, in milliseconds.
    package var listenerCheckMilliseconds = 10_000

    package init() {}

    /// For a schema change, which may take as long as it needs, and may wait that long for another server's.
    package static var migrating: PostgreSQLOptions {
        var options = PostgreSQLOptions()
        options.connections = 1
        options.lockMilliseconds = 0
        options.statementMilliseconds = 0
        options.transactionMilliseconds = 24 * 60 * 60 * 1000
        return options
    }
}
