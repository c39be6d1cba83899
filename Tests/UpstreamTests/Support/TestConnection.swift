import NIOCore
import NIOPosix
import Synchronization

/// The server's end of a connection.
final class TestConnection: Sendable {
    /// Counts from 0 in order of acceptance.
    let number: Int
    /// Fires when the connection is gone, whoever ended it.
    let closed = Signal()
    /// Bytes the kernel has taken for the peer.
    let bytesAccepted = Atomic(0)
    let requests = Atomic(0)
    private let channel: any Channel

    init(number: Int, channel: any Channel) {
        self.number = number
        self.channel = channel
    }

    func send(_ bytes: [UInt8]) {
        let count = bytes.count
        self.channel.writeAndFlush(ByteBuffer(bytes: bytes)).whenSuccess {
            self.bytesAccepted.wrappingAdd(count, ordering: .sequentiallyConsistent)
        }
    }

    func send(_ text: String) {
        self.send(Array(text.utf8))
    }

    /// A whole answer with a content length.
    func respond(_ status: Int = 200, headers: [String] = [], body: [UInt8]) {
        var head = "HTTP/1.1 \(status) Text\r\nContent-Length: \(body.count)\r\n"
        for header in headers { head += header + "\r\n" }
        self.send(Array((head + "\r\n").utf8) + body)
    }

    func respond(_ status: Int = 200, headers: [String] = [], body: String) {
        self.respond(status, headers: headers, body: Array(body.utf8))
    }

    /// The head of a chunked answer.
    func startStream(_ status: Int = 200) {
        self.send("HTTP/1.1 \(status) Text\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    }

    func chunk(_ bytes: [UInt8]) {
        self.send(Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + [0x0D, 0x0A])
    }

    func chunk(_ text: String) {
        self.chunk(Array(text.utf8))
    }

    func endStream() {
        self.send("0\r\n\r\n")
    }

    func close() {
        self.channel.close(promise: nil)
    }

    /// Closes below TLS (if there is any), as a process that is killed would.
    func cut() {
        WireEnd.close(self.channel)
    }

    /// Closes with a TCP reset.
    func reset() {
        let channel = self.channel
        if let socket = channel as? any SocketOptionProvider {
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        } else {
            channel.close(promise: nil)
        }
    }
}
