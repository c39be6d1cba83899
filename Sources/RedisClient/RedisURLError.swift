/// What is wrong with a Redis URL. Never holds the password.
package enum RedisURLError: Error, Sendable, Hashable {
    /// Neither `redis://` nor `rediss://`.
    case scheme
    case missingHost
    case invalidHost(String)
    case invalidPort(String)
    /// Not a number from 0 to 2^31 - 1.
    case invalidDatabase(String)
    /// A user name without a password.
    case missingPassword
    /// `%` is not followed by two hexadecimal digits, or the result is not UTF-8. Names the part of the URL.
    case invalidEscape(String)
    case unknownOption(String)
    case emptyOption(String)
    /// `ca` with `redis://`.
    case optionNeedsTLS(String)
}

extension RedisURLError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .scheme: "a Redis URL begins with redis:// or rediss://"
        case .missingHost: "the Redis URL names no host"
        case .invalidHost(let host): "\"\(host)\" in the Redis URL is not a host"
        case .invalidPort(let port): "\"\(port)\" in the Redis URL is not a port (1 to 65535)"
        case .invalidDatabase(let text): "\"\(text)\" in the Redis URL is not a database number"
        case .missingPassword: "the Redis URL has a user name but no password (user:password@host)"
        case .invalidEscape(let part): "the \(part) in the Redis URL has an invalid % escape"
        case .unknownOption(let name): "the Redis URL has an unknown option \"\(name)\" (known: master, ca)"
        case .emptyOption(let name): "the option \"\(name)\" in the Redis URL has no value"
        case .optionNeedsTLS(let name): "the option \"\(name)\" in the Redis URL needs rediss://"
        }
    }
}
