/// Contracts, section 4: what a client is told once the gateway's own retries and fallbacks are used up.
extension WireError {
    /// Longer waits make OpenAI's SDK give up at once and let Anthropic's hang (contracts, section 1.2).
    package static let longestRetryAfterMilliseconds = 120_000

    /// The client's answer for a failed request.
    ///
    /// `x-should-retry: false` goes with everything the gateway has retried itself; a rate limit that passes
    /// soon leaves the decision to the SDK, which then waits for `retry-after`.
    ///
    /// - Parameter tenantOwnsKey: the provider key belongs to the tenant: its troubles are then theirs to see and
    ///   mend. Otherwise messages about the gateway's own account stay inside.
    package init(_ failure: ProviderFailure, tenantOwnsKey: Bool = false) {
        switch failure.failureClass {
        case .badRequest, .contextLength, .unsupportedParameter, .modelNotFound, .moderation, .tooLarge:
            self = Self.clientFault(failure)
        case .rateLimit, .rateLimitLong:
            self = Self.rateLimited(failure)
        case .auth, .billing:
            self = tenantOwnsKey ? Self.tenantAccount(failure) : Self.gatewayAccount(failure)
        case .overloaded, .server, .connection, .timeout, .streamBroken, .modelFailure, .misconfigured:
            self = Self.providerFault(failure)
        }
    }

    private static func clientFault(_ failure: ProviderFailure) -> WireError {
        let (status, code): (Int, String?) =
            switch failure.failureClass {
            case .contextLength: (400, "context_length_exceeded")
            case .unsupportedParameter: (400, clientCode(failure) ?? "unsupported_parameter")
            case .modelNotFound: (404, "model_not_found")
            case .moderation: (400, "content_filter")
            case .tooLarge: (413, "request_too_large")
            default: (400, clientCode(failure))
            }
        return WireError(
            status: status, type: "invalid_request_error", code: code, param: failure.param,
            message: message(failure, default: "The provider rejected the request."))
    }

    /// The provider's code if it says more than the status and the type do.
    private static func clientCode(_ failure: ProviderFailure) -> String? {
        guard let code = failure.code, code != "invalid_request_error", Int(code) == nil else { return nil }
        return code
    }

    private static func rateLimited(_ failure: ProviderFailure) -> WireError {
        let text = FoldedText(failure.message)
        let signs: [StaticString] = ["tokens per", "(tpm)", "(tpd)", "input tokens", "output tokens"]
        let countsTokens = signs.contains { text.contains($0) }
        let isLong = failure.failureClass == .rateLimitLong
        let wait = failure.retryAfterMilliseconds ?? (isLong ? longestRetryAfterMilliseconds : 1000)
        return WireError(
            status: 429, type: countsTokens ? "tokens" : "requests", code: "rate_limit_exceeded",
            message: message(failure, default: "The provider's rate limit is reached."),
            retryAfterMilliseconds: usefulWait(wait), shouldRetry: isLong ? false : nil)
    }

    private static func usefulWait(_ milliseconds: Int) -> Int {
        max(1, min(milliseconds, longestRetryAfterMilliseconds))
    }

    private static func gatewayAccount(_ failure: ProviderFailure) -> WireError {
        if failure.failureClass == .auth {
            return WireError(
                status: 502, type: "upstream_error", code: "provider_auth_error",
                message: "The provider refused the gateway's credentials. The administrator has to renew them.",
                shouldRetry: false)
        }
        return WireError(
            status: 503, type: "service_unavailable_error", code: "insufficient_quota",
            message: "The gateway's account with the provider is out of credit.",
            retryAfterMilliseconds: longestRetryAfterMilliseconds, shouldRetry: false)
    }

    private static func tenantAccount(_ failure: ProviderFailure) -> WireError {
        let isAuth = failure.failureClass == .auth
        return WireError(
            status: isAuth ? 401 : 429, type: isAuth ? "invalid_request_error" : "insufficient_quota",
            code: isAuth ? "invalid_api_key" : "insufficient_quota",
            message: message(failure, default: "The provider refused the key that is stored for you."),
            shouldRetry: false)
    }

    private static func providerFault(_ failure: ProviderFailure) -> WireError {
        let (status, type, code, text): (Int, String, String, String) =
            switch failure.failureClass {
            case .overloaded:
                (503, "service_unavailable_error", "server_is_overloaded", "The provider is overloaded.")
            case .timeout: (504, "timeout_error", "upstream_timeout", "The provider did not answer in time.")
            case .modelFailure: (502, "upstream_error", "model_output_invalid", "The model's output was unusable.")
            case .misconfigured:
                (502, "upstream_error", "provider_misconfigured", "The provider is not set up to answer.")
            case .connection: (502, "upstream_error", "provider_error", "The provider could not be reached.")
            case .streamBroken: (502, "upstream_error", "provider_error", "The provider's answer broke off.")
            default: (502, "upstream_error", "provider_error", "The provider failed.")
            }
        return WireError(
            status: status, type: type, code: code, message: message(failure, default: text),
            retryAfterMilliseconds: status == 503 ? usefulWait(failure.retryAfterMilliseconds ?? 2000) : nil,
            shouldRetry: false)
    }

    private static func message(_ failure: ProviderFailure, default text: String) -> String {
        failure.message.isEmpty ? text : failure.message
    }
}
