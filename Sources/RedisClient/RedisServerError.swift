/// An error the server answered with, such as `-WRONGTYPE Operation against a key…`.
///
/// The first word is the code by convention of the protocol
/// (<https://redis.io/docs/latest/develop/reference/protocol-spec/>).
package struct RedisServerError: Error, Sendable, Hashable {
    /// The first word, such as `ERR`, `NOSCRIPT`, `MOVED`, `READONLY`. Empty when the server sent an empty error.
    package let code: String
    /// The whole text, code included.
    package let message: String

    package init(_ message: String) {
        self.code = String(message.prefix { $0 != " " })
        self.message = message
    }
}

extension RedisServerError: CustomStringConvertible {
    package var description: String { self.message }
}
