/// What a listener is told.
package enum PostgreSQLEvent: Sendable, Hashable {
    /// The channels are heard for the first time: whatever is read from now on is not outdated by a message missed.
    case listening
    case notification(channel: String, payload: String)
    /// Notifications may have been missed since the event before: the connection was lost, or the reader was too slow.
    /// Told when the channels are heard again, so that what is read now is not outdated either.
    case reconnected
}
