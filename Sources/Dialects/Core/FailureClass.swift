/// Why an attempt at a provider failed. Retry and fallback decide on this, never on texts or statuses.
/// The classes and what follows from each: contracts, section 4.
package enum FailureClass: String, Sendable, Hashable, CaseIterable {
    case badRequest = "bad_request"
    case contextLength = "context_length"
    case unsupportedParameter = "unsupported_parameter"
    case auth
    case billing
    case modelNotFound = "model_not_found"
    case moderation
    /// A limit that passes within a retry's patience.
    case rateLimit = "rate_limit"
    /// A daily or otherwise long limit: the key rests until reset.
    case rateLimitLong = "rate_limit_long"
    case tooLarge = "too_large"
    case overloaded
    case server
    /// No connection: refused, reset, TLS, DNS.
    case connection
    case timeout
    /// The stream was cut, stalled or malformed.
    case streamBroken = "stream_broken"
    /// The model produced something unusable (Groq `tool_use_failed`, Gemini `MALFORMED_FUNCTION_CALL`).
    case modelFailure = "model_failure"
    /// Configuration on the provider's side, such as an inactive n8n workflow.
    case misconfigured
}
