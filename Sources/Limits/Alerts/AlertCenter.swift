import DequeModule
package import Logging
package import NIOCore
import Policy
import Synchronization

/// What becomes of alerts: of all replicas one reports each of them, in the log, to dashboards and to the plan's webhook.
///
/// Nothing happens until ``run(on:)``.
package final class AlertCenter: Sendable {
    /// How many alerts are kept for dashboards.
    static let kept = 1000

    private struct State {
        /// Oldest first.
        var recent: Deque<LimitAlert> = []
        var metrics = AlertMetrics()
    }

    private let claims: any OnceClaims
    private let webhooks: WebhookSender
    private let logger: Logger
    private let onAlert: @Sendable (LimitAlert) -> Void
    private let queue: AsyncStream<RaisedAlert>
    private let intake: AsyncStream<RaisedAlert>.Continuation
    private let state = Mutex(State())

    /// - Parameters:
    ///   - capacity: alerts that wait to be looked at; beyond, the oldest are dropped.
    ///   - onAlert: Called with each alert of this replica; must not block.
    package init(
        claims: any OnceClaims, webhooks: WebhookSender, capacity: Int = 1000, logger: Logger,
        onAlert: @escaping @Sendable (LimitAlert) -> Void = { _ in }
    ) {
        self.claims = claims
        self.webhooks = webhooks
        self.logger = logger
        self.onAlert = onAlert
        (queue, intake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(max(1, capacity)))
    }

    /// Takes an alert of the watch; from any thread, never waits.
    package func take(_ raised: RaisedAlert) {
        switch intake.yield(raised) {
        case .enqueued: break
        case .dropped, .terminated: count { $0.dropped += 1 }
        @unknown default: break
        }
    }

    /// The latest alerts of this replica, newest first.
    package func recent(_ count: Int = 1000) -> [LimitAlert] {
        state.withLock { $0.recent.suffix(max(0, count)).reversed() }
    }

    package var metrics: AlertMetrics { state.withLock { $0.metrics } }

    /// Reports and delivers until the task is cancelled; deliveries that have not ended by then are dropped. Once.
    package func run(on loop: any EventLoop) async {
        await withDiscardingTaskGroup { group in
            for await raised in queue {
                guard await isFirst(raised, on: loop) else { continue }
                note(raised.alert)
                guard let url = raised.webhook else { continue }
                guard webhooks.admit(url) else {
                    count { $0.dropped += 1 }
                    continue
                }
                group.addTask { await self.deliver(raised, to: url) }
            }
        }
    }

    /// Whether no other replica has reported it. The thresholds below it are claimed as well, so that no replica
    /// reports them later.
    private func isFirst(_ raised: RaisedAlert, on loop: any EventLoop) async -> Bool {
        for (index, key) in raised.keys.enumerated() {
            let isFirst = await claims.claim(key, forMilliseconds: raised.lifetime, on: loop)
            if index == 0, !isFirst { return false }
        }
        return true
    }

    private func note(_ alert: LimitAlert) {
        state.withLock {
            $0.metrics.fired += 1
            if $0.recent.count >= Self.kept { $0.recent.removeFirst() }
            $0.recent.append(alert)
        }
        logger.notice(
            "a limit has filled up",
            metadata: [
                "alert": "\(alert.id)", "tenant": "\(alert.tenant)", "scope": "\(alert.counter.scope.rawValue)",
                "resource": "\(alert.counter.resource.rawValue)", "per": "\(alert.counter.period?.rawValue ?? "-")",
                "subject": "\(alert.counter.subject)", "threshold": "\(alert.threshold)",
                "percent": "\(alert.percent)", "shadow": "\(alert.shadow)",
            ])
        onAlert(alert)
    }

    private func deliver(_ raised: RaisedAlert, to url: String) async {
        let outcome = await webhooks.deliver(raised, to: url)
        count {
            switch outcome {
            case .delivered: $0.delivered += 1
            case .failed: $0.failed += 1
            case .cancelled: $0.dropped += 1
            }
        }
    }

    private func count(_ change: (inout AlertMetrics) -> Void) {
        state.withLock { change(&$0.metrics) }
    }
}
