/// One call to a provider.
package struct UpstreamRequest: Sendable {
    /// How the answer reaches the consumer.
    package enum Delivery: Sendable, Hashable {
        /// Head, body and end in one step, once all of it is there.
        case whole
        /// The head first, then bytes as they arrive, at the consumer's pace. The ``UpstreamTimeouts/firstByte``
        /// limit runs until the consumer calls ``UpstreamResponse/firstTokenSeen()``.
        case stream
    }

    package var method: String
    /// Absolute, http or https, percent-encoded.
    package var url: String
    package var headers: UpstreamHeaders
    /// Sent in front of ``headers``; replaces none of them.
    package var extraHeaders: [(name: String, value: String)]
    package var body: [UInt8]
    package var timeouts: UpstreamTimeouts
    package var delivery: Delivery
    /// Whether addresses that are not public may be connected to.
    package var allowPrivateNetwork: Bool
    /// Body bytes after which the call fails; nil is ``UpstreamConfiguration/maxResponseBytes`` for whole answers and
    /// no limit for streams.
    package var maxResponseBytes: Int?
    /// Connections to this origin that may be busy at a time, over all event loops; nil is no limit. A call beyond it
    /// waits its turn, up to the connect limit. All requests to an origin are expected to name the same number.
    package var connectionLimit: Int?

    /// Never on a connection that was used before. Such a one can turn out to be closed once the request is on its way,
    /// and then nobody knows whether the provider has begun to work on it.
    package var needsFreshConnection = false

    package init(
        method: String = "POST", url: String, headers: UpstreamHeaders = .none,
        extraHeaders: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeouts: UpstreamTimeouts = UpstreamTimeouts(), delivery: Delivery, allowPrivateNetwork: Bool = false,
        maxResponseBytes: Int? = nil, connectionLimit: Int? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.extraHeaders = extraHeaders
        self.body = body
        self.timeouts = timeouts
        self.delivery = delivery
        self.allowPrivateNetwork = allowPrivateNetwork
        self.maxResponseBytes = maxResponseBytes
        self.connectionLimit = connectionLimit
    }
}
