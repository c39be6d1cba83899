/// What a piece of a resumed answer gives.
package enum SpliceStep: Sendable, Hashable {
    /// Nothing to show yet: what came is delivered already, or cannot be told apart from it.
    case held
    /// This extends what the client has; whole characters.
    case show(String)
    /// The new answer is another one. Nothing of it may be shown.
    case diverged
}
