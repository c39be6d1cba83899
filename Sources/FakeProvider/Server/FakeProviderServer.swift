package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A fake upstream that speaks every provider's dialect and misbehaves on command.
///
/// One port serves all dialects, told apart by path: OpenAI (`/v1/…`), Azure (`/openai/deployments/…`), Groq
/// (`/openai/v1/…`), OpenRouter (`/api/v1/…`), Ollama (`/api/chat`, or `as=ollama`), Anthropic (`/v1/messages`), Gemini
/// (`/v1beta/models/…`) and n8n (`/webhook/…`). ``FakeBehaviour`` has the grammar of faults, ``ScriptedAnswer`` gives
/// exact bytes, and ``requests`` tells what arrived.
package final class FakeProviderServer: Sendable {
    private struct State {
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: any Channel] = [:]
    }

    private let core: ServerCore
    private let group: any EventLoopGroup
    private let logger: Logger?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - group: the event loops to run on; they are not shut down by the server.
    ///   - logger: told about start and stop; requests are not logged.
    /// - Throws: ``FakeSpecError`` when the options' default spec cannot be read.
    package init(
        options: FakeProviderOptions = FakeProviderOptions(),
        group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup, logger: Logger? = nil
    ) throws(FakeSpecError) {
        core = try ServerCore(options: options)
        self.group = group
        self.logger = logger
    }

    // MARK: Life

    /// Listens, and answers from then on.
    ///
    /// - Parameter port: 0 lets the system choose.
    /// - Returns: the port.
    /// - Throws: ``FakeProviderError/alreadyStarted``, or the system's error.
    @discardableResult
    package func start(host: String = "127.0.0.1", port: Int = 0) async throws -> Int {
        guard state.withLock({ $0.listener == nil }) else { throw FakeProviderError.alreadyStarted }
        core.isStopping = false
        let listener = try await bootstrap().bind(host: host, port: port).get()
        let isFirst = state.withLock { state in
            if state.listener == nil { state.listener = listener }
            return state.listener === listener
        }
        guard isFirst else {
            try await listener.close()
            throw FakeProviderError.alreadyStarted
        }
        guard let bound = listener.localAddress?.port else { throw FakeProviderError.noPort }
        logger?.info("fake provider listens", metadata: ["host": "\(host)", "port": "\(bound)"])
        return bound
    }

    private func bootstrap() -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 256)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                self.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
                    try channel.pipeline.syncOperations.addHandler(decoder)
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(core: self.core))
                }
            }
    }

    private func add(_ channel: any Channel) {
        // Accepted just before the listener was closed.
        if core.isStopping { return channel.close(promise: nil) }
        let id = ObjectIdentifier(channel)
        state.withLock { $0.connections[id] = channel }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { $0.connections[id] = nil }
        }
    }

    /// Stops listening and closes every connection, answers under way included. A second call does nothing.
    package func stop() async {
        core.isStopping = true
        let listener = state.withLock { state in
            defer { state.listener = nil }
            return state.listener
        }
        try? await listener?.close()
        for channel in state.withLock({ Array($0.connections.values) }) {
            try? await channel.close()
        }
        logger?.info("fake provider stopped")
    }

    // MARK: What arrived

    /// The last requests, oldest first.
    package var requests: [RecordedRequest] { core.recorder.requests }

    package func clearRequests() { core.recorder.clear() }

    package var connections: ConnectionCounters { core.connections }

    /// Waits for a request that matches, one already recorded included. The predicate is asked again whenever a
    /// request's progress changes, so it can wait for chunks sent or for the client's going away.
    ///
    /// - Throws: ``FakeProviderError/timedOut``; `CancellationError` when the task is cancelled.
    package func waitForRequest(
        timeout: Duration = .seconds(30), where predicate: @escaping @Sendable (RecordedRequest) -> Bool = { _ in true }
    ) async throws -> RecordedRequest {
        let recorder = core.recorder
        let id = recorder.newWaiter()
        let timer = group.next().scheduleTask(in: .microseconds(Int64(timeout.microseconds))) {
            recorder.finish(id, .failure(FakeProviderError.timedOut))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { recorder.wait(id, predicate, $0) }
        } onCancel: {
            recorder.finish(id, .failure(CancellationError()))
        }
    }

    // MARK: What is answered

    /// Answers the next requests that match with exactly these bytes; scripts are used in the order they were given.
    ///
    /// - Parameter times: how many requests; nil for all to come.
    package func script(_ answer: ScriptedAnswer, for match: RequestMatch = .any, times: Int? = 1) {
        core.scripts.add(answer, match, times: times)
    }

    package func clearScripts() { core.scripts.clear() }

    /// Scripts that still wait for a request.
    package var pendingScripts: Int { core.scripts.count }

    /// Replaces the spec that every request starts from.
    package func setDefaultSpec(_ text: String) throws(FakeSpecError) {
        try core.setDefaultSpec(text)
    }
}
