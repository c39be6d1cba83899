import NIOCore

/// Sits before the HTTP decoder and notes when the first byte of a request's head arrives, which the decoder
/// does not tell: a client that drips its head must not live longer than one that sends none.
final class FirstByteHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler

    init(_ connection: ConnectionHandler) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .idle = connection.phase, connection.headStartedAt == nil {
            // Empty lines before a request belong to no head (RFC 9112, 2.2).
            let bytes = unwrapInboundIn(data).readableBytesView
            if bytes.contains(where: { $0 != 13 && $0 != 10 }) { connection.headStartedAt = .now() }
        }
        context.fireChannelRead(data)
    }
}
