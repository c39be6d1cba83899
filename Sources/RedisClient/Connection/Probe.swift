import NIOCore

/// A connection for a few questions: opened, asked, closed.
// Confined to its event loop.
final class Probe: LinkConsumer, @unchecked Sendable {
    private let answered: EventLoopPromise<[RedisReply]>
    private let expected: Int
    private var replies: [RedisReply] = []

    private init(expecting expected: Int, answered: EventLoopPromise<[RedisReply]>) {
        self.expected = expected
        self.answered = answered
    }

    /// The replies in the order of the commands, errors among them. Takes at most twice
    /// ``RedisConfiguration/connectTimeout``; the future fails with a ``RedisFailure``.
    static func ask(
        _ address: RedisAddress, _ commands: [[RedisArgument]], authenticated: Bool = true, dialer: Dialer,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<[RedisReply]> {
        dialer.dial(address, authenticated: authenticated, on: eventLoop).flatMap { link in
            let answered = eventLoop.makePromise(of: [RedisReply].self)
            link.consumer = Probe(expecting: commands.count, answered: answered)
            var bytes = ByteBuffer()
            for command in commands { bytes.writeCommand(.arguments(command)) }
            link.send(bytes)
            let limit = eventLoop.scheduleTask(in: dialer.configuration.connectTimeout) {
                link.close(.unavailable("\(address) did not answer in time"))
            }
            return answered.futureResult.always { _ in
                limit.cancel()
                link.close(.closed)
            }
        }
    }

    func linkReceived(_ reply: RedisReply) {
        self.replies.append(reply)
        if self.replies.count == self.expected { self.answered.succeed(self.replies) }
    }

    func linkClosed(_ failure: RedisFailure) {
        self.answered.fail(failure)
    }

    func linkBecameWritable() {}
}
