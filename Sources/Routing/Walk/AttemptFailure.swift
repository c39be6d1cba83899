package import Dialects

/// How an attempt failed, as far as the walk must know.
package struct AttemptFailure: Sendable, Hashable {
    /// The stretch of the attempt in which it failed.
    package enum Phase: String, Sendable, Hashable, CaseIterable {
        /// No connection came about: refused, no address, no TLS.
        case connect
        /// Connected, and nothing came yet.
        case firstToken = "first_token"
        /// An answer (or an error) had begun to arrive.
        case answer
    }

    package var failure: ProviderFailure
    package var phase: Phase
    /// What the client has received so far, of all attempts.
    package var delivered: DeliveredAnswer
    /// Another API key of the same provider can be used at once.
    package var otherKeyReady: Bool

    package init(
        _ failure: ProviderFailure, phase: Phase = .answer, delivered: DeliveredAnswer = .nothing,
        otherKeyReady: Bool = false
    ) {
        self.failure = failure
        self.phase = phase
        self.delivered = delivered
        self.otherKeyReady = otherKeyReady
    }

    /// Nobody answered within the time: asking again would only multiply the wait. A provider's own 408 is no silence.
    var isSilence: Bool { failure.failureClass == .timeout && failure.upstreamStatus == 0 }
    var isRefusal: Bool { failure.failureClass == .connection && phase == .connect }
}
