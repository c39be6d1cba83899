/// Settings of the transport that hold for all providers.
package struct UpstreamConfiguration: Sendable {
    /// Offer HTTP/2 to https providers. Plain http always speaks HTTP/1.1.
    ///
    /// Off, because libcurl 7.88 multiplexes badly: it can lose the end of an answer while another one arrives on the
    /// same connection, and takes a stream that was reset without an error code for a whole answer.
    package var http2 = false
    /// Streams that share one HTTP/2 connection. libcurl 7.88 runs every transfer of a connection whenever a byte
    /// arrives on it, so the cost of a chunk grows with this number; see ``defaultStreamsPerConnection``.
    package var streamsPerConnection = UpstreamConfiguration.defaultStreamsPerConnection
    /// Connections under construction and HTTP/1.1 connections over TLS that share one libcurl multi handle; beyond that a driver adds another handle, because libcurl looks through all connections of a handle, one
    /// by one, when it opens or closes one, and whenever it reads or writes one over TLS.
    package var transfersPerMulti = UpstreamConfiguration.defaultTransfersPerMulti
    /// A stream with more unread bytes than this is paused until its consumer has read them.
    package var highWatermark = 128 * 1024
    /// An HTTP/2 stream is never paused, because in libcurl 7.88 a paused stream holds up all others on its
    /// connection. With more unread bytes than this it fails instead.
    package var http2BufferLimit = 8 * 1024 * 1024
    /// Limit for whole answers whose request names none.
    package var maxResponseBytes = 64 * 1024 * 1024
    /// Calls that may be open (waiting ones included) at a time, over all event loops.
    package var maxOpenTransfers = 50_000
    /// Idle libcurl handles a driver keeps for reuse, at about 25 KB each.
    package var maxIdleHandles = 256
    /// How long an unused connection may be used again, in seconds.
    package var idleConnectionSeconds = 90
    /// Sent unless a request's headers name one; some providers' front ends refuse requests without.
    package var userAgent = "martlet"
    /// PEM file with the certificate authorities to trust instead of the system's; see ``init(environment:)``.
    package var certificateAuthorityFile: String?

    package static let defaultStreamsPerConnection = 16
    package static let defaultTransfersPerMulti = 32

    package init() {}

    /// The defaults, with what the environment says: `SSL_CERT_FILE` names the file of
    /// ``certificateAuthorityFile``, as it does for OpenSSL and curl. Empty means the system's own.
    package init(environment: [String: String]) {
        if let file = environment["SSL_CERT_FILE"], !file.isEmpty { self.certificateAuthorityFile = file }
    }
}
