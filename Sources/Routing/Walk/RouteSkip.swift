/// A target that was passed over.
package struct RouteSkip: Sendable, Hashable {
    /// ``RouteCandidate/target``.
    package var target: Int
    package var provider: String
    package var model: String
    package var reason: SkipReason
}
