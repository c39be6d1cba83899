package import Logging
package import NIOCore
import Synchronization

/// Talks to one Redis server, a master kept by sentinels, or a cluster, over one pipelined connection per event loop
/// and node.
///
/// Calls from a task that runs on the event loop it names stay on that thread. A failed call is never repeated by
/// itself, except where the server said that it did nothing (`MOVED`, `ASK`, `NOSCRIPT`).
package final class RedisClient: Sendable {
    package let configuration: RedisConfiguration
    let dialer: Dialer
    let coordinator: TopologyCoordinator?
    let logger: Logger
    private let lanes: [RedisLane]
    private let laneByLoop: [ObjectIdentifier: RedisLane]
    private let isShutDown = Atomic(false)

    /// Connects in the background, and again whenever a connection is lost.
    ///
    /// - Parameter eventLoops: Those calls are made from; without any, every call fails as closed.
    package init(configuration: RedisConfiguration, eventLoops: [any EventLoop], logger: Logger) {
        let dialer = Dialer(configuration: configuration)
        let coordinator = eventLoops.first.map {
            TopologyCoordinator(dialer: dialer, eventLoop: $0, logger: logger)
        }
        let lanes = coordinator.map { coordinator in
            eventLoops.map { RedisLane(eventLoop: $0, dialer: dialer, coordinator: coordinator, logger: logger) }
        }
        self.configuration = configuration
        self.dialer = dialer
        self.coordinator = coordinator
        self.logger = logger
        self.lanes = lanes ?? []
        self.laneByLoop = Dictionary(
            self.lanes.map { (ObjectIdentifier($0.eventLoop), $0) }, uniquingKeysWith: { first, _ in first })
        coordinator?.start(self.lanes)
    }

    deinit {
        // After a shutdown the event loops may be gone.
        guard !self.isShutDown.load(ordering: .relaxed) else { return }
        self.coordinator?.close()
        for lane in self.lanes { lane.eventLoop.execute { lane.shutdown() } }
    }

    /// Whether the servers form a cluster. False until the first contact: ``waitUntilReady(within:)``.
    package var isCluster: Bool { self.coordinator?.topology?.isCluster ?? false }

    /// Returns when it is known what serves at the addresses.
    ///
    /// - Throws: When that takes longer, what the last attempt failed with or ``RedisFailure/timeout``;
    ///   ``RedisFailure/closed``; ``RedisFailure/cancelled``.
    package func waitUntilReady(within limit: TimeAmount) async throws(RedisFailure) {
        guard let coordinator else { throw .closed }
        try await coordinator.wait(within: limit)
    }

    /// Ends open calls with ``RedisFailure/closed``, subscriptions and all connections. Before the event loops end.
    package func shutdown() async {
        self.isShutDown.store(true, ordering: .relaxed)
        await self.coordinator?.shutdown()
        for lane in self.lanes {
            // Fails only when the event loop is gone, and with it all there is to close.
            try? await lane.eventLoop.submit { lane.shutdown() }.get()
        }
    }

    /// Calls that name a loop the client does not have go by way of its first.
    func lane(for eventLoop: any EventLoop) -> RedisLane? {
        self.laneByLoop[ObjectIdentifier(eventLoop)] ?? self.lanes.first
    }
}
