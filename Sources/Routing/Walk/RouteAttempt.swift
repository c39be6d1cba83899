package import Dialects

/// One attempt that is over.
package struct RouteAttempt: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case answered
        case failed(ProviderFailure)
        /// Another attempt was faster, or the request ended.
        case cancelled
    }

    /// Counts from 1.
    package var number: Int
    /// ``RouteCandidate/target``.
    package var target: Int
    package var provider: String
    package var model: String
    /// From the attempt's start to its end.
    package var latencyMilliseconds: Int
    package var outcome: Outcome

    package var failure: ProviderFailure? {
        if case .failed(let failure) = outcome { failure } else { nil }
    }
}
