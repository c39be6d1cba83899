import DequeModule
import Dialects
import Gateway
import Logging
import NIOCore
import NIOHTTP1

/// One client connection: collects each request, hands it to its lane, writes the answer, keeps requests of a
/// pipelining client in order, and watches the deadlines.
///
/// Both lanes share this handler (the lanes differ in who answers, not in how HTTP works), so disconnects,
/// limits, deadlines and draining behave alike on every route.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let configuration: ListenerConfiguration
    let lanes: Lanes
    let executor: EventLoopExecutor
    let registry: ConnectionRegistry
    let logger: Logger

    var context: ChannelHandlerContext?
    var phase = ConnectionPhase.idle
    /// Parts of pipelined requests that arrived while another is being answered. Bounded: reading stops.
    var queue = Deque<HTTPServerRequestPart>()
    var readWanted = false
    var isReplaying = false
    /// Since when the connection has been idle.
    var idleSince = NIODeadline.now()
    /// When the first byte of the next head arrived; set by ``FirstByteHandler``.
    var headStartedAt: NIODeadline?
    /// When to stop swallowing what a client still sends after an early answer.
    var lingerUntil: NIODeadline?
    var closeAfterResponse = false
    /// What the parser refused behind requests that are still to be answered: the last answer of this connection.
    var refusedBehind: WireError?
    /// Bytes of bodies this connection holds, as counted by the registry.
    var heldBytes = 0
    /// Bytes the client had not taken at the last sweep, and when it last took some.
    var pendingOutput = 0
    var progressAt = NIODeadline.now()
    /// How the body of the answer in progress is framed.
    var isChunked = false
    var requestVersion = HTTPVersion.http1_1

    init(
        configuration: ListenerConfiguration, lanes: Lanes, executor: EventLoopExecutor, registry: ConnectionRegistry,
        logger: Logger
    ) {
        self.configuration = configuration
        self.lanes = lanes
        self.executor = executor
        self.registry = registry
        self.logger = logger
    }

    // MARK: Channel life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        registry.insert(self)
        if registry.isDraining { close() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connectionEnded()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        connectionEnded()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            if case .responding(let exchange) = phase { exchange.clientWritable() }
            replayQueue()
        }
        context.fireChannelWritabilityChanged()
    }

    /// While a request is being answered and the next one is already here, or while the client does not take its
    /// answers, nothing more is read: a client that pipelines without reading fills its own socket, not our memory.
    /// Until then the socket stays registered for reading, because taking it out and in again would cost each
    /// request two system calls.
    func read(context: ChannelHandlerContext) {
        let isHeld =
            switch phase {
            case .responding: !queue.isEmpty
            case .idle, .reading: !context.channel.isWritable
            case .closing, .lingering, .closed: false
            }
        if isHeld { readWanted = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            rejectUnparsable(error)
        } else if error is ByteToMessageDecoderError {
            // More bytes behind those that the parser refused; that refusal is being dealt with.
            return
        } else {
            logger.debug("connection failed", metadata: ["error": "\(error)"])
            close()
        }
    }

    private func connectionEnded() {
        if case .closed = phase { return }
        let ended = phase
        phase = .closed
        queue.removeAll()
        releaseBodies()
        registry.remove(self)
        if case .responding(let exchange) = ended { exchange.clientLeft() }
    }

    func close() {
        context?.close(promise: nil)
    }

    /// Stops after the answer in progress; at once if there is none.
    func drain() {
        switch phase {
        case .idle: closeWhenWritten()
        case .lingering: close()
        case .reading, .responding: closeAfterResponse = true
        case .closing, .closed: break
        }
    }

    /// Ends the connection once the client has taken what was written; deadlines watch that it does.
    ///
    /// - Parameter swallowing: whether more may come from the client. Closing with unread bytes in the socket makes
    ///   the kernel send a reset, which can destroy the answer on its way.
    func closeWhenWritten(swallowing: Bool = false) {
        guard let context else { return }
        phase = .closing
        queue.removeAll()
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            guard let self, case .closing = phase else { return }
            if swallowing { linger() } else { close() }
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
        if readWanted {
            readWanted = false
            context.read()
        }
    }

    private func linger() {
        phase = .lingering
        lingerUntil = .now() + configuration.lingerDeadline
        context?.close(mode: .output, promise: nil)
        context?.read()
    }

    /// The bodies this connection held are gone.
    func releaseBodies() {
        registry.heldBytes -= heldBytes
        heldBytes = 0
    }
}
