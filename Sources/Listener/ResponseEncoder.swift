import Gateway
import NIOCore
import NIOHTTP1

/// Writes HTTP/1.1 responses (RFC 9112). NIO's encoder takes a response in parts, each boxed and written on its own;
/// an answer of this gateway is mostly one piece, and then costs one buffer and one write.
struct ResponseEncoder {
    /// How the end of a body is told.
    enum Framing {
        /// No body: 1xx, 204, 304.
        case none
        case length(Int)
        case chunked
        /// HTTP/1.0 without a length.
        case untilClose
    }

    static let `continue` = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
    static let lastChunk = ByteBuffer(string: "0\r\n\r\n")

    static func writeHead(
        _ status: HTTPResponseStatus, _ headers: HeaderBlock, version: HTTPVersion, framing: Framing,
        connection: StaticString?, into buffer: inout ByteBuffer
    ) {
        buffer.writeStaticString(version.minor == 0 ? "HTTP/1.0 " : "HTTP/1.1 ")
        if status == .ok {
            buffer.writeStaticString("200 OK\r\n")
        } else {
            buffer.writeString("\(status.code) \(status.reasonPhrase)\r\n")
        }
        buffer.writeBytes(headers.bytes)
        switch framing {
        case .none, .untilClose: break
        case .length(let count):
            buffer.writeStaticString("content-length: ")
            // Short enough to need no storage of its own.
            buffer.writeString(String(count))
            buffer.writeStaticString("\r\n")
        case .chunked: buffer.writeStaticString("transfer-encoding: chunked\r\n")
        }
        if let connection {
            buffer.writeStaticString("connection: ")
            buffer.writeStaticString(connection)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
    }

    static func writeChunk(_ bytes: [UInt8], into buffer: inout ByteBuffer) {
        buffer.writeString(String(bytes.count, radix: 16))
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(bytes)
        buffer.writeStaticString("\r\n")
    }
}
