package import Identity
package import Logging
package import Upstream

/// What the pipelines of all event loops share. Every member is safe to use from any of them.
package struct GatewayServices: Sendable {
    package var authenticator: Authenticator
    package var upstream: UpstreamClient
    package var thoughts: ThoughtStore
    package var logger: Logger
    /// Seconds since 1970.
    package var wallClock: @Sendable () -> Int

    package init(
        authenticator: Authenticator, upstream: UpstreamClient, thoughts: ThoughtStore = ThoughtStore(), logger: Logger,
        wallClock: @escaping @Sendable () -> Int
    ) {
        self.authenticator = authenticator
        self.upstream = upstream
        self.thoughts = thoughts
        self.logger = logger
        self.wallClock = wallClock
    }
}
