/// Decides whether a store that fails is called at all. A pure state machine; times in milliseconds since 1970.
package struct CircuitBreaker: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// Calls go through.
        case closed
        /// Calls do not go through; a probe may be made from the time on.
        case open(probeAt: Int)
        /// As `open`, with the one probe under way.
        case probing
    }

    package private(set) var state = State.closed
    /// Failures in a row, while closed.
    package private(set) var failures = 0
    private let threshold: Int
    private let probeInterval: Int
    private let firstProbeAfter: Int

    /// - Parameters:
    ///   - threshold: failures in a row that open it.
    ///   - probeInterval: milliseconds from a failed probe to the next one.
    ///   - firstProbeAfter: milliseconds from opening to the first probe; nil is ``probeInterval``. Short, because a few
    ///     calls at once fail in a mere hiccup.
    package init(threshold: Int = 3, probeInterval: Int = 500, firstProbeAfter: Int? = nil) {
        self.threshold = max(1, threshold)
        self.probeInterval = max(1, probeInterval)
        self.firstProbeAfter = max(1, firstProbeAfter ?? probeInterval)
    }

    package var isClosed: Bool { state == .closed }

    /// A call succeeded. One that was under way when the breaker opened proves nothing and closes nothing.
    package mutating func succeeded() {
        if isClosed { failures = 0 }
    }

    /// A call failed. Answers whether that opened the breaker.
    package mutating func failed(at now: Int) -> Bool {
        guard isClosed else { return false }
        failures += 1
        guard failures >= threshold else { return false }
        state = .open(probeAt: now + firstProbeAfter)
        return true
    }

    /// Whether the caller is to make the probe now. It must tell how it ended.
    package mutating func startProbe(at now: Int) -> Bool {
        guard case .open(let time) = state, now >= time else { return false }
        state = .probing
        return true
    }

    /// The probe ended. Answers whether that closed the breaker.
    package mutating func endProbe(succeeded: Bool, at now: Int) -> Bool {
        guard state == .probing else { return false }
        failures = 0
        state = succeeded ? .closed : .open(probeAt: now + probeInterval)
        return succeeded
    }
}
