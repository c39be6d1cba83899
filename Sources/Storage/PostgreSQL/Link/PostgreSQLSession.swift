/// A connection that is set up for our use, with the statements it has prepared. Used by one thread at a time.
final class PostgreSQLSession {
    let options: PostgreSQLOptions
    private let link: PostgreSQLLink
    private var statements: StatementCache

    /// `RETURNING` in all places, `ON CONFLICT`, and a supported release.
    private static let oldestServer = 130_000

    private init(_ link: PostgreSQLLink, _ options: PostgreSQLOptions) {
        self.link = link
        self.options = options
        statements = StatementCache(capacity: options.preparedStatements)
    }

    /// Connects and sets the limits of time. Blocks.
    static func open(
        _ target: PostgreSQLTarget, options: PostgreSQLOptions
    ) throws(PostgreSQLFailure) -> PostgreSQLSession {
        let link = try PostgreSQLLink.open(target.parameters(connectSeconds: options.connectSeconds))
        guard link.serverVersion >= oldestServer else {
            throw PostgreSQLFailure(
                cause: .unsendable,
                message: "the server is PostgreSQL \(link.serverVersion / 10_000); 13 or newer is needed")
        }
        let session = PostgreSQLSession(link, options)
        _ = try session.exchange([.plain(session.settings)], until: session.deadline())
        return session
    }

    /// The server ends what we have given up on; also a transaction whose owner hangs between two statements and would
    /// keep its locks.
    private var settings: String {
        let statement = max(0, options.statementMilliseconds)
        return """
            SELECT set_config('statement_timeout', '\(statement)', false),
            set_config('lock_timeout', '\(max(0, options.lockMilliseconds))', false),
            set_config('idle_in_transaction_session_timeout', '\(statement)', false)
            """
    }

    var isUsable: Bool { link.isUsable }
    var socket: Int32 { link.socket }

    /// When an answer to a command sent now is overdue; nil: never. One second after the server should have ended it.
    func deadline() -> ContinuousClock.Instant? {
        options.statementMilliseconds > 0 ? .now + .milliseconds(options.statementMilliseconds + 1000) : nil
    }

    /// Runs a statement, after `opening`, in one round trip.
    func run(
        _ statement: BoundStatement, opening: [PostgreSQLCommand], until deadline: ContinuousClock.Instant?
    ) throws(PostgreSQLFailure) -> PostgreSQLResult? {
        var commands = opening
        let key = statement.key
        let plan = statements.plan(for: key)
        switch plan {
        case .known(let name): commands.append(.execute(name: name, statement.parameters))
        case .once: commands.append(.run(statement))
        case .new(let name, let evicted):
            if let evicted { commands.append(.plain("DEALLOCATE \(evicted)")) }
            commands += [.prepare(name: name, key), .execute(name: name, statement.parameters)]
        }
        let answer = try link.exchange(commands, until: deadline)
        if case .new(let name, let evicted) = plan {
            if let evicted, answer.results.count > opening.count { statements.evicted(evicted) }
            if answer.results.count >= commands.count - 1 { statements.prepared(key, as: name) }
        }
        if var failure = answer.failure {
            failure.isOfOpening = answer.results.count < opening.count
            throw failure
        }
        return answer.results.last
    }

    /// Runs fixed commands; throws what the server refuses.
    @discardableResult
    func exchange(
        _ commands: [PostgreSQLCommand], until deadline: ContinuousClock.Instant?
    ) throws(PostgreSQLFailure) -> [PostgreSQLResult] {
        let answer = try link.exchange(commands, until: deadline)
        if let failure = answer.failure { throw failure }
        return answer.results
    }

    /// Gives up what was prepared.
    func forgetStatements() throws(PostgreSQLFailure) {
        statements.removeAll()
        try exchange([.plain("DEALLOCATE ALL")], until: deadline())
    }

    /// Ends a transaction that is still open, without its changes. Returns whether the session can be used again.
    func settle() -> Bool {
        guard link.isUsable else { return false }
        guard link.isInTransaction else { return true }
        do throws(PostgreSQLFailure) {
            try exchange([.plain("ROLLBACK")], until: deadline())
        } catch {
            return false
        }
        return link.isUsable && !link.isInTransaction
    }

    /// Whether the connection still stands, as far as it can be known without asking the server.
    func hear() -> Bool { link.hear() }

    func nextNotification() -> (channel: String, payload: String)? { link.nextNotification() }
}
