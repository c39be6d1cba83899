import NIOCore
import NIOHTTP1

/// One client connection: collects a request, plays its answer, takes the next.
///
/// The response is written as plain bytes instead of through NIO's encoder, since most faults are answers that an
/// encoder would not let through.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// Requests a client may send ahead; more than this closes the connection.
    private static let maxPipelined = 32

    private let core: ServerCore
    private var number = 0
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var isTooLarge = false
    private var waiting: [FakeRequest] = []
    private var player: Player?
    private var isClosing = false

    init(core: ServerCore) {
        self.core = core
    }

    func channelActive(context: ChannelHandlerContext) {
        number = core.connectionOpened()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        core.connectionClosed()
        if let player, !isClosing, !core.isStopping { peerClosed(player) }
        player?.cancel()
        player = nil
        waiting = []
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.close(promise: nil) }
        if isClosing { return }
        // Garbage behind a good request ends the connection without a second answer inside the first.
        if player == nil {
            var bytes: [UInt8] = []
            let headers = [FakeHeader("content-length", "0"), FakeHeader("connection", "close")]
            PlaybackBuilder.write(status: 400, reason: nil, headers: headers, to: &bytes)
            context.write(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        }
        close(context)
    }

    private func peerClosed(_ player: Player) {
        let closure = RecordedRequest.PeerClosure(
            afterChunks: player.chunks, afterBytes: player.sent, at: NIODeadline.now().uptimeNanoseconds)
        core.recorder.update(player.id) { $0.closedByPeer = closure }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isClosing { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ByteBuffer()
            isTooLarge = false
            if head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
                let line = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
                context.writeAndFlush(wrapOutboundOut(line), promise: nil)
            }
        case .body(var part):
            if body.readableBytes + part.readableBytes > core.options.maxRequestBytes {
                isTooLarge = true
            } else {
                body.writeBuffer(&part)
            }
        case .end: requestEnded(context)
        }
    }

    private func requestEnded(_ context: ChannelHandlerContext) {
        guard let head else { return }
        self.head = nil
        let request = FakeRequest(
            method: head.method.rawValue, uri: head.uri, headers: head.headers.map { FakeHeader($0.name, $0.value) },
            body: isTooLarge ? [] : Array(body.readableBytesView), keepAlive: head.isKeepAlive && !isTooLarge,
            allowsChunked: head.version != .http1_0)
        body = ByteBuffer()
        if isTooLarge {
            let failure = FakeFailure(kind: .tooLarge).answer(in: FakeRoute(request).dialect)
            start(PlaybackBuilder(behaviour: FakeBehaviour(), request: request).playback(of: failure), id: 0, context)
        } else if player == nil {
            answer(request, context)
        } else if waiting.count < Self.maxPipelined {
            waiting.append(request)
        } else {
            close(context)
        }
    }

    private func answer(_ request: FakeRequest, _ context: ChannelHandlerContext) {
        let (playback, id) = core.respond(to: request, connection: number)
        start(playback, id: id, context)
    }

    private func start(_ playback: Playback, id: Int, _ context: ChannelHandlerContext) {
        player = Player(playback, id: id)
        play(context)
    }

    // MARK: Answers

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, player?.isBlocked == true {
            player?.isBlocked = false
            play(context)
        }
        context.fireChannelWritabilityChanged()
    }

    /// Sends until a pause, a full socket or the end.
    private func play(_ context: ChannelHandlerContext) {
        while !isClosing, let step = player?.next(isWritable: context.channel.isWritable) {
            switch step {
            case .write(let bytes):
                context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
                report()
            case .pause(let deadline):
                schedule(deadline, context)
                return
            case .blocked: return
            case .end(let ending):
                end(ending, context)
                return
            }
        }
    }

    private func schedule(_ deadline: NIODeadline, _ context: ChannelHandlerContext) {
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            guard let self, self.player != nil else { return }
            self.player?.pauseIsOver()
            self.play(context)
        }
        player?.timer = task
    }

    private func report() {
        guard core.recorder.isOn, let player, player.id > 0 else { return }
        core.recorder.update(player.id) { request in
            request.chunksSent = player.chunks
            request.bytesSent = player.sent
        }
    }

    private func end(_ ending: Playback.Ending, _ context: ChannelHandlerContext) {
        // A silent answer stays under way until the peer leaves.
        if ending == .silence { return }
        if let player, player.id > 0 { core.recorder.update(player.id) { $0.isAnswered = true } }
        player = nil
        switch ending {
        case .keepAlive:
            if !waiting.isEmpty { answer(waiting.removeFirst(), context) }
        case .close: close(context)
        case .reset: reset(context)
        case .silence: break
        }
    }

    /// Closes once everything written before has left.
    private func close(_ context: ChannelHandlerContext) {
        isClosing = true
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    private func reset(_ context: ChannelHandlerContext) {
        isClosing = true
        guard let socket = context.channel as? any SocketOptionProvider else { return context.close(promise: nil) }
        socket.setSoLinger(AbruptClose.option).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}
