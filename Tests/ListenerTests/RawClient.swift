import NIOCore
import NIOPosix
import Synchronization

/// A TCP client that sends bytes as told and collects what comes back, so that tests see the wire and not a
/// client library's idea of it.
final class RawClient: Sendable {
    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        struct State {
            var text = ""
            var isClosed = false
            var waiters: [(until: @Sendable (String, Bool) -> Bool, promise: EventLoopPromise<String>)] = []
        }

        let state = Mutex(State())

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            update { $0.text += String(decoding: bytes.readableBytesView, as: UTF8.self) }
        }

        func channelInactive(context: ChannelHandlerContext) { update { $0.isClosed = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func update(_ change: (inout State) -> Void) {
            let (ready, text) = state.withLock { state in
                change(&state)
                var ready: [EventLoopPromise<String>] = []
                state.waiters.removeAll { waiter in
                    guard waiter.until(state.text, state.isClosed) else { return false }
                    ready.append(waiter.promise)
                    return true
                }
                return (ready, state.text)
            }
            for promise in ready { promise.succeed(text) }
        }
    }

    let channel: any Channel
    private let collector: Collector

    static func connect(port: Int, receiveBuffer: Int32? = nil) async throws -> RawClient {
        let collector = Collector()
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in channel.pipeline.addHandler(collector) }
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: SocketOptionValue(receiveBuffer))
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
        return RawClient(channel: channel, collector: collector)
    }

    private init(channel: any Channel, collector: Collector) {
        self.channel = channel
        self.collector = collector
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }
    func startReading() async throws { try await channel.setOption(.autoRead, value: true).get() }
    func close() async throws { try await channel.close() }

    var received: String { collector.state.withLock { $0.text } }

    /// Everything received once `condition` holds; what came until then after ten seconds.
    func receive(until condition: @escaping @Sendable (_ text: String, _ closed: Bool) -> Bool) async throws -> String {
        let promise = channel.eventLoop.makePromise(of: String.self)
        let ready: String? = collector.state.withLock { state in
            if condition(state.text, state.isClosed) { return state.text }
            state.waiters.append((condition, promise))
            return nil
        }
        if let ready { promise.succeed(ready) }
        let timeout = channel.eventLoop.scheduleTask(in: .seconds(10)) { [collector] in
            promise.succeed(collector.state.withLock { $0.text + "\n<timeout>" })
        }
        defer { timeout.cancel() }
        return try await promise.futureResult.get()
    }

    func receive(_ count: Int = 1, of marker: String) async throws -> String {
        try await receive { text, closed in text.occurrences(of: marker) >= count || closed }
    }

    func receiveUntilClosed() async throws -> String { try await receive { _, closed in closed } }
}

extension String {
    func occurrences(of marker: String) -> Int {
        var count = 0
        var rest = self[...]
        while let found = rest.firstRange(of: marker) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
