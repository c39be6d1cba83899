import Dialects
import Gateway
import NIOCore
import NIOHTTP1

/// The response side of one request on a connection. See ``Gateway/ResponseWriter``.
///
/// `@unchecked Sendable`: confined to the connection's event loop. The task that holds it is pinned there by
/// ``EventLoopExecutor``; every entry point checks that in debug builds.
final class Exchange: ResponseWriter, @unchecked Sendable {
    private enum Stage { case waiting, begun, ended }

    private weak var connection: ConnectionHandler?
    private let eventLoop: any EventLoop
    private var stage = Stage.waiting
    private var writable: CheckedContinuation<Void, Never>?
    private(set) var isClientGone = false
    var outlivesClient = false

    /// A HEAD request gets headers only.
    private let withoutBody: Bool
    /// The head that a keep-alive comment sends if nothing was sent before.
    private(set) var keepAliveHeaders: HeaderBlock?
    private(set) var lastWrite: NIODeadline
    /// Set by the connection once the task exists.
    var task: Task<Void, Never>?

    init(connection: ConnectionHandler, eventLoop: any EventLoop, withoutBody: Bool, now: NIODeadline) {
        self.connection = connection
        self.eventLoop = eventLoop
        self.withoutBody = withoutBody
        self.lastWrite = now
    }

    var hasBegun: Bool { stage != .waiting }

    func respond(status: HTTPResponseStatus, headers: HeaderBlock, body: [UInt8]) {
        eventLoop.assertInEventLoop()
        guard stage == .waiting, let connection else { return }
        stage = .ended
        connection.writeWhole(status: status, headers: headers, body: withoutBody ? [] : body, length: body.count)
        connection.responseEnded(self)
    }

    func begin(status: HTTPResponseStatus, headers: HeaderBlock) {
        eventLoop.assertInEventLoop()
        guard stage == .waiting, let connection else { return }
        stage = .begun
        connection.writeHead(status: status, headers: headers)
    }

    func send(_ bytes: [UInt8]) {
        eventLoop.assertInEventLoop()
        guard !isClientGone, stage == .begun, let connection else { return }
        if bytes.isEmpty || withoutBody { return }
        lastWrite = .now()
        connection.writeBody(bytes)
    }

    var isBackedUp: Bool { connection.map { !$0.isWritable } ?? false }

    func drained() async throws(ClientGone) {
        eventLoop.assertInEventLoop()
        if !isClientGone, isBackedUp {
            await withCheckedContinuation { writable = $0 }
        }
        if isClientGone { throw ClientGone() }
    }

    func finish() {
        eventLoop.assertInEventLoop()
        guard stage == .begun, let connection else { return }
        stage = .ended
        // A HEAD request's answer ends with its head.
        if withoutBody { connection.isChunked = false }
        connection.writeEnd()
        connection.responseEnded(self)
    }

    func abort() {
        eventLoop.assertInEventLoop()
        guard stage != .ended else { return }
        stage = .ended
        connection?.close()
    }

    func keepAlive(headers: HeaderBlock) {
        keepAliveHeaders = headers
    }

    // MARK: Called by the connection

    /// A handler that returned without an answer is a defect of ours; the client must not wait for it.
    func endIfForgotten() {
        switch stage {
        case .ended: break
        case .waiting where isClientGone: stage = .ended
        case .waiting:
            let error = WireError(
                status: 500, type: "server_error", code: "internal_error", message: "The request was not answered.")
            respond(
                status: .internalServerError, headers: ["content-type": "application/json"], body: error.encoded())
        case .begun: abort()
        }
    }

    func clientWritable() {
        guard let waiter = writable else { return }
        writable = nil
        waiter.resume()
    }

    func clientLeft() {
        isClientGone = true
        if stage != .ended, !outlivesClient { task?.cancel() }
        clientWritable()
    }

    /// Sends a comment when the stream was silent for `interval` and the client is reading.
    func sendKeepAliveComment(now: NIODeadline, after interval: TimeAmount) {
        guard let keepAliveHeaders, stage != .ended, !isBackedUp, now - lastWrite >= interval else { return }
        if stage == .waiting { begin(status: .ok, headers: keepAliveHeaders) }
        lastWrite = now
        connection?.writeBody(Array(": keep-alive\n\n".utf8))
    }
}
