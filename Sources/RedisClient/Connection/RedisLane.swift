import DequeModule
import Logging
import NIOCore

/// Everything one event loop has: its connections, its view of the topology, its subscriptions.
// Confined to its event loop.
final class RedisLane: @unchecked Sendable {
    /// How late a deadline may be noticed.
    private static let tick = TimeAmount.milliseconds(10)
    /// Connections to nodes that redirections name and the map does not have.
    private static let maxUnmappedNodes = 16

    let eventLoop: any EventLoop
    private let dialer: Dialer
    private let coordinator: TopologyCoordinator
    private let logger: Logger

    private(set) var topology: Topology?
    /// Why ``topology`` is not known.
    private var discoveryFailure: RedisFailure?
    /// Calls made before it is.
    private var waiting: Deque<RedisCall> = []
    private var connections: [RedisAddress: RedisConnection] = [:]
    /// For the masters of the topology, in its order; one for a single server.
    private var masters: [RedisConnection] = []
    private var retired: [RedisConnection] = []
    private var nextMaster = 0
    private var subscriptions: [ObjectIdentifier: SubscriptionConnection] = [:]
    private var isTicking = false
    private var isShutDown = false

    init(eventLoop: any EventLoop, dialer: Dialer, coordinator: TopologyCoordinator, logger: Logger) {
        self.eventLoop = eventLoop
        self.dialer = dialer
        self.coordinator = coordinator
        self.logger = logger
    }

    /// Makes a call and waits for its outcome. May be called from anywhere; without a hop on the event loop.
    func perform(_ call: RedisCall) async -> RedisCall.Outcome {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: RedisCall.Waiter) in
                if self.eventLoop.inEventLoop {
                    self.start(call, waiter)
                } else {
                    self.eventLoop.execute { self.start(call, waiter) }
                }
            }
        } onCancel: {
            if self.eventLoop.inEventLoop {
                call.finish(.failure(.cancelled))
            } else {
                self.eventLoop.execute { call.finish(.failure(.cancelled)) }
            }
        }
    }

    private func start(_ call: RedisCall, _ waiter: RedisCall.Waiter) {
        call.wait(waiter)
        self.submit(call)
    }

    private func submit(_ call: RedisCall) {
        guard !call.isDone else { return }
        guard !self.isShutDown else { return call.finish(.failure(.closed)) }
        switch call.route {
        case .node(let address):
            if let connection = self.connection(to: address) {
                connection.enqueue(call)
            } else {
                call.finish(.failure(.unavailable("too many nodes")))
            }
        case .key(let key):
            switch self.topology {
            case .cluster(let map): self.submit(call, key: key, map: map)
            case .single, nil: if let server = self.masters.first { server.enqueue(call) } else { self.hold(call) }
            }
        }
        self.startTicking()
    }

    private func submit(_ call: RedisCall, key: String?, map: ClusterMap) {
        guard let key else {
            self.nextMaster = (self.nextMaster + 1) % self.masters.count
            return self.masters[self.nextMaster].enqueue(call)
        }
        let slot = HashSlot.of(key)
        guard let owner = map.owner(ofSlot: slot) else {
            self.coordinator.refresh()
            return call.finish(.failure(.unavailable("no node of the cluster serves slot \(slot)")))
        }
        self.masters[owner].enqueue(call)
    }

    /// Keeps a call until it is known where it goes.
    private func hold(_ call: RedisCall) {
        if let discoveryFailure { return call.finish(.failure(discoveryFailure)) }
        guard self.waiting.count < self.dialer.configuration.maxInFlight else {
            return call.finish(.failure(.queueFull))
        }
        self.waiting.append(call)
    }

    /// Nil when there are too many already.
    private func connection(to address: RedisAddress, isMapped: Bool = false) -> RedisConnection? {
        if let connection = self.connections[address] { return connection }
        guard isMapped || self.connections.count < self.masters.count + Self.maxUnmappedNodes else { return nil }
        let coordinator = self.coordinator
        let connection = RedisConnection(
            address: address, dialer: self.dialer, eventLoop: self.eventLoop, logger: self.logger,
            onTrouble: { coordinator.noteTrouble() })
        self.connections[address] = connection
        return connection
    }
}

// MARK: - What the coordinator finds out

extension RedisLane {
    /// Goes over to a (new) topology: opens the connections it needs, gives up the others.
    func adopt(_ topology: Topology) {
        guard !self.isShutDown else { return }
        self.discoveryFailure = nil
        guard topology != self.topology else { return }
        self.topology = topology
        let addresses = topology.masters
        self.masters = addresses.compactMap { self.connection(to: $0, isMapped: true) }
        for connection in self.masters { connection.start() }
        var held = self.waiting
        self.waiting = []
        let kept = Set(addresses)
        for (address, connection) in self.connections where !kept.contains(address) {
            self.connections[address] = nil
            held.append(contentsOf: connection.retire())
            if !connection.isClosed { self.retired.append(connection) }
        }
        for call in held { self.submit(call) }
        for subscription in self.subscriptions.values { subscription.topologyChanged(topology) }
    }

    /// It could not be found out what serves the keys; what was known before still counts.
    func discoveryFailed(_ failure: RedisFailure) {
        guard self.topology == nil else { return }
        self.discoveryFailure = failure
        let held = self.waiting
        self.waiting = []
        for call in held { call.finish(.failure(failure)) }
    }
}

// MARK: - Subscriptions, deadlines, the end

extension RedisLane {
    func add(_ subscription: SubscriptionConnection) {
        guard !self.isShutDown else { return subscription.close() }
        self.subscriptions[ObjectIdentifier(subscription)] = subscription
        if let topology { subscription.topologyChanged(topology) }
    }

    func remove(_ subscription: SubscriptionConnection) {
        self.subscriptions[ObjectIdentifier(subscription)] = nil
        subscription.close()
    }

    private func startTicking() {
        guard !self.isTicking else { return }
        self.isTicking = true
        self.eventLoop.scheduleTask(in: Self.tick) { self.sweep() }
    }

    private func sweep() {
        self.isTicking = false
        let now = self.eventLoop.now
        var isBusy = false
        for connection in self.connections.values where connection.isBusy {
            connection.sweep(now: now)
            isBusy = true
        }
        for connection in self.retired { connection.sweep(now: now) }
        self.retired.removeAll { $0.isClosed }
        for call in self.waiting where call.deadline <= now { call.finish(.failure(.timeout)) }
        self.waiting.removeAll { $0.isDone }
        if isBusy || !self.waiting.isEmpty || !self.retired.isEmpty { self.startTicking() }
    }

    func shutdown() {
        self.isShutDown = true
        for connection in self.connections.values { connection.close(.closed) }
        for connection in self.retired { connection.close(.closed) }
        for subscription in self.subscriptions.values { subscription.close() }
        for call in self.waiting { call.finish(.failure(.closed)) }
        self.connections = [:]
        self.retired = []
        self.subscriptions = [:]
        self.waiting = []
    }
}
