/// When the stretches of a call ended, in microseconds since libcurl took it up (waiting for a free connection comes
/// before that). On a reused connection the first three are 0.
package struct UpstreamTimings: Sendable, Hashable {
    package var nameLookup = 0
    package var connect = 0
    /// TLS handshake; 0 without TLS.
    package var tls = 0
    /// First byte of the answer's head.
    package var firstByte = 0
    /// Whether the call went out on a connection that had been used before.
    package var reusedConnection = false
    /// Whether the answer came over HTTP/2.
    package var http2 = false

    package init() {}
}
