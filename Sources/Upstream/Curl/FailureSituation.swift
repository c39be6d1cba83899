import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is known about a transfer when libcurl gives up on it; turns libcurl's code into a ``UpstreamFailure``.
struct FailureSituation {
    var host: String
    /// The connection stood, so the request may have reached the provider.
    var isConnected: Bool
    /// The head of the answer was complete.
    var hasHead: Bool
    /// Set when the address guard refused at least one address.
    var blocked: AddressClass?
    /// `errno` of the last connection attempt.
    var systemError: Int32
    /// libcurl's own words.
    var detail: String
    var timeouts: UpstreamTimeouts

    func failure(for code: CURLcode) -> UpstreamFailure {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return self.make(.connect, .dns, code)
        case CURLE_COULDNT_CONNECT:
            return self.connectFailure(code)
        case CURLE_OPERATION_TIMEDOUT where !self.isConnected:
            let text = "no connection to \(self.host) within \(self.timeouts.connect) ms (connect limit)"
            return UpstreamFailure(.connect, .timeout, curlCode: Int32(code.rawValue), message: text)
        case CURLE_OPERATION_TIMEDOUT:
            return self.make(self.readPhase, .timeout, code)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_USE_SSL_FAILED:
            return self.make(.connect, .tls, code)
        case CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND:
            return self.make(self.isConnected ? .send : .connect, .reset, code)
        case CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2_STREAM, CURLE_HTTP2:
            return self.make(self.readPhase, .reset, code)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_BAD_CONTENT_ENCODING:
            return self.make(.protocolError, .other, code)
        default:
            return self.make(self.readPhase, .other, code)
        }
    }

    /// A host of which at least one address was refused and none worked counts as blocked, but only if no attempt
    /// got as far as the network: else the network's answer is the better explanation.
    private func connectFailure(_ code: CURLcode) -> UpstreamFailure {
        if let blocked, self.systemError != ECONNREFUSED {
            let text =
                blocked.isPermittedOnRequest
                ? "\(self.host) has a \(blocked.rawValue) address; the provider does not set allow_private_network"
                : "\(self.host) has a \(blocked.rawValue) address, which is never connected to"
            return UpstreamFailure(.blockedAddress, .blocked, curlCode: Int32(code.rawValue), message: text)
        }
        switch self.systemError {
        case ECONNREFUSED: return self.make(.connect, .refused, code)
        case ETIMEDOUT: return self.make(.connect, .timeout, code)
        case ECONNRESET: return self.make(.connect, .reset, code)
        default: return self.make(.connect, .other, code)
        }
    }

    private var readPhase: UpstreamFailure.Phase {
        guard self.isConnected else { return .connect }
        return self.hasHead ? .receive : .firstByte
    }

    private func make(_ phase: UpstreamFailure.Phase, _ kind: UpstreamFailure.Kind, _ code: CURLcode) -> UpstreamFailure
    {
        let reason = self.detail.isEmpty ? CurlLibrary.describe(code) : self.detail
        return UpstreamFailure(phase, kind, curlCode: Int32(code.rawValue), message: "\(self.host): \(reason)")
    }
}
