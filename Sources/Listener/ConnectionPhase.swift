import Gateway
import NIOCore
import NIOHTTP1

/// Where a connection is in the life of one request.
enum ConnectionPhase {
    /// Between requests.
    case idle
    /// The head is here, the body is not complete.
    case reading(RequestInProgress)
    /// The request is with its handler; further requests wait.
    case responding(Exchange)
    /// Nothing more is answered: the connection closes when the client has taken what was written.
    case closing
    /// Our side is closed: what the client still sends is swallowed for a moment, then the connection closes.
    case lingering
    case closed
}

/// A request whose body is still coming. A class, so that its body has one owner while it grows.
final class RequestInProgress {
    let head: HTTPRequestHead
    let fields: RequestFields
    var body: [UInt8] = []
    /// When the head was complete.
    let startedAt: NIODeadline
    /// When the body must have made its next 64 KiB of progress.
    var bodyDeadline: NIODeadline
    var nextMilestone = 64 << 10

    init(head: HTTPRequestHead, startedAt: NIODeadline, bodyDeadline: NIODeadline) {
        self.head = head
        fields = RequestFields(head.headers)
        self.startedAt = startedAt
        self.bodyDeadline = bodyDeadline
    }
}
