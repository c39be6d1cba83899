package import NIOHTTP1

/// Where the answer to one request goes. Confined to the event loop of the request's connection, as is
/// the task that answers; in-process callers (chat, channels) bring their own.
///
/// A response is either one ``respond(status:headers:body:)`` or ``begin(status:headers:)``, any number
/// of ``send(_:)`` and one ``finish()``. Calls after the end, or after the client left, do nothing.
package protocol ResponseWriter: AnyObject, Sendable {
    /// The client closed its connection. The task is cancelled as well, unless it asked to drain.
    var isClientGone: Bool { get }
    /// A status line went out, be it by a keep-alive comment.
    var hasBegun: Bool { get }
    /// True when the task shall live on after the client left (to meter an answer to its end).
    var outlivesClient: Bool { get set }

    /// A whole answer; content length is added.
    func respond(status: HTTPResponseStatus, headers: HeaderBlock, body: [UInt8])
    /// The head of a streamed answer. It leaves with the first bytes.
    func begin(status: HTTPResponseStatus, headers: HeaderBlock)
    /// Sends bytes at once. Call ``drained()`` before more are fetched.
    func send(_ bytes: [UInt8])
    /// Whether the client is slower than what was sent.
    var isBackedUp: Bool { get }
    /// Suspends until the client has taken most of what was sent; throws when it left instead.
    func drained() async throws(ClientGone)
    func finish()
    /// Ends the connection without a proper end, so that the client cannot take a part for the whole.
    func abort()

    /// From now on, after each interval of silence an SSE comment is sent, the given head before the
    /// first one: it commits the status 200, not the provider. Stops at the end of the response.
    func keepAlive(headers: HeaderBlock)
}

/// The client closed the connection before its answer was complete.
package struct ClientGone: Error, Sendable {
    package init() {}
}
