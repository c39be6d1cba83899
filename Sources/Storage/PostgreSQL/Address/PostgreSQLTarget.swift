/// Which server and database, and as whom. Prints without the password.
package struct PostgreSQLTarget: Sendable, Hashable {
    /// Tried in this order until one answers. Empty: the socket directory or host that ``settings`` name.
    package var addresses: [PostgreSQLAddress]
    /// Nil: the user of the operating system.
    package var user: String?
    package var password: String?
    package var database: String
    /// Of libpq, by its names: `sslmode`, `sslrootcert` …
    package var settings: [String: String]

    package init(
        addresses: [PostgreSQLAddress], user: String? = nil, password: String? = nil, database: String,
        settings: [String: String] = [:]
    ) {
        self.addresses = addresses
        self.user = user
        self.password = password
        self.database = database
        self.settings = settings
    }

    /// A parameter of libpq.
    struct Parameter {
        let keyword: String
        let value: String
    }

    /// All of it for libpq. A connection over which nothing comes for a minute and a half is dead.
    func parameters(connectSeconds: Int) -> [Parameter] {
        var parameters: [String: String] = [
            "dbname": database, "application_name": "martlet", "client_encoding": "UTF8",
            "connect_timeout": "\(max(2, connectSeconds))", "tcp_user_timeout": "60000",
            "keepalives": "1", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "6",
        ]
        if !addresses.isEmpty {
            parameters["host"] = addresses.map(\.host).joined(separator: ",")
            parameters["port"] = addresses.map { "\($0.port)" }.joined(separator: ",")
        }
        if let user { parameters["user"] = user }
        if let password { parameters["password"] = password }
        parameters.merge(settings) { _, given in given }
        return parameters.sorted { $0.key < $1.key }.map { Parameter(keyword: $0.key, value: $0.value) }
    }
}

extension PostgreSQLTarget: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `postgres://user@host:port/database`.
    package var description: String {
        let hosts = addresses.map { $0.host.contains(":") ? "[\($0.host)]:\($0.port)" : "\($0.host):\($0.port)" }
        let place = hosts.isEmpty ? settings["host"] ?? "" : hosts.joined(separator: ",")
        return "postgres://\(user.map { $0 + "@" } ?? "")\(place)/\(database)"
    }

    package var debugDescription: String { description }

    /// Hides the members from `dump` and from test reports.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
