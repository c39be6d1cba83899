/// When a target rests and when it is tried again; all times in milliseconds.
package struct HealthRules: Sendable, Hashable {
    /// A target rests after so many points in a row; a failure is a point, silence and refusal are two: they cost
    /// every request its wait.
    package var points = 5
    /// It also rests when at least half of the attempts within the window failed, if there were so many.
    package var samples = 10
    package var window = 10_000
    /// From one probe to the next: twice as long each time, up to the cap.
    package var firstProbe = 1_000
    package var probeCap = 4_000
    /// The longest rest that the `retry-after` of a rate limit can cause.
    package var retryAfterCap = 60_000
    /// The same of an outage: shorter, since a provider that is down seldom knows when it will be back.
    package var outageRetryAfterCap = 15_000
    /// After a refused or exhausted key: twice as long each time, up to the cap.
    package var accountRest = 30_000
    package var accountRestCap = 600_000
    /// The longest rest that a stated long limit (per day) can cause.
    package var longLimitCap = 3_600_000

    package init() {}

    /// Twice as long each time, up to a cap.
    static func doubled(_ first: Int, times: Int, cap: Int) -> Int {
        min(cap, first << min(max(times, 0), 20))
    }
}
