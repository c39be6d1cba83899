import Synchronization

/// How fast a target answers: an average that jumps up with a slow answer and sinks slowly (peak EWMA), times the
/// requests under way. Memory of a slow answer halves in about ``halfLife``, so a target gets another chance.
package final class PeakLatency: Sendable {
    private struct Average {
        var microseconds = 0
        var time = 0
    }

    /// Milliseconds.
    static let halfLife = 10_000

    private let inFlight = Atomic<Int>(0)
    private let average = Mutex(Average())

    package init() {}

    package func started() { inFlight.add(1, ordering: .relaxed) }
    package func ended() { inFlight.subtract(1, ordering: .relaxed) }

    /// - Parameters:
    ///   - microseconds: to the first token, or to the first byte of a whole answer.
    ///   - now: milliseconds.
    package func sample(_ microseconds: Int, at now: Int) {
        let sample = max(0, min(microseconds, 3_600_000_000))
        average.withLock { average in
            let kept = Self.share(of: average.microseconds, after: now - average.time)
            average.microseconds =
                sample >= kept ? sample : kept + Self.share(of: sample - kept, newShareAfter: now - average.time)
            average.time = max(now, average.time)
        }
    }

    /// What one more request may expect, in microseconds; 0 while nothing is known.
    package func load(at now: Int) -> Int {
        let microseconds = average.withLock { Self.share(of: $0.microseconds, after: now - $0.time) }
        return microseconds * (max(0, inFlight.load(ordering: .relaxed)) + 1)
    }

    private static func share(of value: Int, after elapsed: Int) -> Int {
        value * halfLife / (halfLife + max(0, min(elapsed, 1_000_000_000)))
    }

    /// At least an eighth, so that samples at the same moment count too.
    private static func share(of value: Int, newShareAfter elapsed: Int) -> Int {
        min(value / 8, value - share(of: value, after: elapsed))
    }
}
