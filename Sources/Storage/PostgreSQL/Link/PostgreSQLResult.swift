import CPostgres

/// What the server answered to one command. Not to be handed to another thread.
final class PostgreSQLResult {
    private let handle: OpaquePointer

    /// Takes ownership of a `PGresult`.
    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQclear(handle)
    }

    var status: ExecStatusType { PQresultStatus(handle) }

    /// The command's tag: `COMMIT`, `INSERT 0 5` …
    var tag: String {
        PQcmdStatus(handle).map { String(cString: $0) } ?? ""
    }

    /// 0 for queries and schema changes.
    var changedRows: Int {
        let tag = tag
        guard ["INSERT ", "UPDATE ", "DELETE "].contains(where: { tag.hasPrefix($0) }) else { return 0 }
        return tag.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    func rows() throws(StorageError) -> [SQLRow] {
        let width = PQnfields(handle)
        guard width > 0 else { return [] }
        let columns = SQLColumns((0..<width).map { PQfname(handle, $0).map { String(cString: $0) } ?? "" })
        var rows: [SQLRow] = []
        rows.reserveCapacity(Int(PQntuples(handle)))
        for row in 0..<PQntuples(handle) {
            var values: [SQLValue] = []
            values.reserveCapacity(Int(width))
            for column in 0..<width { values.append(try value(row, column)) }
            rows.append(SQLRow(columns: columns, values: values))
        }
        return rows
    }

    private func value(_ row: Int32, _ column: Int32) throws(StorageError) -> SQLValue {
        if PQgetisnull(handle, row, column) == 1 { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(handle, row, column), count: Int(PQgetlength(handle, row, column)))
        let type = PQftype(handle, column)
        if let value = try SQLValue(postgreSQL: bytes, type: type) { return value }
        let name = PQfname(handle, column).map { String(cString: $0) } ?? ""
        throw .invalid(
            "column \"\(name)\" has a type (object id \(type)) that SQLite does not know; cast it to text or bigint")
    }

    /// Set when the server refused the command.
    var failure: PostgreSQLFailure? {
        guard status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE else { return nil }
        guard let state = field("C") else {
            // Made up by libpq, which lost the connection.
            return PostgreSQLFailure(cause: .lost, message: PostgreSQLLink.oneLine(PQresultErrorMessage(handle)))
        }
        let message: String
        if state.hasPrefix("22") {
            // These messages quote the value.
            message = "a value does not fit (SQLSTATE \(state))"
        } else {
            message = "\(field("M") ?? "error") (SQLSTATE \(state))"
        }
        // The server says this and closes the connection.
        let isLast = ["FATAL", "PANIC"].contains(field("V"))
        return PostgreSQLFailure(
            cause: isLast ? .lost : .server(state: state), message: message, function: field("R") ?? "")
    }

    /// Of an error report; the letters are the protocol's.
    private func field(_ letter: Unicode.Scalar) -> String? {
        PQresultErrorField(handle, Int32(letter.value)).map { String(cString: $0) }
    }
}
