package import Identity
package import Limits
package import Logging
package import Outbox
package import Policy
package import Routing
package import Upstream

/// What the pipelines of all event loops share. Every member is safe to use from any of them.
package struct GatewayServices: Sendable {
    package var authenticator: Authenticator
    package var upstream: UpstreamClient
    package var thoughts: ThoughtStore
    package var limits: LimitStoreGuard
    /// Looks at every limit that is met; nil: nobody is told.
    package var alerts: AlertWatch?
    /// What is known of providers and targets; outlives the policy.
    package var routing: RoutingState
    /// How long a reservation outlives the process that made it.
    package var leaseMilliseconds: Int
    /// Waits until a record is on the disk; nil: nobody waits for that.
    package var durable: (@Sendable (OutboxTicket) async throws(OutboxError) -> Void)?
    /// Whether prompts and answers are kept with their rows.
    package var promptCapture = Settings.PromptCapture.off
    package var whenLedgerFull = Settings.OutboxFull.reject
    package var logger: Logger
    /// Milliseconds since 1970.
    package var clock: @Sendable () -> Int

    package init(
        authenticator: Authenticator, upstream: UpstreamClient, thoughts: ThoughtStore = ThoughtStore(),
        limits: LimitStoreGuard, alerts: AlertWatch? = nil,
        routing: RoutingState, leaseMilliseconds: Int = 30_000, logger: Logger, clock: @escaping @Sendable () -> Int
    ) {
        self.authenticator = authenticator
        self.upstream = upstream
        self.thoughts = thoughts
        self.limits = limits
        self.alerts = alerts
        self.routing = routing
        self.leaseMilliseconds = leaseMilliseconds
        self.logger = logger
        self.clock = clock
    }
}
