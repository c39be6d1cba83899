import DequeModule
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
        case .idle, .reading:
            // A client that does not take its answers waits for more of them, and order is kept.
            if queue.isEmpty, isWritable { receive(part) } else { queue.append(part) }
        case .responding: queue.append(part)
        case .closing, .lingering, .closed: break
        }
    }

    private func receive(_ part: HTTPServerRequestPart) {
        switch (part, phase) {
        case (.head(let head), _):
            begin(head)
        case (.body(let bytes), .reading(let request)):
            append(bytes, to: request)
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
        // Behind a request that asks for another protocol the parser reads no more.
        if !head.isKeepAlive || head.method == .CONNECT { closeAfterResponse = true }
        let request = RequestInProgress(
            head: head, startedAt: now, bodyDeadline: now + configuration.bodyStallDeadline)
        if let length = request.fields.contentLength.flatMap({ Int($0) }) {
            guard length <= configuration.bodyLimit else { return rejectTooLarge(request) }
            if length > Self.strangersLimit, let refusal = refusal(of: request) { return reject(request, refusal) }
            // A promise of length is believed up to a point only: the memory is taken as the bytes come.
            request.body.reserveCapacity(min(length, 256 << 10))
        }
        if request.fields.asksForUpgrade { closeAfterResponse = true }
        if head.version == .http1_1, request.fields.hostCount != 1 {
            return reject(request, .invalidRequest("A request needs exactly one Host header (RFC 9112, 3.2)."))
        }
        phase = .reading(request)
        if request.fields.expect != nil { answerExpectation(head, request) }
    }

    /// RFC 9110, 10.1.1: an expectation we cannot meet is 417; clients of HTTP/1.0 must be ignored.
    private func answerExpectation(_ head: HTTPRequestHead, _ request: RequestInProgress) {
        guard head.version == .http1_1 else { return }
        if request.fields.expect?.lowercased() == "100-continue" {
            context?.writeAndFlush(wrapOutboundOut(ResponseEncoder.continue), promise: nil)
        } else {
            reject(
                request,
                WireError(
                    status: 417, type: "invalid_request_error",
                    message: "The only expectation this server meets is 100-continue; leave out the Expect header."))
        }
    }

    /// Bytes of body that are read for a caller nobody has looked at.
    private static let strangersLimit = 64 << 10

    private func refusal(of request: RequestInProgress) -> WireError? {
        let uri = Self.originForm(request.head.uri)
        return lanes.handler(forURI: uri).refusal(of: request.fields, uri: uri)
    }

    private func append(_ bytes: ByteBuffer, to request: RequestInProgress) {
        guard request.body.count + bytes.readableBytes <= configuration.bodyLimit else {
            return rejectTooLarge(request)
        }
        let before = request.body.count
        request.body.append(contentsOf: bytes.readableBytesView)
        // A chunked body announces no length, so its sender is looked at when it turns out large.
        if before <= Self.strangersLimit, request.body.count > Self.strangersLimit,
            let refusal = refusal(of: request)
        {
            return reject(request, refusal)
        }
        heldBytes += bytes.readableBytes
        registry.heldBytes += bytes.readableBytes
        guard registry.heldBytes <= configuration.heldBodiesLimit else { return rejectOverloaded(request) }
        if request.body.count >= request.nextMilestone {
            request.nextMilestone = request.body.count + 64 << 10
            request.bodyDeadline = .now() + configuration.bodyStallDeadline
        }
    }

    private func dispatch(_ request: RequestInProgress) {
        guard let context else { return }
        let exchange = Exchange(
            connection: self, eventLoop: context.eventLoop, withoutBody: request.head.method == .HEAD,
            now: request.startedAt)
        phase = .responding(exchange)
        let inbound = InboundRequest(
            method: request.head.method, uri: Self.originForm(request.head.uri), headers: request.head.headers,
            fields: request.fields, body: request.body, receivedAt: request.startedAt.uptimeNanoseconds)
        let handler = lanes.handler(forURI: inbound.uri)
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
        releaseBodies()
        if closeAfterResponse || registry.isDraining { return closeWhenWritten(swallowing: refusedBehind != nil) }
        phase = .idle
        idleSince = .now()
        replayQueue()
    }

    /// A loop, not a recursion: pipelined requests that are answered at once would each add a stack frame.
    func replayQueue() {
        if isReplaying { return }
        isReplaying = true
        defer { isReplaying = false }
        while true {
            switch phase {
            case .idle, .reading: break
            case .responding, .closing, .lingering, .closed: return
            }
            // Answers pile up when they are written faster than the client takes them.
            guard isWritable else { return }
            guard let part = queue.popFirst() else { break }
            receive(part)
        }
        if let refusedBehind { return reject(nil, refusedBehind) }
        if readWanted {
            readWanted = false
            context?.read()
        }
    }
}
