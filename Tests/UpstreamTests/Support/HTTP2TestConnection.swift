import NIOCore
import NIOHTTP2

/// The server's end of an HTTP/2 connection.
final class HTTP2TestConnection: Sendable {
    /// Counts from 0 in order of acceptance.
    let number: Int
    /// Fires when the connection is gone, whoever ended it.
    let closed = Signal()
    private let channel: any Channel

    init(number: Int, channel: any Channel) {
        self.number = number
        self.channel = channel
    }

    /// Says that no stream after `lastStream` (client streams are odd, from 1) has been or will be worked on.
    func goAway(lastStream: Int, code: HTTP2ErrorCode = .noError) {
        let payload = HTTP2Frame.FramePayload.goAway(
            lastStreamID: HTTP2StreamID(lastStream), errorCode: code, opaqueData: nil)
        self.channel.writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: payload), promise: nil)
    }

    /// Closes in good order.
    func close() {
        self.channel.close(promise: nil)
    }

    /// Closes below TLS, as a process that is killed would.
    func cut() {
        WireEnd.close(self.channel)
    }
}
