/// Fixed numbers of the walk; all times in milliseconds.
package struct RouteRules: Sendable, Hashable {
    /// The longest `retry-after` worth waiting for within a request; what takes longer moves on.
    package var retryAfterCap = 5_000
    /// The first backoff is a random time up to this; each further one up to twice the one before.
    package var backoffBase = 200
    package var backoffCap = 5_000
    /// How long a request may wait altogether for targets that rest, when no other is left.
    package var restPatience = 2_000
    /// The shortest such wait, so that no request spins.
    package var shortestRest = 50
    /// With less delivered text than this (bytes) a repeated prefill could not be told from a continuation.
    package var shortestPrefill = 16

    package init() {}

    /// Before a target is asked again.
    var longestWait: Int { max(spread(retryAfterCap, random: UInt64(min(retryAfterCap / 8, 250))), backoffCap) }

    /// Exponential with full jitter.
    ///
    /// - Parameter retry: counts from 1.
    func backoff(retry: Int, random: UInt64) -> Int {
        let doublings = min(max(retry, 1) - 1, 20)
        let ceiling = min(backoffCap, backoffBase << doublings)
        return Int(random % UInt64(ceiling + 1))
    }

    /// A wait that a provider asked for, and a little more: never too early by the clocks' rounding, and those who were
    /// told the same do not all come at once.
    func spread(_ wait: Int, random: UInt64) -> Int {
        wait + 5 + Int(random % UInt64(min(wait / 8, 250) + 1))
    }
}
