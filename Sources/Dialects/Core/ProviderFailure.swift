/// A failed attempt at a provider, classified.
package struct ProviderFailure: Error, Sendable, Hashable {
    /// Decides about retry and fallback.
    package var failureClass: FailureClass
    /// The provider's HTTP status; 200 for an error inside a stream or body; 0 when there was no answer.
    package var upstreamStatus: Int
    /// The provider's message with secrets masked, fit for the client.
    package var message: String
    /// The provider's error code or type, where it gave one.
    package var code: String?
    /// The request member the provider complains about.
    package var param: String?
    /// How long the provider asks to wait.
    package var retryAfterMilliseconds: Int?

    package init(
        _ failureClass: FailureClass, upstreamStatus: Int, message: String, code: String? = nil,
        param: String? = nil, retryAfterMilliseconds: Int? = nil
    ) {
        self.failureClass = failureClass
        self.upstreamStatus = upstreamStatus
        self.message = message
        self.code = code
        self.param = param
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}
