/// Why a call to Redis has no result.
package enum RedisFailure: Error, Sendable, Hashable {
    /// No reply within the call's timeout. The command may have been executed.
    case timeout
    /// The connection ended after the command was sent and before its reply came. It may have been executed.
    case disconnected(String)
    /// There is no connection and the last attempt to make one failed, or no node is known that serves the key. The
    /// command was not sent. The text says what failed, for logs.
    case unavailable(String)
    /// As many calls as allowed are waiting already (``RedisConfiguration/maxInFlight``). The command was not sent.
    case queueFull
    /// The server answered with an error.
    case server(RedisServerError)
    /// What the server sent is not RESP2 or exceeds the limits; the connection was closed. The command may have been
    /// executed.
    case protocolViolation(String)
    /// The calling task was cancelled. The command may have been executed.
    case cancelled
    /// The client is shut down. The command was not sent, or was sent just before.
    case closed
}

extension RedisFailure {
    /// Whether the server may have executed the command all the same.
    package var mayHaveExecuted: Bool {
        switch self {
        case .timeout, .disconnected, .protocolViolation, .cancelled, .closed: true
        case .unavailable, .queueFull, .server: false
        }
    }

    /// One of a bounded set of values.
    package var metricLabel: String {
        switch self {
        case .timeout: "timeout"
        case .disconnected: "disconnected"
        case .unavailable: "unavailable"
        case .queueFull: "queue_full"
        case .server: "server"
        case .protocolViolation: "protocol_violation"
        case .cancelled: "cancelled"
        case .closed: "closed"
        }
    }
}

extension RedisFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .timeout: "Redis did not answer in time"
        case .disconnected(let reason): "the connection to Redis ended: \(reason)"
        case .unavailable(let reason): "Redis is not available: \(reason)"
        case .queueFull: "too many calls to Redis are waiting"
        case .server(let error): "Redis answered: \(error.message)"
        case .protocolViolation(let reason): "Redis broke the protocol: \(reason)"
        case .cancelled: "the call to Redis was cancelled"
        case .closed: "the Redis client is shut down"
        }
    }
}
