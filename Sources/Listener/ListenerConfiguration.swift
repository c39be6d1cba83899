package import NIOCore

/// Limits and deadlines of the client side.
package struct ListenerConfiguration: Sendable {
    /// Largest request body in bytes; more is answered 413.
    package var bodyLimit = 32 << 20
    /// Bytes of request bodies held at once by the connections of one event loop; more is answered 503.
    package var heldBodiesLimit = 1 << 30
    /// Largest sum of header names and values in bytes; more is answered 431.
    package var headerListLimit = 64 << 10
    /// Largest single header in bytes; more is answered 431.
    package var headerFieldLimit = 32 << 10
    package var headerCountLimit = 128
    /// From the first byte of a request until its head is complete; then 408.
    package var headDeadline = TimeAmount.seconds(15)
    /// Between two pieces of a request body, and for every 64 KiB of it; then 408.
    package var bodyStallDeadline = TimeAmount.seconds(30)
    /// A connection with no request on it is closed after this.
    package var idleTimeout = TimeAmount.seconds(75)
    /// A client that does not read its answer for this long is cut off.
    package var writeStallDeadline = TimeAmount.seconds(120)
    /// Silence on a stream after which a comment keeps proxies and clients from giving up.
    package var keepAliveInterval = TimeAmount.seconds(15)
    /// How often deadlines are looked at; none is exact to less than this.
    package var sweepInterval = TimeAmount.seconds(1)
    /// How long unread request bytes are swallowed after an early answer, so that the client can read it.
    package var lingerDeadline = TimeAmount.seconds(5)
    /// Connections accepted at once, over all event loops; further ones are closed at once.
    package var maxConnections = 65_536

    package init() {}
}
