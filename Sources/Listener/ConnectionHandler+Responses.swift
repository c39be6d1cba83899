import Dialects
import Gateway
import Logging
import NIOCore
import NIOHTTP1

/// Writing answers.
extension ConnectionHandler {
    private var isHTTP10: Bool { requestVersion.major == 1 && requestVersion.minor == 0 }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Head, body and end leave with one system call.
    func writeWhole(status: HTTPResponseStatus, headers: HTTPHeaders, body: [UInt8]) {
        guard let context else { return }
        writeHead(status: status, headers: headers)
        if !body.isEmpty {
            let buffer = context.channel.allocator.buffer(bytes: body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        writeEnd()
    }

    func writeHead(status: HTTPResponseStatus, headers: HTTPHeaders) {
        guard let context else { return }
        var head = HTTPResponseHead(version: requestVersion, status: status, headers: headers)
        // An HTTP/1.0 client cannot read chunks: its answer ends with the connection.
        if isHTTP10, !headers.contains(name: "content-length") { closeAfterResponse = true }
        if closeAfterResponse || registry.isDraining {
            closeAfterResponse = true
            head.headers.add(name: "connection", value: "close")
        } else if isHTTP10 {
            head.headers.add(name: "connection", value: "keep-alive")
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    func writeBody(_ bytes: [UInt8]) {
        guard let context else { return }
        let buffer = context.channel.allocator.buffer(bytes: bytes)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }

    func writeEnd() {
        context?.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
