package import NIOCore

/// Where Redis is and how its connections behave.
package struct RedisConfiguration: Sendable {
    /// One server, nodes of one cluster, or (with ``master``) sentinels; at least one.
    package var addresses: [RedisAddress]
    /// ACL user; nil for the default user.
    package var user: String?
    /// Nil sends no `AUTH`. Sentinels are asked without it.
    package var password: String?
    /// For `SELECT`; a cluster has only 0.
    package var database = 0
    /// The name sentinels know the master by; nil when ``addresses`` are the servers themselves.
    package var master: String?
    package var usesTLS = false
    /// File with the authorities (PEM) to trust instead of the system's.
    package var authorityFile: String?

    /// For a connection including TLS, `AUTH` and `SELECT`.
    package var connectTimeout: TimeAmount = .seconds(2)
    /// A connection whose oldest unanswered command has waited this long is taken for dead and closed.
    package var stallTimeout: TimeAmount = .seconds(5)
    /// Calls that wait per event loop and node, sent or not, including those already given up whose reply has not come.
    package var maxInFlight = 8192
    /// Longest reply that is read, in bytes.
    package var maxReplyBytes = 16 << 20
    /// Most elements of one reply, nested ones included.
    package var maxReplyElements = 1 << 20
    /// Waits between attempts to connect grow from the first to the last; each is shortened at random by up to half.
    package var firstBackoff: TimeAmount = .milliseconds(50)
    package var lastBackoff: TimeAmount = .seconds(2)

    package init(addresses: [RedisAddress]) {
        self.addresses = addresses
    }
}
