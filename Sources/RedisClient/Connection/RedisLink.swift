import NIOCore

/// One connection: greets the server (`AUTH`, `SELECT`, `PING`), then hands each reply to its consumer.
// Confined to its channel's event loop.
final class RedisLink: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let reader: ReplyReader
    private let greeting: [RedisCommand]
    private let opened: EventLoopPromise<RedisLink>
    private var context: ChannelHandlerContext?
    private var greeted = 0
    private var failure: RedisFailure?
    private var isClosed = false
    /// Set when ``opened`` succeeds. The link and its consumer hold each other until the link is closed.
    var consumer: (any LinkConsumer)?

    /// - Parameters:
    ///   - greeting: Each must be answered without an error.
    ///   - opened: Completed when that has happened, or failed with a ``RedisFailure``.
    init(reader: ReplyReader, greeting: [RedisCommand], opened: EventLoopPromise<RedisLink>) {
        self.reader = reader
        self.greeting = greeting
        self.opened = opened
    }

    var isWritable: Bool { self.context?.channel.isWritable ?? false }

    func send(_ bytes: ByteBuffer) {
        guard let context, !self.isClosed else { return }
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
    }

    /// Tells the consumer, at once, and closes the channel.
    func close(_ failure: RedisFailure) {
        self.end(failure)
        self.context?.close(promise: nil)
    }

    private func end(_ failure: RedisFailure) {
        guard !self.isClosed else { return }
        self.isClosed = true
        self.opened.fail(failure)
        let consumer = self.consumer
        self.consumer = nil
        consumer?.linkClosed(failure)
    }

    // MARK: - ChannelInboundHandler

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end(self.failure ?? .disconnected("the channel was torn down"))
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        var bytes = context.channel.allocator.buffer(capacity: 256)
        for command in self.greeting { bytes.writeCommand(command) }
        self.send(bytes)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end(self.failure ?? .disconnected("closed by the server"))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { self.consumer?.linkBecameWritable() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.close(.disconnected("\(error)"))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.isClosed else { return }
        do throws(ReplyViolation) {
            try self.reader.feed(self.unwrapInboundIn(data))
            while !self.isClosed, let reply = try self.reader.next() { self.take(reply) }
        } catch {
            self.close(.protocolViolation(error.reason))
        }
    }

    private func take(_ reply: RedisReply) {
        guard self.greeted < self.greeting.count else {
            self.consumer?.linkReceived(reply)
            return
        }
        if case .error(let error) = reply {
            self.close(.disconnected("the server refused the connection: \(error.message)"))
            return
        }
        self.greeted += 1
        if self.greeted == self.greeting.count { self.opened.succeed(self) }
    }
}
