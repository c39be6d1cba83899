import NIOCore
import NIOHPACK
import NIOHTTP2
import Synchronization

/// The server's end of one HTTP/2 stream, once its request is complete.
final class HTTP2TestStream: Sendable {
    let connection: HTTP2TestConnection
    let head: HPACKHeaders
    let body: [UInt8]
    /// Fires when the stream is gone, whoever ended it.
    let closed = Signal()
    private let channel: any Channel
    private let clientReset = Mutex<HTTP2ErrorCode?>(nil)

    init(connection: HTTP2TestConnection, head: HPACKHeaders, body: [UInt8], channel: any Channel) {
        self.connection = connection
        self.head = head
        self.body = body
        self.channel = channel
    }

    /// The code with which the client reset the stream.
    var resetCode: HTTP2ErrorCode? { self.clientReset.withLock { $0 } }

    func resetByClient(_ code: HTTP2ErrorCode) {
        self.clientReset.withLock { $0 = code }
    }

    func sendHead(_ status: Int = 200, headers: [(String, String)] = [], isLast: Bool = false) {
        let fields = HPACKHeaders([(":status", "\(status)")] + headers)
        self.send(.headers(.init(headers: fields, endStream: isLast)))
    }

    func send(_ text: String, isLast: Bool = false) {
        self.send(Array(text.utf8), isLast: isLast)
    }

    func send(_ bytes: [UInt8], isLast: Bool = false) {
        self.send(.data(.init(data: .byteBuffer(ByteBuffer(bytes: bytes)), endStream: isLast)))
    }

    func sendTrailers(_ trailers: [(String, String)]) {
        self.send(.headers(.init(headers: HPACKHeaders(trailers), endStream: true)))
    }

    func respond(_ status: Int = 200, headers: [(String, String)] = [], body: [UInt8]) {
        let fields = HPACKHeaders([(":status", "\(status)")] + headers)
        self.channel.write(HTTP2Frame.FramePayload.headers(.init(headers: fields)), promise: nil)
        self.send(body, isLast: true)
    }

    func respond(_ status: Int = 200, headers: [(String, String)] = [], body: String) {
        self.respond(status, headers: headers, body: Array(body.utf8))
    }

    func reset(_ code: HTTP2ErrorCode) {
        self.send(.rstStream(code))
    }

    private func send(_ payload: HTTP2Frame.FramePayload) {
        self.channel.writeAndFlush(payload, promise: nil)
    }
}
