/// Runs a body as one transaction, again if the server ends it in favour of another one.
///
/// A body that runs twice leaves nothing of its first run: all it can change is in the database.
struct PostgreSQLTransaction {
    enum Outcome<Value> {
        case done(Result<Value, StorageError>)
        /// The connection was lost before the order to commit: the body can run again on another one.
        case lost(StorageError)
    }

    let session: PostgreSQLSession
    let isWrite: Bool

    /// An arbitrary number that only Martlet's writes use.
    private static let writeLock = "SELECT pg_advisory_xact_lock(5494762932)"

    private var opening: [PostgreSQLCommand] {
        guard isWrite else { return [.plain("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")] }
        // Each statement sees what was committed before it, so also what was while this one waited for the lock.
        let begin = PostgreSQLCommand.plain("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE")
        return session.options.writesExclusively ? [begin, .plain(Self.writeLock)] : [begin]
    }

    /// A read leaves its transaction open: ending it is not worth the caller's time.
    func run<Value>(_ body: (any SQLConnection) throws(StorageError) -> Value) -> Outcome<Value> {
        let deadline = ContinuousClock.now + .milliseconds(max(1, session.options.transactionMilliseconds))
        var random = SystemRandomNumberGenerator()
        var backoff = ReconnectBackoff(first: 2, last: 100)
        var attempt = 1
        while true {
            let connection = PostgreSQLConnection(session, opening: opening, until: deadline)
            let result = once(connection, body)
            guard case .failure(let error) = result, let failure = connection.failure else { return .done(result) }
            if failure.cause == .lost, !connection.isCommitting { return .lost(error) }
            guard attempt < session.options.attempts, prepareAnother(after: failure) else { return .done(result) }
            // The other one needs time to get through.
            if failure.isConflict { Sleep.pause(backoff.next(using: &random)) }
            attempt += 1
        }
    }

    private func once<Value>(
        _ connection: PostgreSQLConnection, _ body: (any SQLConnection) throws(StorageError) -> Value
    ) -> Result<Value, StorageError> {
        do throws(StorageError) {
            defer { connection.end() }
            let value = try body(connection)
            if let error = connection.error { throw error }
            if isWrite { try connection.commit() }
            return .success(value)
        } catch {
            // Before the caller hears of it: it may write again at once, and must not wait for its own locks.
            if isWrite { _ = session.settle() }
            return .failure(error)
        }
    }

    private func prepareAnother(after failure: PostgreSQLFailure) -> Bool {
        guard failure.isConflict || failure.isStaleStatement, session.settle() else { return false }
        guard failure.isStaleStatement else { return true }
        do throws(PostgreSQLFailure) {
            try session.forgetStatements()
            return true
        } catch {
            return false
        }
    }
}
