/// What a client has received of an answer.
package enum DeliveredAnswer: Sendable, Hashable {
    /// Nothing (keep-alive comments apart): any target may still answer.
    case nothing
    /// Text of one choice, so many bytes, all of it remembered: another target can continue it.
    case text(bytes: Int)
    /// Anything else, such as tool calls, several choices, reasoning, or more text than is remembered.
    case other
}
