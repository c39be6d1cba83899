import Logging
import NIOCore

/// The connection of one subscription; made again, and subscribed again, whenever it is lost.
// Confined to its event loop.
final class SubscriptionConnection: LinkConsumer, @unchecked Sendable {
    private enum State {
        /// The topology is not known yet.
        case idle
        case connecting(RedisAddress)
        case ready(RedisAddress, RedisLink)
        case waiting(Scheduled<Void>)
        case closed
    }

    private let channels: [String]
    private let dialer: Dialer
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let handle: @Sendable (RedisSubscriptionEvent) -> Void
    private var state = State.idle
    private var topology: Topology?
    private var backoff: Backoff
    /// Channels the server has not confirmed on this connection.
    private var unconfirmed = 0
    private var hasStood = false
    private var pings: RepeatedTask?
    /// Whether anything has come since the last ping.
    private var isAlive = true

    init(
        channels: [String], dialer: Dialer, eventLoop: any EventLoop, logger: Logger,
        handle: @escaping @Sendable (RedisSubscriptionEvent) -> Void
    ) {
        self.channels = channels
        self.dialer = dialer
        self.eventLoop = eventLoop
        self.logger = logger
        self.handle = handle
        self.backoff = Backoff(first: dialer.configuration.firstBackoff, last: dialer.configuration.lastBackoff)
    }

    /// Connects to a node of it, and leaves one that is no part of it any more.
    func topologyChanged(_ topology: Topology) {
        self.topology = topology
        switch self.state {
        case .idle:
            self.connect()
        case .ready(let address, let link) where !topology.masters.contains(address):
            link.close(.disconnected("\(address) is no master any more"))
        case .connecting, .ready, .waiting, .closed:
            break
        }
    }

    /// Nothing is handled after this.
    func close() {
        let state = self.state
        self.state = .closed
        self.pings?.cancel()
        switch state {
        case .ready(_, let link): link.close(.closed)
        case .waiting(let attempt): attempt.cancel()
        case .idle, .connecting, .closed: break
        }
    }

    // MARK: - Connecting

    private func connect() {
        // In a cluster every node passes on what is published at any of them.
        guard let address = self.topology?.masters.randomElement() else { return }
        self.state = .connecting(address)
        self.dialer.dial(address, on: self.eventLoop).whenComplete { self.connected($0, address) }
    }

    private func connected(_ result: Result<RedisLink, any Error>, _ address: RedisAddress) {
        guard case .connecting = self.state else {
            if case .success(let link) = result { link.close(.closed) }
            return
        }
        switch result {
        case .success(let link):
            link.consumer = self
            self.state = .ready(address, link)
            self.unconfirmed = self.channels.count
            self.send(["SUBSCRIBE"] + self.channels.map { .string($0) }, link)
            self.watch(link)
        case .failure(let error):
            self.tryLater(because: error)
        }
    }

    private func tryLater(because error: any Error) {
        self.logger.debug("subscription not connected", metadata: ["reason": "\(error)"])
        self.pings?.cancel()
        var random = SystemRandomNumberGenerator()
        let attempt = self.eventLoop.scheduleTask(in: self.backoff.next(using: &random)) {
            guard case .waiting = self.state else { return }
            self.connect()
        }
        self.state = .waiting(attempt)
    }

    /// A subscription may hear nothing for hours; pings tell a quiet connection from a dead one.
    private func watch(_ link: RedisLink) {
        let interval = self.dialer.configuration.stallTimeout
        self.isAlive = true
        self.pings = self.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            guard self.isAlive else { return link.close(.disconnected("no reply for too long")) }
            self.isAlive = false
            self.send(["PING"], link)
        }
    }

    private func send(_ command: [RedisArgument], _ link: RedisLink) {
        var bytes = ByteBuffer()
        bytes.writeCommand(.arguments(command))
        link.send(bytes)
    }

    // MARK: - LinkConsumer

    func linkReceived(_ reply: RedisReply) {
        guard case .ready(_, let link) = self.state else { return }
        self.isAlive = true
        if case .error(let error) = reply { return link.close(.server(error)) }
        guard let parts = reply.elements, let kind = parts.first?.string else {
            return link.close(.protocolViolation("not a message to a subscriber"))
        }
        switch kind {
        case "message":
            guard parts.count == 3, let channel = parts[1].string, case .bulk(let payload) = parts[2] else {
                return link.close(.protocolViolation("not a message to a subscriber"))
            }
            self.handle(.message(channel: channel, payload: payload))
        case "subscribe" where self.unconfirmed > 0:
            self.unconfirmed -= 1
            guard self.unconfirmed == 0 else { return }
            self.backoff.reset()
            self.handle(self.hasStood ? .gap : .subscribed)
            self.hasStood = true
        default:
            break
        }
    }

    func linkClosed(_ failure: RedisFailure) {
        guard case .ready = self.state else { return }
        self.tryLater(because: failure)
    }

    func linkBecameWritable() {}
}
