import Dispatch
package import Logging

/// PostgreSQL over libpq: a pool of connections on threads of their own.
///
/// Reads see one state of the database (REPEATABLE READ, READ ONLY). Writes exclude each other in all processes
/// (an advisory lock, at READ COMMITTED), so that a body written for SQLite means the same here; readers never wait for
/// them. A transaction that the server ends in favour of another one, or whose connection is lost before COMMIT, runs
/// again.
///
/// While the server cannot be reached, calls fail at once; connections come back by themselves.
package final class PostgreSQLDatabase: SQLDatabase {
    private let pool: PostgreSQLPool

    private init(pool: PostgreSQLPool) {
        self.pool = pool
    }

    deinit {
        pool.beginClosing()
    }

    package var dialect: SQLDialect { .postgresql }

    /// Connects. Waits a while for a server that does not answer yet.
    ///
    /// Fails with ``StorageError/unavailable(_:)`` when the server cannot be reached or refuses (password, database,
    /// TLS); the reason is the server's and never holds the password.
    package static func open(
        _ target: PostgreSQLTarget, options: PostgreSQLOptions = PostgreSQLOptions(), logger: Logger
    ) async throws(StorageError) -> PostgreSQLDatabase {
        let deadline = ContinuousClock.now + .milliseconds(max(0, options.startupMilliseconds))
        while let refusal = await tryOnce(target, options) {
            guard !refusal.isFinal, ContinuousClock.now < deadline, !Task.isCancelled else {
                throw .unavailable("cannot open \(target): \(refusal.reason)")
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
        guard let pool = PostgreSQLPool(target, options: options, logger: logger) else {
            throw .unavailable("out of file descriptors")
        }
        let database = PostgreSQLDatabase(pool: pool)
        guard pool.start() else { throw .unavailable("the system gives no more threads") }
        return database
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await run(isWrite: false, body)
    }

    @discardableResult
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await run(isWrite: true, body)
    }

    /// Calls that wait for a connection are still served.
    package func close() async {
        await pool.close()
    }

    private func run<Value: Sendable>(
        isWrite: Bool, _ body: @escaping @Sendable (any SQLConnection) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
            let job = PostgreSQLJob { session, mayMove in
                switch PostgreSQLTransaction(session: session, isWrite: isWrite).run(body) {
                case .lost where mayMove: return false
                case .lost(let error): continuation.resume(returning: .failure(error))
                case .done(let result): continuation.resume(returning: result)
                }
                return true
            } refuse: { error in
                continuation.resume(returning: .failure(error))
            }
            pool.submit(job, isWrite: isWrite)
        }
        return try result.get()
    }

    /// Why no connection can be made, and whether waiting is of no use because a server answers and refuses.
    private static func tryOnce(
        _ target: PostgreSQLTarget, _ options: PostgreSQLOptions
    ) async -> (reason: String, isFinal: Bool)? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                guard var reason = problem(target, options) else { return continuation.resume(returning: nil) }
                let isFinal = isAnswering(target, options)
                if isFinal {
                    // It may have come up in between.
                    guard let second = problem(target, options) else { return continuation.resume(returning: nil) }
                    reason = second
                }
                continuation.resume(returning: (reason, isFinal))
            }
        }
    }

    /// Blocks.
    private static func problem(_ target: PostgreSQLTarget, _ options: PostgreSQLOptions) -> String? {
        do throws(PostgreSQLFailure) {
            _ = try PostgreSQLSession.open(target, options: options)
            return nil
        } catch {
            return error.message
        }
    }

    /// Blocks.
    private static func isAnswering(_ target: PostgreSQLTarget, _ options: PostgreSQLOptions) -> Bool {
        var plain = target
        // A server with which we cannot come to terms about encryption would count as one that does not answer.
        plain.settings.merge(["sslmode": "disable", "gssencmode": "disable"]) { _, new in new }
        return PostgreSQLLink.isAnswering(plain.parameters(connectSeconds: options.connectSeconds))
    }
}
