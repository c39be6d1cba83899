/// What a subscriber is told.
package enum RedisSubscriptionEvent: Sendable, Equatable {
    /// The subscription stands for the first time: whatever is read from now on is not outdated by a message missed.
    case subscribed
    case message(channel: String, payload: [UInt8])
    /// Messages may have been missed since the event before: the connection was lost, or the subscriber's buffer was
    /// full. Told when the subscription stands again.
    case gap
}
