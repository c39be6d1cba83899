import CCurl

/// A connection to a provider that speaks HTTP/1.1 by this module's own means; libcurl has opened it. Driver's thread
/// only.
///
/// One request at a time. Between two it waits on its host's stack, registered with epoll, so that its end is seen.
final class Connection: IdleMember {
    let socket: Int32
    let host: HostState
    /// Over TLS libcurl stays in between; nil for plain TCP, where the socket is all there is.
    let secure: SecureLink?

    /// False once it has been closed.
    var isOpen = true
    /// Whose request it carries.
    var lane: Lane?
    var isIdle = false
    var idleSince: Int64 = 0
    /// Has carried a request before.
    var wasUsed = false

    var reader = ResponseReader()
    /// The response is complete, but perhaps not all bytes that have arrived have been looked at.
    var isAnswered = false
    /// Not to be used again: closed by the peer, or bytes have arrived that nobody asked for.
    var isSpoilt = false
    /// The peer has closed its side; what it sent before may still be unread.
    var isHungUp = false
    /// Sending has failed; the answer may have been sent all the same.
    var isWriteBroken = false

    /// The head, and a small body, of the request.
    var outgoing: [UInt8] = []
    var outgoingSent = 0
    /// Bytes sent of a large body, which is sent from the request's own memory.
    var bodySent = 0
    /// Is to be told when the socket takes bytes again.
    var watchesWrites: Bool

    init(socket: Int32, host: HostState, secure: SecureLink?) {
        self.socket = socket
        self.host = host
        self.secure = secure
        self.watchesWrites = secure != nil
    }

    /// The answer is complete and the connection of no further use, so nothing needs to be read any more.
    var isFinal: Bool { self.isAnswered && (self.isSpoilt || !self.reader.keepsAlive) }

    /// What one attempt to read brought.
    enum Received {
        case bytes(Int)
        /// Nothing for now.
        case nothing
        /// The peer has closed its side in good order.
        case end
        /// The reason, for people.
        case broken(String)
    }

    /// How far writing got.
    enum Sent {
        case all
        /// The rest has to wait for the socket.
        case some
        case broken(String)
    }
}

/// The libcurl handle behind a TLS connection, and where it lives.
struct SecureLink {
    let easy: EasyHandle
    let multi: MultiHandle
}
