/// Why a limit store gave no answer.
package enum LimitStoreFailure: Error, Sendable, Hashable {
    /// The store cannot be reached or gave an error. Whether the call took effect is unknown.
    case unavailable(reason: String, retryAfterMilliseconds: Int)
    /// No answer within the deadline. Whether the call took effect is unknown.
    case timedOut
    /// The task was cancelled. Whether the call took effect is unknown.
    case cancelled
    /// The tenant has as many reservations as the store keeps; nothing was changed.
    case full
    /// The caller's mistake: a claim of another tenant, or an id that is in use. Nothing was changed.
    case invalid(String)

    /// Whether it says something about the health of the store.
    package var isOutage: Bool {
        switch self {
        case .unavailable, .timedOut: true
        case .cancelled, .full, .invalid: false
        }
    }

    /// One of a bounded set of values.
    package var metricLabel: String {
        switch self {
        case .unavailable: "unavailable"
        case .timedOut: "timeout"
        case .cancelled: "cancelled"
        case .full: "full"
        case .invalid: "invalid"
        }
    }
}
