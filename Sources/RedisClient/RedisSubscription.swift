import NIOCore

/// A subscription that stands until it is cancelled or its client is shut down.
package final class RedisSubscription: Sendable {
    private let lane: RedisLane?
    private let connection: SubscriptionConnection?

    init(_ connection: SubscriptionConnection?, lane: RedisLane?) {
        self.connection = connection
        self.lane = lane
    }

    /// Ends the subscription. From another thread than the event loop's: an event may still be handled meanwhile.
    package func cancel() {
        guard let lane, let connection else { return }
        if lane.eventLoop.inEventLoop {
            lane.remove(connection)
        } else {
            lane.eventLoop.execute { lane.remove(connection) }
        }
    }
}
