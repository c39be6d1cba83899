package import Dialects

/// Why a request got no (whole) answer, with everything that was tried.
package struct RouteFailure: Sendable, Hashable {
    /// The most useful cause: status, code and wait for the client follow from it.
    package var cause: ProviderFailure
    package var attempts: [RouteAttempt]
    package var skips: [RouteSkip]
    /// Part of the answer is with the client: the error has to go into the stream.
    package var isInBand: Bool

    /// Value of `x-should-retry`: retries and fallbacks are used up here, the client should not multiply them.
    package var shouldRetry: Bool { false }

    /// The cause's message and the list of attempts, for the client: provider, class and latency of each.
    package var message: String {
        let tried = attempts.filter { $0.outcome != .cancelled }
        if tried.count + skips.count <= 1, skips.isEmpty { return cause.message }
        var parts = tried.map { attempt in
            let result = attempt.failure?.failureClass.rawValue ?? "answered"
            return "\(attempt.provider)/\(attempt.model): \(result) after \(attempt.latencyMilliseconds) ms"
        }
        parts += skips.map { "\($0.provider)/\($0.model): \($0.reason.text)" }
        return cause.message + " [" + parts.joined(separator: "; ") + "]"
    }
}

extension SkipReason {
    /// For the list of attempts.
    var text: String {
        switch self {
        case .resting(let failureClass, _): "not asked, rests after \(failureClass.rawValue)"
        case .keysResting(let failureClass, _): "not asked, its keys rest after \(failureClass.rawValue)"
        case .ownLimit: "not asked, its limit is used up"
        }
    }
}
