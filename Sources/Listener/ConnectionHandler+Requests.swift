import Dialects
import Gateway
import Logging
import NIOCore
import NIOHTTP1

/// From parts to requests.
extension ConnectionHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch phase {
        case .idle, .reading: receive(part)
        case .responding: queue.append(part)
        case .lingering, .closed: break
        }
    }

    private func receive(_ part: HTTPServerRequestPart) {
        switch (part, phase) {
        case (.head(let head), _):
            begin(head)
        case (.body(let bytes), .reading(var request)):
            // Taken out while it grows: two owners would make each append copy the body.
            phase = .idle
            append(bytes, to: &request)
        case (.end, .reading(let request)):
            dispatch(request)
        case (.body, _), (.end, _):
            break
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        let now = NIODeadline.now()
        headStartedAt = nil
        requestVersion = head.version
        if !head.isKeepAlive { closeAfterResponse = true }
        var request = RequestInProgress(
            head: head, startedAt: now, bodyDeadline: now + configuration.bodyStallDeadline)
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }) {
            guard length <= configuration.bodyLimit else { return rejectTooLarge(request) }
            // A promise of length is believed up to a point only: the memory is taken as the bytes come.
            request.body.reserveCapacity(min(length, 256 << 10))
        }
        phase = .reading(request)
        if head.headers.contains(name: "expect") { answerExpectation(head, request) }
    }

    /// RFC 9110, 10.1.1: an expectation we cannot meet is 417; clients of HTTP/1.0 must be ignored.
    private func answerExpectation(_ head: HTTPRequestHead, _ request: RequestInProgress) {
        guard head.version == .http1_1 else { return }
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            context?.writeAndFlush(wrapOutboundOut(ResponseEncoder.continue), promise: nil)
        } else {
            reject(
                request,
                WireError(
                    status: 417, type: "invalid_request_error",
                    message: "The only expectation this server meets is 100-continue; leave out the Expect header."))
        }
    }

    private func append(_ bytes: ByteBuffer, to request: inout RequestInProgress) {
        guard request.body.count + bytes.readableBytes <= configuration.bodyLimit else {
            return rejectTooLarge(request)
        }
        request.body.append(contentsOf: bytes.readableBytesView)
        if request.body.count >= request.nextMilestone {
            request.nextMilestone = request.body.count + 64 << 10
            request.bodyDeadline = .now() + configuration.bodyStallDeadline
        }
        phase = .reading(request)
    }

    private func dispatch(_ request: RequestInProgress) {
        guard let context else { return }
        let exchange = Exchange(
            connection: self, eventLoop: context.eventLoop, withoutBody: request.head.method == .HEAD,
            now: request.startedAt)
        phase = .responding(exchange)
        let inbound = InboundRequest(
            method: request.head.method, uri: Self.originForm(request.head.uri), headers: request.head.headers,
            body: request.body,
            receivedAt: request.startedAt.uptimeNanoseconds)
        let handler = lanes.handler(for: inbound)
        // Immediate: the part up to the first suspension runs right here, without a trip through the loop.
        let task = Task.immediate(executorPreference: executor) {
            await handler.handle(inbound, exchange)
            exchange.endIfForgotten()
        }
        exchange.task = task
    }

    /// Proxies may send `http://host/path` (RFC 9112, 3.2.2); the routes know paths only.
    private static func originForm(_ uri: String) -> String {
        guard uri.utf8.starts(with: "http".utf8) else { return uri }
        let slashes = uri.utf8.indices.filter { uri.utf8[$0] == UInt8(ascii: "/") }
        return slashes.count > 2 ? String(uri[slashes[2]...]) : "/"
    }

    /// The answer is written: the next pipelined request, or the end of the connection.
    func responseEnded(_ exchange: Exchange) {
        guard case .responding(let current) = phase, current === exchange else { return }
        exchange.task = nil
        if closeAfterResponse || registry.isDraining {
            phase = .closed
            registry.remove(self)
            close()
            return
        }
        phase = .idle
        idleSince = .now()
        replayQueue()
    }

    /// A loop, not a recursion: pipelined requests that are answered at once would each add a stack frame.
    private func replayQueue() {
        if isReplaying { return }
        isReplaying = true
        defer { isReplaying = false }
        while !queue.isEmpty {
            if case .responding = phase { return }
            receive(queue.removeFirst())
        }
        if case .responding = phase { return }
        if readWanted {
            readWanted = false
            context?.read()
        }
    }
}
