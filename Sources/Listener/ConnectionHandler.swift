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
        if context.channel.isWritable, case .responding(let exchange) = phase { exchange.clientWritable() }
        context.fireChannelWritabilityChanged()
    }

    /// While a request is being answered, nothing more is read: a client that pipelines without reading fills
    /// its own socket, not our memory. A disconnect is still seen, epoll reports it without a read.
    func read(context: ChannelHandlerContext) {
        if case .responding = phase { readWanted = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            rejectUnparsable(error)
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
        registry.remove(self)
        if case .responding(let exchange) = ended { exchange.clientLeft() }
    }

    func close() {
        context?.close(promise: nil)
    }

    /// Stops after the answer in progress; at once if there is none.
    func drain() {
        switch phase {
        case .idle, .lingering: close()
        case .reading, .responding: closeAfterResponse = true
        case .closed: break
        }
    }
}
