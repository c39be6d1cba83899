/// One argument of a command; the first one of a command is its name.
package enum RedisArgument: Sendable, Hashable {
    case string(String)
    case bytes([UInt8])
    /// Sent as decimal text, written without an intermediate string.
    case integer(Int)
}

extension RedisArgument: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension RedisArgument: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int) { self = .integer(value) }
}
