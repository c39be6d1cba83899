import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

/// An HTTP/2 server over TLS that leaves every frame of the answers to the test.
final class HTTP2TestServer: Sendable {
    /// Called on the connection's event loop when a request is complete.
    typealias Behaviour = @Sendable (HTTP2TestStream) -> Void

    private struct Seen {
        var connections: [HTTP2TestConnection] = []
        var streams: [HTTP2TestStream] = []
    }

    private let channel: any Channel
    private let seen: Mutex<Seen>.Box

    private init(channel: any Channel, seen: Mutex<Seen>.Box) {
        self.channel = channel
        self.seen = seen
    }

    static func start(
        tls: NIOSSLContext, maxStreams: Int, behaviour: @escaping Behaviour
    ) async throws -> HTTP2TestServer {
        let seen = Mutex<Seen>.Box(Seen())
        var connectionConfiguration = NIOHTTP2Handler.ConnectionConfiguration()
        connectionConfiguration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: maxStreams)
        ]
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [connectionConfiguration] channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = seen.value.withLock { seen in
                        let connection = HTTP2TestConnection(number: seen.connections.count, channel: channel)
                        seen.connections.append(connection)
                        return connection
                    }
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(WireEnd())
                    try pipeline.addHandler(NIOSSLServerHandler(context: tls))
                    _ = try pipeline.configureHTTP2Pipeline(
                        mode: .server, connectionConfiguration: connectionConfiguration, streamConfiguration: .init()
                    ) { stream in
                        stream.eventLoop.makeCompletedFuture {
                            try stream.pipeline.syncOperations.addHandler(
                                HTTP2RequestReader { head, body in
                                    let request = HTTP2TestStream(
                                        connection: connection, head: head, body: body, channel: stream)
                                    seen.value.withLock { $0.streams.append(request) }
                                    behaviour(request)
                                    return request
                                })
                        }
                    }
                    channel.closeFuture.whenComplete { _ in connection.closed.fire() }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return HTTP2TestServer(channel: channel, seen: seen)
    }

    var port: Int { self.channel.localAddress?.port ?? 0 }
    /// In order of acceptance.
    var connections: [HTTP2TestConnection] { self.seen.value.withLock { $0.connections } }
    /// Complete requests, in order of completion.
    var streams: [HTTP2TestStream] { self.seen.value.withLock { $0.streams } }

    func stop() async {
        try? await self.channel.close()
        for connection in self.connections { connection.cut() }
    }
}

/// Puts one stream's request together.
private final class HTTP2RequestReader: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload

    private let complete: (HPACKHeaders, [UInt8]) -> HTTP2TestStream
    private var head = HPACKHeaders()
    private var body: [UInt8] = []
    private var stream: HTTP2TestStream?

    init(complete: @escaping (HPACKHeaders, [UInt8]) -> HTTP2TestStream) {
        self.complete = complete
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var isLast = false
        switch self.unwrapInboundIn(data) {
        case .headers(let headers):
            self.head = headers.headers
            isLast = headers.endStream
        case .data(let data):
            if case .byteBuffer(let bytes) = data.data { self.body.append(contentsOf: bytes.readableBytesView) }
            isLast = data.endStream
        default:
            break
        }
        if isLast { self.stream = self.complete(self.head, self.body) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let closed = error as? NIOHTTP2Errors.StreamClosed { self.stream?.resetByClient(closed.errorCode) }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.stream?.closed.fire()
    }
}
