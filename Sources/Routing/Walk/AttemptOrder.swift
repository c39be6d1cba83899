/// An attempt to be made. All times in milliseconds.
package struct AttemptOrder: Sendable, Hashable {
    /// Counts from 1; skipped attempts do not count.
    package var number: Int
    /// ``RouteCandidate/target``.
    package var target: Int
    /// The wait before it.
    package var after: Int
    /// From the attempt's start to its first token (streams) or first byte (whole answers).
    package var firstTokenLimit: Int
    /// What is left over all attempts, from the attempt's start.
    package var totalLimit: Int
    /// Send ``RouteEvent/hedgeDue`` when so much time passed without a first token; nil: do not.
    package var hedgeAfter: Int?
}
