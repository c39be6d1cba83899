package import NIOCore
package import RedisClient

/// Runs scripts on Redis; what the store needs of a client.
package protocol LimitScriptRunner: Sendable {
    /// Whether keys with different tags lie on different nodes.
    var isCluster: Bool { get }

    func evaluate(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument], on loop: any EventLoop, timeout: TimeAmount
    ) async throws(RedisFailure) -> RedisReply
}

extension RedisClient: LimitScriptRunner {}
