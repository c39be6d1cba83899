/// What is wrong with a database URL, and what would be right. Never holds the password.
package enum DatabaseURLError: Error, Sendable, Hashable {
    /// Neither `sqlite` nor `postgres://`.
    case scheme
    /// `sqlite:` without a path.
    case missingPath
    case missingHost
    /// One before the database's name and one in `?host=`.
    case twoHosts
    case missingDatabase
    case invalidHost(String)
    /// Not quoted: without a host, it is where a password would stand.
    case invalidPort
    /// In user or password.
    case unescapedQuestionMark
    /// `%` is not followed by two hexadecimal digits, or the result is not text. Names the part of the URL.
    case invalidEscape(String)
    case unknownSetting(String)
    case emptySetting(String)
    case sslMode(String)
    case connections(String)
}

extension DatabaseURLError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .scheme: "a database is \"sqlite\", sqlite:PATH or postgres://user:pass@host:port/db"
        case .missingPath: "the database URL names no file (sqlite:PATH)"
        case .missingHost: "the database URL names no host (postgres://user:pass@host:port/db)"
        case .twoHosts: "the database URL names a host twice; leave one out"
        case .missingDatabase: "the database URL names no database (postgres://user:pass@host:port/db)"
        case .invalidHost(let host):
            "\"\(host)\" in the database URL is not a host; write @ : / ? # % in user and password as % escapes"
        case .invalidPort:
            "what follows the host in the database URL is no port from 1 to 65535 (postgres://user:pass@host:port/db)"
        case .unescapedQuestionMark: "in user and password of the database URL, ? is written %3F and @ is written %40"
        case .invalidEscape(let part):
            "the \(part) in the database URL has an invalid % escape (% itself is written %25)"
        case .unknownSetting(let name):
            "the database URL has an unknown setting \"\(name)\" (known: connections, "
                + DatabaseURL.knownSettings.joined(separator: ", ") + ")"
        case .emptySetting(let name): "the setting \"\(name)\" in the database URL has no value"
        case .sslMode(let mode):
            "sslmode \"\(mode)\" in the database URL is none of \(DatabaseURL.sslModes.joined(separator: ", "))"
        case .connections(let text): "connections=\(text) in the database URL is not a number from 1 to 500"
        }
    }
}
