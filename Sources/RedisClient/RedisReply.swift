/// One reply of the server (RESP2).
package enum RedisReply: Sendable, Equatable {
    /// A short text such as `OK`.
    case status(String)
    case bulk([UInt8])
    case integer(Int)
    case array([RedisReply])
    case null
    /// Only inside an array: an error that is the whole reply is thrown as ``RedisFailure/server(_:)``.
    case error(RedisServerError)
}

extension RedisReply {
    /// The number of an integer reply, or of a text that is a decimal number.
    package var integer: Int? {
        switch self {
        case .integer(let value): value
        case .bulk(let bytes): Int(String(decoding: bytes, as: UTF8.self))
        case .status(let text): Int(text)
        case .array, .null, .error: nil
        }
    }

    /// The text of a bulk or status reply; invalid UTF-8 is replaced.
    package var string: String? {
        switch self {
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        case .integer, .array, .null, .error: nil
        }
    }

    /// The elements of an array reply.
    package var elements: [RedisReply]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}
