import NIOCore
import NIOPosix
import Synchronization

@testable import RedisClient

/// Answers commands as a test tells it to, in bytes.
struct FakeServer: Sendable {
    enum Answer: Sendable {
        case bytes(String)
        case raw([UInt8])
        case silence
        case close
    }

    let port: Int
    let record: Record

    var url: String { "redis://127.0.0.1:\(self.port)" }

    /// - Parameter answer: Asked for each command; nil for what a plain server answers while a client connects.
    static func run<Result: Sendable>(
        _ answer: @escaping @Sendable ([String]) -> Answer?, _ body: @Sendable (FakeServer) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let record = Record()
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    record.log.withLock { $0.connections += 1 }
                    try channel.pipeline.syncOperations.addHandler(FakeServerHandler(answer: answer, record: record))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(
                try await body(FakeServer(port: channel.localAddress?.port ?? 0, record: record)))
        } catch {
            result = .failure(error)
        }
        try await channel.close()
        try await group.shutdownGracefully()
        return try result.get()
    }

    /// What a fake server saw.
    final class Record: Sendable {
        struct Log: Sendable {
            var commands: [[String]] = []
            var connections = 0
            /// Most commands that came in one read.
            var mostAtOnce = 0
        }

        let log = Mutex(Log())

        /// The commands with this name.
        func commands(_ name: String) -> [[String]] {
            self.log.withLock { $0.commands.filter { $0.first == name } }
        }
    }
}

/// One connection of a ``FakeServer``. Commands have the form of replies, so the client's own reader reads them.
private final class FakeServerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: @Sendable ([String]) -> FakeServer.Answer?
    private let record: FakeServer.Record
    private let reader = ReplyReader(maxBytes: 1 << 20, maxElements: 1 << 16)

    init(answer: @escaping @Sendable ([String]) -> FakeServer.Answer?, record: FakeServer.Record) {
        self.answer = answer
        self.record = record
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var commands: [[String]] = []
        do {
            try self.reader?.feed(self.unwrapInboundIn(data))
            while let command = try self.reader?.next() {
                commands.append((command.elements ?? []).map { $0.string ?? "" })
            }
        } catch {
            context.close(promise: nil)
        }
        self.record.log.withLock { log in
            log.commands += commands
            log.mostAtOnce = max(log.mostAtOnce, commands.count)
        }
        for command in commands {
            switch self.answer(command) ?? Self.usual(command) {
            case .bytes(let text): self.write(Array(text.utf8), context)
            case .raw(let bytes): self.write(bytes, context)
            case .silence: break
            case .close: context.close(promise: nil)
            }
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    private static func usual(_ command: [String]) -> FakeServer.Answer {
        switch command.first {
        case "PING": .bytes("+PONG\r\n")
        case "INFO": .bytes("$17\r\ncluster_enabled:0\r\n")
        case "CLUSTER": .bytes("-ERR This instance has cluster support disabled\r\n")
        default: .bytes("+OK\r\n")
        }
    }
}
