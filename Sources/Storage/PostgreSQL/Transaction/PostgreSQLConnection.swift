/// The statements of one PostgreSQL transaction, which begins with the first of them.
///
/// After an error the server refuses everything until the transaction ends, so every later statement throws the first
/// error again and the transaction cannot be committed, even if the body goes on.
final class PostgreSQLConnection: SQLConnection {
    private let session: PostgreSQLSession
    private let opening: [PostgreSQLCommand]
    private let deadline: ContinuousClock.Instant
    private var hasBegun = false
    private var isOver = false
    /// What the first failed statement met.
    private(set) var failure: PostgreSQLFailure?
    /// The same as its caller was told.
    private(set) var error: StorageError?
    /// Whether the order to commit may have reached the server.
    private(set) var isCommitting = false

    /// - Parameter opening: Begins the transaction; sent with the first statement.
    init(_ session: PostgreSQLSession, opening: [PostgreSQLCommand], until deadline: ContinuousClock.Instant) {
        self.session = session
        self.opening = opening
        self.deadline = deadline
    }

    var dialect: SQLDialect { .postgresql }

    func query(_ statement: SQLStatement) throws(StorageError) -> [SQLRow] {
        try run(statement)?.rows() ?? []
    }

    func execute(_ statement: SQLStatement) throws(StorageError) -> Int {
        try run(statement)?.changedRows ?? 0
    }

    private func run(_ statement: SQLStatement) throws(StorageError) -> PostgreSQLResult? {
        if isOver { throw .invalid("a statement after the end of its transaction") }
        if let error { throw error }
        let bound = try BoundStatement(statement)
        guard ContinuousClock.now < deadline else {
            throw fail(
                PostgreSQLFailure(cause: .timeout, message: "the transaction took longer than it may"), bound.text)
        }
        do throws(PostgreSQLFailure) {
            let result = try session.run(bound, opening: hasBegun ? [] : opening, until: answerDeadline)
            hasBegun = true
            return result
        } catch {
            throw fail(error, bound.text)
        }
    }

    func commit() throws(StorageError) {
        guard hasBegun else { return }
        isCommitting = true
        do throws(PostgreSQLFailure) {
            let tag = try session.exchange([.plain("COMMIT")], until: answerDeadline).last?.tag
            guard tag == "COMMIT" else {
                throw PostgreSQLFailure(cause: .unsendable, message: "not committed: \(tag ?? "")")
            }
        } catch {
            // The one case in which "unavailable" does not mean that nothing was written: nobody here can know. Whoever
            // must know writes something that can be looked up.
            var told = error
            if error.endsConnection { told.message = "the connection was lost during COMMIT: \(error.message)" }
            throw fail(told, nil)
        }
    }

    /// No more statements: the body has returned.
    func end() {
        isOver = true
    }

    private var answerDeadline: ContinuousClock.Instant {
        min(session.deadline() ?? deadline, deadline)
    }

    private func fail(_ failure: PostgreSQLFailure, _ sql: String?) -> StorageError {
        let error = StorageError(postgreSQL: failure, sql: sql)
        self.failure = failure
        self.error = error
        return error
    }
}
