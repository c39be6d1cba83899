import NIOCore

/// Stands below TLS in a server's pipeline, where the connection can be ended without the TLS layer's farewell.
final class WireEnd: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    static func close(_ channel: any Channel) {
        channel.eventLoop.execute {
            let context = try? channel.pipeline.syncOperations.context(handlerType: WireEnd.self)
            if let context { context.close(promise: nil) } else { channel.close(promise: nil) }
        }
    }
}
