import Synchronization

/// Puts a subscriber's events into a stream of bounded length. What does not fit is lost, and a gap says so as soon as
/// there is room again.
final class EventBuffer: Sendable {
    private let continuation: AsyncStream<RedisSubscriptionEvent>.Continuation
    private let hasLost = Atomic(false)

    init(_ continuation: AsyncStream<RedisSubscriptionEvent>.Continuation) {
        self.continuation = continuation
    }

    /// To be called by one thread.
    func add(_ event: RedisSubscriptionEvent) {
        if self.hasLost.load(ordering: .relaxed) {
            guard case .enqueued = self.continuation.yield(.gap) else { return }
            self.hasLost.store(false, ordering: .relaxed)
            if event == .gap { return }
        }
        if case .dropped = self.continuation.yield(event) { self.hasLost.store(true, ordering: .relaxed) }
    }
}
