import Gateway
import NIOCore
import NIOHTTP1

/// Writing answers.
extension ConnectionHandler {
    var isWritable: Bool { context?.channel.isWritable ?? false }

    private var isHTTP10: Bool { requestVersion.major == 1 && requestVersion.minor == 0 }

    /// Head, body and end leave as one buffer.
    func writeWhole(status: HTTPResponseStatus, headers: HeaderBlock, body: [UInt8], length: Int) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 768 + body.count)
        let hasBody = status.code >= 200 && status != .noContent && status != .notModified
        encodeHead(status, headers, framing: hasBody ? .length(length) : .none, into: &buffer)
        buffer.writeBytes(body)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// The head of a stream. It leaves with the first bytes.
    func writeHead(status: HTTPResponseStatus, headers: HeaderBlock) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 768)
        // An HTTP/1.0 client cannot read chunks: its answer ends with the connection.
        isChunked = !isHTTP10
        if isHTTP10 { closeAfterResponse = true }
        encodeHead(status, headers, framing: isChunked ? .chunked : .untilClose, into: &buffer)
        context.write(wrapOutboundOut(buffer), promise: nil)
    }

    func writeBody(_ bytes: [UInt8]) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: bytes.count + 16)
        if isChunked {
            ResponseEncoder.writeChunk(bytes, into: &buffer)
        } else {
            buffer.writeBytes(bytes)
        }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func writeEnd() {
        guard let context else { return }
        if isChunked {
            context.writeAndFlush(wrapOutboundOut(ResponseEncoder.lastChunk), promise: nil)
        } else {
            context.flush()
        }
    }

    private func encodeHead(
        _ status: HTTPResponseStatus, _ headers: HeaderBlock, framing: ResponseEncoder.Framing,
        into buffer: inout ByteBuffer
    ) {
        if registry.isDraining { closeAfterResponse = true }
        let connection: StaticString? = closeAfterResponse ? "close" : isHTTP10 ? "keep-alive" : nil
        ResponseEncoder.writeHead(
            status, headers, version: requestVersion, framing: framing, connection: connection, into: &buffer)
    }
}
