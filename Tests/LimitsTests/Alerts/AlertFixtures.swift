import Synchronization

@testable import Limits
@testable import Policy

let hook = "https://hooks.example/a"

func alerting(at thresholds: [Int] = [50, 80, 95], webhook: String? = hook) -> AlertPolicy {
    AlertPolicy(at: thresholds, webhook: webhook, allowPrivateNetwork: false)
}

/// Keeps what a watch raises.
final class RaisedAlerts: Sendable {
    private let raised = Mutex<[RaisedAlert]>([])

    var all: [RaisedAlert] { raised.withLock { $0 } }
    var thresholds: [Int] { all.map(\.alert.threshold) }

    func add(_ alert: RaisedAlert) { raised.withLock { $0.append(alert) } }

    /// Those since the last call.
    func take() -> [RaisedAlert] {
        raised.withLock { raised in
            defer { raised = [] }
            return raised
        }
    }
}

/// A state in the period around an instant, as a store gives it when something is reserved.
func state(_ claim: LimitClaim, used: Int, reserved: Int = 1, at now: Int = noon) -> LimitState {
    var window = WindowState()
    window.roll(for: claim, now: now)
    window.charge(used)
    window.reserve(reserved)
    return LimitState(claim, window, at: now)
}

func raisedAlert(
    _ number: Int, tenant: String = "acme", webhook: String? = hook, keys: [String]? = nil
) -> RaisedAlert {
    let tokens = counter(.key, .tokens, .day, tenant: LimitTenant(tenant), subject: "key \(number)")
    return RaisedAlert(
        alert: LimitAlert(
            id: "alert-\(number)", time: noon, tenant: tenant, counter: tokens, threshold: 80, percent: 81, used: 810,
            max: 1000, resetsAt: noon + 3_600_000, shadow: false),
        webhook: webhook, allowPrivateNetwork: false, keys: keys ?? ["\(tenant) \(number)"], lifetime: 3_600_000)
}
