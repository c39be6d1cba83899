package import NIOCore

extension RedisClient {
    /// Hears what is published to channels, over a connection of its own.
    ///
    /// - Parameter handle: Called on the event loop; must not block.
    package func subscribe(
        to channels: [String], on eventLoop: any EventLoop,
        handle: @escaping @Sendable (RedisSubscriptionEvent) -> Void
    ) -> RedisSubscription {
        guard let lane = self.lane(for: eventLoop), !channels.isEmpty else {
            return RedisSubscription(nil, lane: nil)
        }
        let connection = SubscriptionConnection(
            channels: channels, dialer: self.dialer, eventLoop: lane.eventLoop, logger: self.logger, handle: handle)
        lane.eventLoop.execute { lane.add(connection) }
        return RedisSubscription(connection, lane: lane)
    }

    /// The same as a stream, which ends the subscription when its reader ends.
    ///
    /// - Parameter limit: Events that wait to be read; what comes above that is lost, and a gap is told.
    package func events(
        of channels: [String], on eventLoop: any EventLoop, limit: Int
    ) -> AsyncStream<RedisSubscriptionEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: RedisSubscriptionEvent.self, bufferingPolicy: .bufferingOldest(max(1, limit)))
        let buffer = EventBuffer(continuation)
        let subscription = self.subscribe(to: channels, on: eventLoop) { buffer.add($0) }
        continuation.onTermination = { _ in subscription.cancel() }
        return stream
    }
}
