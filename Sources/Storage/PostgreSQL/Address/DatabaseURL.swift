/// Which database the settings name.
package enum DatabaseURL: Sendable, Hashable {
    /// A file; nil: the default one.
    case sqlite(path: String?)
    /// With the number of connections, where the URL says it.
    case postgreSQL(PostgreSQLTarget, connections: Int?)

    /// Reads `sqlite`, `sqlite:PATH` (also `sqlite:///PATH`) or
    /// `postgres://[user[:password]@]host[:port][,host[:port]…]/database[?name=value&…]` (also `postgresql://`).
    ///
    /// User, password, database and values may have `%` escapes. Names are libpq's, among them `sslmode` and
    /// `sslrootcert`, and `connections`: how many this process may open. A socket's directory is `?host=`.
    package init(_ text: String) throws(DatabaseURLError) {
        for scheme in ["postgres://", "postgresql://"] where text.hasPrefix(scheme) {
            self = try Self.postgreSQL(text.dropFirst(scheme.count))
            return
        }
        if text == "sqlite" {
            self = .sqlite(path: nil)
            return
        }
        guard text.hasPrefix("sqlite:") else { throw .scheme }
        var path = text.dropFirst("sqlite:".count)
        if path.hasPrefix("//") { path = path.dropFirst(2) }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .missingPath }
        self = .sqlite(path: String(path))
    }

    private static func postgreSQL(_ text: Substring) throws(DatabaseURLError) -> DatabaseURL {
        var rest = text
        let query = rest.cut(atFirst: "?") ?? ""
        // Else an error below might quote the rest of a password.
        guard !query.contains("@") else { throw .unescapedQuestionMark }
        var credentials: Substring?
        // The last one: a password may hold an unescaped @.
        if let at = rest.lastIndex(of: "@") {
            credentials = rest[..<at]
            rest = rest[rest.index(after: at)...]
        }
        let name = try decode(rest.cut(atFirst: "/") ?? "", "database name")
        var (settings, connections) = try settings(query)
        guard !name.isEmpty else { throw .missingDatabase }
        guard !rest.isEmpty || settings["host"] != nil else { throw .missingHost }
        guard rest.isEmpty || settings["host"] == nil else { throw .twoHosts }
        var target = PostgreSQLTarget(addresses: try addresses(rest), database: name)
        if var user = credentials {
            let password = user.cut(atFirst: ":")
            target.user = user.isEmpty ? nil : try decode(user, "user")
            target.password = try password.map { password throws(DatabaseURLError) in try decode(password, "password") }
        }
        if target.addresses.isEmpty, settings["port"] == nil { settings["port"] = "5432" }
        target.settings = settings
        return .postgreSQL(target, connections: connections)
    }

    private static func addresses(_ text: Substring) throws(DatabaseURLError) -> [PostgreSQLAddress] {
        guard !text.isEmpty else { return [] }
        var addresses: [PostgreSQLAddress] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            addresses.append(try PostgreSQLAddress(part))
        }
        return addresses
    }

    private static func settings(
        _ query: Substring
    ) throws(DatabaseURLError) -> (settings: [String: String], connections: Int?) {
        var settings: [String: String] = [:]
        var connections: Int?
        for part in query.split(separator: "&") {
            var name = part
            let value = try decode(name.cut(atFirst: "=") ?? "", "value of \"\(name)\"")
            guard !value.isEmpty else { throw .emptySetting(String(name)) }
            if name == "connections" {
                guard let number = Int(value), (1...500).contains(number) else { throw .connections(value) }
                connections = number
                continue
            }
            guard knownSettings.contains(String(name)) else { throw .unknownSetting(String(name)) }
            if name == "sslmode", !sslModes.contains(value) { throw .sslMode(value) }
            settings[String(name)] = value
        }
        return (settings, connections)
    }

    /// What of libpq makes sense here and cannot break what the pool relies on.
    static let knownSettings = [
        "application_name", "channel_binding", "gssencmode", "host", "options", "port", "sslcert", "sslcrl", "sslkey",
        "sslmode", "sslrootcert", "target_session_attrs",
    ]
    static let sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

    private static func decode(_ text: Substring, _ part: String) throws(DatabaseURLError) -> String {
        guard let decoded = text.withoutPercentEscapes() else { throw .invalidEscape(part) }
        return decoded
    }
}
