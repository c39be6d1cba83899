package import Logging

/// Calls the webhooks of alerts: signed, again after failures, some at a time.
package final class WebhookSender: Sendable {
    /// Makes one call and answers its status. It must end within some seconds by itself, follow no redirects, and reach
    /// private addresses only where allowed.
    package typealias Post =
        @Sendable (
            _ url: String, _ allowPrivateNetwork: Bool, _ headers: [(name: String, value: String)], _ body: [UInt8]
        ) async throws -> Int

    /// What an attempt says about the next one.
    private enum Attempt {
        case taken
        case refused(String)
        case failed(String)
    }

    private let slots: DeliverySlots
    private let secret: @Sendable (_ tenant: String) -> [UInt8]
    private let post: Post
    private let clock: @Sendable () -> Int
    private let sleep: @Sendable (_ milliseconds: Int) async throws -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - secret: what a tenant's webhooks are signed with. Nothing is sent for a tenant without one.
    ///   - clock: milliseconds since 1970.
    ///   - sleep: throws when the task is cancelled.
    package init(
        limits: DeliveryLimits = DeliveryLimits(), secret: @escaping @Sendable (_ tenant: String) -> [UInt8],
        post: @escaping Post, clock: @escaping @Sendable () -> Int,
        sleep: @escaping @Sendable (_ milliseconds: Int) async throws -> Void = {
            try await Task.sleep(for: .milliseconds($0))
        },
        logger: Logger
    ) {
        slots = DeliverySlots(limits)
        self.secret = secret
        self.post = post
        self.clock = clock
        self.sleep = sleep
        self.logger = logger
    }

    /// Whether there is room for one more delivery to the URL; if so, ``deliver(_:to:)`` must follow.
    func admit(_ url: String) -> Bool { slots.admit(url) }

    /// Calls the webhook until it takes the alert, refuses it, or has failed too often.
    func deliver(_ raised: RaisedAlert, to url: String) async -> WebhookOutcome {
        defer { slots.leave(url) }
        let alert = raised.alert
        let secret = secret(alert.tenant)
        if secret.isEmpty { return failed(alert, "the tenant has no secret to sign with", attempts: 0) }
        let body = alert.json
        var attempts = 0
        while true {
            guard await slots.acquire(url) else { return .cancelled }
            let attempt = await attempt(alert, url, raised.allowPrivateNetwork, body, secret)
            slots.release(url)
            attempts += 1
            switch attempt {
            case .taken: return .delivered
            case .refused(let reason): return failed(alert, reason, attempts: attempts)
            case .failed(let reason):
                if Task.isCancelled { return .cancelled }
                if attempts == WebhookBackoff.attempts { return failed(alert, reason, attempts: attempts) }
                var random = SystemRandomNumberGenerator()
                let delay = WebhookBackoff.delay(after: attempts, using: &random)
                do { try await sleep(delay) } catch { return .cancelled }
            }
        }
    }

    private func attempt(
        _ alert: LimitAlert, _ url: String, _ allowPrivateNetwork: Bool, _ body: [UInt8], _ secret: [UInt8]
    ) async -> Attempt {
        // Of this attempt, so that receivers can refuse what is old.
        let timestamp = String(clock() / 1000)
        let headers = [
            (name: "content-type", value: "application/json"),
            (name: "x-martlet-event", value: "limit.alert"),
            (name: "x-martlet-delivery", value: alert.id),
            (name: "x-martlet-timestamp", value: timestamp),
            (
                name: "x-martlet-signature",
                value: WebhookSignature.header(timestamp: timestamp, body: body, secret: secret)
            ),
        ]
        do {
            let status = try await post(url, allowPrivateNetwork, headers, body)
            switch status {
            case 200..<300: return .taken
            case 429, 500...: return .failed("status \(status)")
            default: return .refused("status \(status)")
            }
        } catch {
            return .failed("\(error)")
        }
    }

    /// The URL is not logged: with many services it is itself a secret.
    private func failed(_ alert: LimitAlert, _ reason: String, attempts: Int) -> WebhookOutcome {
        logger.warning(
            "the webhook for a limit alert failed",
            metadata: [
                "alert": "\(alert.id)", "tenant": "\(alert.tenant)", "attempts": "\(attempts)", "reason": "\(reason)",
            ])
        return .failed
    }
}
