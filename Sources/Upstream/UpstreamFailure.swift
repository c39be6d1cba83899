/// Why a call to a provider did not work: where on its way it failed, and how.
package struct UpstreamFailure: Error, Sendable, Hashable {
    /// The stretch of the call that failed. Up to and including ``connect`` nothing has been sent, so the same call
    /// can go to another target without any risk of being answered (and paid) twice.
    package enum Phase: String, Sendable, Hashable, CaseIterable {
        /// From submission to an established (TLS) connection, including the wait for a free one.
        case connect
        /// While the request was being written.
        case send
        /// From the request being written to the first token (streams) or the first byte (whole answers).
        case firstByte = "first_byte"
        /// Between two bytes after the first.
        case idle
        /// The limit over the whole call, in whatever stretch it was.
        case total
        /// While the answer was being read.
        case receive
        case cancelled
        /// The address guard refused every address of the host.
        case blockedAddress = "blocked_address"
        /// The answer is larger than the caller accepts.
        case tooLarge = "too_large"
        /// The answer is not valid HTTP, or the request cannot be put into valid HTTP.
        case protocolError = "protocol_error"
    }

    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case timeout, refused, reset, dns, tls, blocked, cancelled, tooLarge = "too_large", other
    }

    package var phase: Phase
    package var kind: Kind
    /// libcurl's code; 0 where libcurl had no part in the failure.
    package var curlCode: Int32
    /// Names the phase and, for a timeout, the limit. Holds host names but no header, URL path or query.
    package var message: String

    package init(_ phase: Phase, _ kind: Kind, curlCode: Int32 = 0, message: String) {
        self.phase = phase
        self.kind = kind
        self.curlCode = curlCode
        self.message = message
    }

    /// One of a bounded set of values.
    package var metricLabel: String {
        self.phase.rawValue == self.kind.rawValue ? self.phase.rawValue : "\(self.phase.rawValue)_\(self.kind.rawValue)"
    }
}

extension UpstreamFailure: CustomStringConvertible {
    package var description: String { "\(self.metricLabel): \(self.message)" }
}

extension UpstreamFailure {
    static let cancelledByCaller = UpstreamFailure(.cancelled, .cancelled, message: "the call was cancelled")
    static let clientShutDown = UpstreamFailure(
        .cancelled, .cancelled, message: "the upstream client is not running")
}
