import NIOCore
import NIOPosix

/// Accepts connections, waits for the first bytes, and answers them with the same text whatever they are.
final class PlainServer: Sendable {
    private let channel: any Channel

    private init(channel: any Channel) {
        self.channel = channel
    }

    /// - Parameters:
    ///   - answer: nil for none.
    ///   - closes: Whether it closes the connection then.
    static func start(answer: String?, closes: Bool = false) async throws -> PlainServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Parrot(answer: answer, closes: closes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return PlainServer(channel: channel)
    }

    var port: Int { self.channel.localAddress?.port ?? 0 }

    func stop() async {
        try? await self.channel.close()
    }
}

private final class Parrot: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String?
    private let closes: Bool

    init(answer: String?, closes: Bool) {
        self.answer = answer
        self.closes = closes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let answer = self.answer {
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        }
        if self.closes { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
