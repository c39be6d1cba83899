import CPostgres

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A connection to the server, used by one thread at a time.
///
/// Commands go out in libpq's pipeline mode: what belongs together costs one round trip. Nothing but connecting waits
/// without a deadline of ours, because a server that hangs answers nothing and closes nothing.
final class PostgreSQLLink {
    private let handle: OpaquePointer
    /// False once an answer is overdue or lost: what is read next would belong to another command.
    private(set) var isUsable = true

    private init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        // libpq says good-bye to the server, which must not block on one that does not read.
        if !isUsable { shutdown(PQsocket(handle), Int32(SHUT_RDWR)) }
        PQfinish(handle)
    }

    /// Connects; blocks for as long as `connect_timeout` says for each address, and for name resolution.
    static func open(_ parameters: [PostgreSQLTarget.Parameter]) throws(PostgreSQLFailure) -> PostgreSQLLink {
        let handle = withConnectionStrings(parameters) { PQconnectdbParams($0, $1, 0) }
        guard let handle else { throw PostgreSQLFailure(cause: .lost, message: "out of memory") }
        let link = PostgreSQLLink(handle)
        guard PQstatus(handle) == CONNECTION_OK, PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1
        else { throw link.lost() }
        // Notices (a table that exists already) would go to standard error.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        return link
    }

    /// Whether a server answers there, even if it refuses us. Blocks like ``open(_:)``.
    static func isAnswering(_ parameters: [PostgreSQLTarget.Parameter]) -> Bool {
        withConnectionStrings(parameters) { PQpingParams($0, $1, 0) } == PQPING_OK
    }

    var socket: Int32 { PQsocket(handle) }

    /// 150004 is 15.4.
    var serverVersion: Int { Int(PQserverVersion(handle)) }

    /// Whether the server holds a transaction open, failed or not.
    var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    /// Sends all commands at once and reads their answers. After one that the server refuses it skips the rest.
    ///
    /// Throws when the connection is lost or the time is over; ``isUsable`` is false then.
    func exchange(
        _ commands: [PostgreSQLCommand], until deadline: ContinuousClock.Instant?
    ) throws(PostgreSQLFailure) -> PostgreSQLAnswer {
        do throws(PostgreSQLFailure) {
            for command in commands {
                guard send(command) else { throw unsent() }
            }
            guard PQpipelineSync(handle) == 1 else { throw unsent() }
            return try answer(until: deadline)
        } catch {
            isUsable = false
            throw error
        }
    }

    /// Reads what has come without having been asked for. Returns false when the connection has ended.
    func hear() -> Bool {
        if PQconsumeInput(handle) != 1 || PQstatus(handle) != CONNECTION_OK { isUsable = false }
        // Lets libpq look into what it has read; nothing is awaited.
        _ = PQisBusy(handle)
        return isUsable
    }

    /// The next `NOTIFY` that ``hear()`` or ``exchange(_:until:)`` has come across.
    func nextNotification() -> (channel: String, payload: String)? {
        guard let notification = PQnotifies(handle) else { return nil }
        defer { PQfreemem(notification) }
        let content = notification.pointee
        return (
            content.relname.map { String(cString: $0) } ?? "", content.extra.map { String(cString: $0) } ?? ""
        )
    }

    private func send(_ command: PostgreSQLCommand) -> Bool {
        // The last argument asks for results in binary.
        switch command {
        case .plain(let text):
            PQsendQueryParams(handle, text, 0, nil, nil, nil, nil, 1) == 1
        case .prepare(let name, let key):
            PQsendPrepare(handle, name, key.text, Int32(key.types.count), key.types) == 1
        case .execute(let name, let parameters):
            parameters.withPointers {
                PQsendQueryPrepared(handle, name, Int32(parameters.count), $0, $1, $2, 1) == 1
            }
        case .run(let statement):
            statement.parameters.withPointers {
                PQsendQueryParams(
                    handle, statement.text, Int32(statement.parameters.count), statement.parameters.types, $0, $1, $2,
                    1) == 1
            }
        }
    }

    private func answer(until deadline: ContinuousClock.Instant?) throws(PostgreSQLFailure) -> PostgreSQLAnswer {
        var answer = PostgreSQLAnswer()
        while true {
            try awaitResult(until: deadline)
            guard let next = PQgetResult(handle) else {
                // Ends the results of one command; for a lost connection there would be no end to it.
                guard PQstatus(handle) == CONNECTION_OK else { throw lost() }
                continue
            }
            let result = PostgreSQLResult(next)
            switch result.status {
            case PGRES_PIPELINE_SYNC: return answer
            case PGRES_PIPELINE_ABORTED: continue
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: answer.results.append(result)
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                let failure = result.failure ?? lost()
                if failure.endsConnection { throw failure }
                answer.failure = answer.failure ?? failure
            default:
                throw PostgreSQLFailure(cause: .unsendable, message: "COPY is not supported")
            }
        }
    }

    private func awaitResult(until deadline: ContinuousClock.Instant?) throws(PostgreSQLFailure) {
        while true {
            let unsent = PQflush(handle)
            if unsent == 0, PQisBusy(handle) == 0 { return }
            let events = unsent == 1 ? POLLIN | POLLOUT : POLLIN
            guard Sleep.wait([(PQsocket(handle), Int32(events))], until: deadline) != nil else {
                throw PostgreSQLFailure(cause: .timeout, message: "the server did not answer in time")
            }
            // Also after a failed flush: the server's last words may say why it closed the connection.
            guard PQconsumeInput(handle) == 1, unsent >= 0 else { throw lost() }
        }
    }

    private func unsent() -> PostgreSQLFailure {
        guard PQstatus(handle) == CONNECTION_OK else { return lost() }
        return PostgreSQLFailure(cause: .unsendable, message: Self.oneLine(PQerrorMessage(handle)))
    }

    private func lost() -> PostgreSQLFailure {
        PostgreSQLFailure(cause: .lost, message: Self.oneLine(PQerrorMessage(handle)))
    }

    /// libpq's messages, one line for each address it tried.
    static func oneLine(_ message: UnsafePointer<CChar>?) -> String {
        guard let message else { return "the connection ended" }
        let lines = String(cString: message).split(separator: "\n").map { line in
            line.split(whereSeparator: { $0 == "\t" || $0 == " " }).joined(separator: " ")
        }
        return lines.isEmpty ? "the connection ended" : lines.joined(separator: "; ")
    }
}

/// Calls `body` with libpq's arrays of keywords and values.
private func withConnectionStrings<Result>(
    _ parameters: [PostgreSQLTarget.Parameter],
    _ body: ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) -> Result
) -> Result {
    let keywords = parameters.map { strdup($0.keyword) }
    let values = parameters.map { strdup($0.value) }
    defer { for copy in keywords + values { free(copy) } }
    return body(keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil])
}
