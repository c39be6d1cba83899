package import Dialects

/// A target's health, as dashboards show it.
package struct HealthReport: Sendable, Hashable {
    package enum State: String, Sendable, Hashable, CaseIterable {
        case healthy
        /// It rests for a time that the provider stated, and is used again without a probe.
        case waiting
        /// It rests after failures until a probe succeeds.
        case resting
        /// One request is trying it.
        case probing
    }

    package var key: HealthKey
    package var state: State
    /// Milliseconds on the registry's clock.
    package var since: Int
    /// Failures in a row, weighted.
    package var points: Int
    package var lastFailure: FailureClass?
    /// Milliseconds from now until it can be asked again; nil while healthy.
    package var readyIn: Int?
}
