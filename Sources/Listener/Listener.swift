import Gateway
package import Logging
package import NIOCore
import NIOHTTP1
package import NIOPosix
import NIOSSL
import Synchronization

/// The one port: accepts connections, spreads them over the event loops, drains them at shutdown.
package final class Listener: Sendable {
    /// What every connection of one event loop shares.
    private struct LoopResources {
        let eventLoop: any EventLoop
        let executor: EventLoopExecutor
        let registry: NIOLoopBound<ConnectionRegistry>
        let lanes: Lanes
    }

    private let configuration: ListenerConfiguration
    private let lanes: @Sendable (any EventLoop) -> Lanes
    private let group: MultiThreadedEventLoopGroup
    private let tls: TLSSettings?
    private let logger: Logger
    private let open = Atomic<Int>(0)
    private let state = Mutex<(server: (any Channel)?, loops: [LoopResources])>((nil, []))

    /// - Parameter lanes: called once per event loop, so that a lane can keep state confined to it.
    package init(
        configuration: ListenerConfiguration, group: MultiThreadedEventLoopGroup, tls: TLSSettings?, logger: Logger,
        lanes: @escaping @Sendable (any EventLoop) -> Lanes
    ) {
        self.configuration = configuration
        self.lanes = lanes
        self.group = group
        self.tls = tls
        self.logger = logger
    }

    /// Binds and accepts. Returns the bound address (of interest with port 0).
    package func start(host: String, port: Int) async throws -> SocketAddress {
        let loops = try await makeLoops()
        let byLoop = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A client that closes its sending side counts as gone, as with most gateways: whoever half-closes
            // after a request cannot be told from one that left.
            .childChannelOption(.allowRemoteHalfClosure, value: false)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 32 << 10, high: 64 << 10))
            .childChannelInitializer { channel in
                guard let resources = byLoop[ObjectIdentifier(channel.eventLoop)] else {
                    return channel.eventLoop.makeFailedFuture(ChannelError.inappropriateOperationForState)
                }
                return channel.eventLoop.makeCompletedFuture { try self.configure(channel, resources) }
            }
            .bind(host: host, port: port).get()
        state.withLock { $0 = (server, loops) }
        guard let address = server.localAddress else { throw ChannelError.unknownLocalAddress }
        return address
    }

    private func makeLoops() async throws -> [LoopResources] {
        var loops: [LoopResources] = []
        for eventLoop in group.makeIterator() {
            let interval = configuration.sweepInterval
            let registry = try await eventLoop.submit {
                let registry = ConnectionRegistry(eventLoop: eventLoop)
                registry.startSweeping(every: interval)
                return NIOLoopBound(registry, eventLoop: eventLoop)
            }.get()
            loops.append(
                LoopResources(
                    eventLoop: eventLoop, executor: EventLoopExecutor(eventLoop), registry: registry,
                    lanes: lanes(eventLoop)))
        }
        return loops
    }

    private func configure(_ channel: any Channel, _ resources: LoopResources) throws {
        guard open.wrappingAdd(1, ordering: .relaxed).newValue <= configuration.maxConnections else {
            open.wrappingSubtract(1, ordering: .relaxed)
            throw ChannelError.operationUnsupported
        }
        channel.closeFuture.whenComplete { _ in self.open.wrappingSubtract(1, ordering: .relaxed) }
        let handler = ConnectionHandler(
            configuration: configuration, lanes: resources.lanes, executor: resources.executor,
            registry: resources.registry.value, logger: logger)
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = configuration.headerFieldLimit
        limits.maxHeaderListSize = configuration.headerListLimit
        limits.maxHeaderFieldCount = configuration.headerCountLimit
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.context)) }
        try pipeline.addHandler(FirstByteHandler(handler))
        try pipeline.addHandler(
            ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)))
        try pipeline.addHandler(handler)
    }

    /// Stops accepting, closes idle connections, lets answers in progress finish for up to `grace`, then cuts
    /// the rest. Returns whether all finished by themselves.
    package func drain(grace: TimeAmount) async -> Bool {
        let (server, loops) = state.withLock { $0 }
        try? await server?.close().get()
        guard let first = loops.first else { return true }
        let drained = loops.map { resources in
            resources.eventLoop.flatSubmit { resources.registry.value.drain() }
        }
        let all = EventLoopFuture.andAllSucceed(drained, on: first.eventLoop)
        let finished = first.eventLoop.makePromise(of: Bool.self)
        let deadline = first.eventLoop.scheduleTask(in: grace) { finished.succeed(false) }
        all.whenComplete { _ in
            deadline.cancel()
            finished.succeed(true)
        }
        let clean = (try? await finished.futureResult.get()) ?? false
        for resources in loops {
            try? await resources.eventLoop.submit {
                resources.registry.value.closeAll()
                resources.registry.value.stopSweeping()
            }.get()
        }
        return clean
    }
}
