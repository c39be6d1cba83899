import FakeProvider
import NIOCore
import NIOPosix
import Synchronization
import WireJSON

/// A socket client that hides nothing: bytes in, bytes out, and how the connection ended.
final class RawClient: Sendable {
    enum End: Sendable { case fin, reset }

    struct Failure: Error {}

    private struct State {
        var bytes: [UInt8] = []
        var end: End?
        var waiter: (test: @Sendable ([UInt8], End?) -> Bool, continuation: CheckedContinuation<Void, Never>)?
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let client: RawClient
        private var wasReset = false

        init(_ client: RawClient) { self.client = client }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let part = Array(unwrapInboundIn(data).readableBytesView)
            client.change { state in
                state.bytes += part
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            wasReset = true
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            let end: End = wasReset ? .reset : .fin
            client.change { $0.end = end }
        }
    }

    private let state = Mutex(State())
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    static func connect(_ port: Int) async throws -> RawClient {
        let client = RawClient()
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(client))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        client.channel.withLock { $0 = channel }
        return client
    }

    private func change(_ change: (inout State) -> Void) {
        let ready = state.withLock { state in
            change(&state)
            guard let waiter = state.waiter, waiter.test(state.bytes, state.end) else {
                return nil as CheckedContinuation<Void, Never>?
            }
            state.waiter = nil
            return waiter.continuation
        }
        ready?.resume()
    }

    /// Waits until the bytes so far satisfy `test`, or the connection is over.
    func wait(_ test: @escaping @Sendable ([UInt8]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.end != nil || test(state.bytes) { return true }
                state.waiter = ({ bytes, end in end != nil || test(bytes) }, continuation)
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    func wait(forText text: String) async {
        await wait { RawAnswer.find(text, in: $0, from: 0) != nil }
    }

    /// Waits for the end of the connection.
    func end() async -> End {
        await wait { _ in false }
        return state.withLock { $0.end } ?? .fin
    }

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    func send(_ bytes: [UInt8]) async throws {
        guard let channel = channel.withLock({ $0 }) else { throw Failure() }
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// The next whole answer, taken off the bytes; what there is of it when the connection ends first.
    func answer() async throws -> RawAnswer {
        await wait { RawAnswer.parse($0, isOver: false) != nil }
        let answer = state.withLock { state -> RawAnswer? in
            guard let answer = RawAnswer.parse(state.bytes, isOver: state.end != nil) else { return nil }
            state.bytes.removeFirst(min(answer.length, state.bytes.count))
            return answer
        }
        guard let answer else { throw Failure() }
        return answer
    }

    func close() async {
        try? await channel.withLock { $0 }?.close()
    }
}

extension RawClient {
    /// Writes one request with a length and sends it.
    func request(
        _ method: String, _ path: String, _ headers: [String: String] = [:], body: [UInt8] = []
    ) async throws {
        var head = "\(method) \(path) HTTP/1.1\r\nhost: fake\r\ncontent-length: \(body.count)\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        try await send(Array((head + "\r\n").utf8) + body)
    }

    func post(_ path: String, _ body: JSONValue, _ headers: [String: String] = [:]) async throws {
        try await request("POST", path, headers, body: body.bytes)
    }
}
