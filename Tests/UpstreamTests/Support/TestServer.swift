import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An HTTP/1.1 server that parses just enough to know when a request is complete and leaves every byte of the answer
/// to the test.
final class TestServer: Sendable {
    struct Request: Sendable {
        var method: String
        var target: String
        /// The head as it came, without the empty line.
        var head: String
        var body: [UInt8]
        var connection: TestConnection

        func header(_ name: String) -> String? {
            let prefix = name.lowercased() + ":"
            let line = self.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(prefix) }
            return line.map { $0.dropFirst(prefix.count).trimmingPrefix { $0 == " " } }.map(String.init)
        }
    }

    typealias Behaviour = @Sendable (Request) -> Void

    private let channel: any Channel
    private let accepted: Mutex<[TestConnection]>.Box

    private init(channel: any Channel, accepted: Mutex<[TestConnection]>.Box) {
        self.channel = channel
        self.accepted = accepted
    }

    /// - Parameter readsBodies: false leaves everything after the head unread, so that the client's sending stalls.
    static func start(
        host: String = "127.0.0.1", tls: NIOSSLContext? = nil, readsBodies: Bool = true,
        behaviour: @escaping Behaviour
    ) async throws -> TestServer {
        let accepted = Mutex<[TestConnection]>.Box([])
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = accepted.value.withLock { all in
                        let connection = TestConnection(number: all.count, channel: channel)
                        all.append(connection)
                        return connection
                    }
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(WireEnd())
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        RequestReader(connection: connection, readsBodies: readsBodies, behaviour: behaviour))
                }
            }
            .bind(host: host, port: 0).get()
        return TestServer(channel: channel, accepted: accepted)
    }

    var port: Int { self.channel.localAddress?.port ?? 0 }
    var connections: [TestConnection] { self.accepted.value.withLock { $0 } }

    func stop() async {
        try? await self.channel.close()
        for connection in self.connections { connection.close() }
    }
}

extension Mutex where Value: Sendable {
    /// A lock that can be captured.
    final class Box: Sendable {
        let value: Mutex<Value>
        init(_ initial: Value) { self.value = Mutex(initial) }
    }
}

/// Cuts the byte stream into requests.
private final class RequestReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: TestConnection
    private let readsBodies: Bool
    private let behaviour: TestServer.Behaviour
    private var buffer: [UInt8] = []

    init(connection: TestConnection, readsBodies: Bool, behaviour: @escaping TestServer.Behaviour) {
        self.connection = connection
        self.readsBodies = readsBodies
        self.behaviour = behaviour
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.buffer.append(contentsOf: self.unwrapInboundIn(data).readableBytesView)
        while let request = self.nextRequest(context) {
            self.connection.requests.wrappingAdd(1, ordering: .sequentiallyConsistent)
            self.behaviour(request)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.connection.closed.fire()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func nextRequest(_ context: ChannelHandlerContext) -> TestServer.Request? {
        guard let end = self.endOfHead else { return nil }
        let head = String(decoding: self.buffer[..<end], as: UTF8.self)
        let line = head.prefix { $0 != "\r\n" }.split(separator: " ")
        var request = TestServer.Request(
            method: String(line.first ?? ""), target: line.count > 1 ? String(line[1]) : "", head: head, body: [],
            connection: self.connection)
        let length = request.header("content-length").flatMap { Int($0) } ?? 0
        if !self.readsBodies, length > 0 {
            _ = context.channel.setOption(.autoRead, value: false)
            self.buffer = []
            return request
        }
        guard self.buffer.count >= end + 4 + length else { return nil }
        request.body = Array(self.buffer[(end + 4)..<(end + 4 + length)])
        self.buffer.removeFirst(end + 4 + length)
        return request
    }

    private var endOfHead: Int? {
        let mark: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        guard self.buffer.count >= 4 else { return nil }
        return (0...(self.buffer.count - 4)).first { self.buffer[$0..<($0 + 4)].elementsEqual(mark) }
    }
}
