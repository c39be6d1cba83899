package import NIOCore
package import RedisClient

/// Claims among all replicas, in Redis. While it is away each replica decides for itself.
package final class RedisOnceClaims: OnceClaims {
    static let prefix = "ml1:{a}:"

    private let client: RedisClient
    private let timeout: TimeAmount
    private let own: LocalOnceClaims

    /// - Parameters:
    ///   - timeout: for each call to Redis.
    ///   - own: the claims of this process.
    package init(client: RedisClient, timeout: TimeAmount = .milliseconds(250), own: LocalOnceClaims) {
        self.client = client
        self.timeout = timeout
        self.own = own
    }

    package func claim(_ key: String, forMilliseconds duration: Int, on loop: any EventLoop) async -> Bool {
        // What this process has claimed, or lost, it need not ask for; so it also knows when Redis is away.
        guard await own.claim(key, forMilliseconds: duration, on: loop) else { return false }
        let name = Self.prefix + key
        let lifetime = max(1, LimitAmount.clamped(duration))
        do throws(RedisFailure) {
            let reply = try await client.send(
                ["SET", .string(name), 1, "NX", "PX", .integer(lifetime)], key: name, on: loop, timeout: timeout)
            return reply != .null
        } catch {
            return true
        }
    }
}
