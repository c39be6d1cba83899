import WireJSON

/// Decides what an OpenAI-shaped error means. By what it says, then by its status: the same status stands
/// for very different troubles (contracts, section 0, facts 3 to 5, and section 4).
struct OpenAIErrorClassifier {
    private let error: OpenAIErrorEnvelope
    private let status: Int
    /// The message, with that of the provider behind an aggregator.
    private let text: FoldedText
    /// Code, type and inner code, lowercase.
    private let names: Set<String>
    private let waitMilliseconds: Int?

    /// `status` is the HTTP status, or the one inside the error where that is 200.
    init(_ error: OpenAIErrorEnvelope, status: Int, waitMilliseconds: Int?) {
        self.error = error
        self.status = 400..<600 ~= status ? status : error.status ?? 0
        self.waitMilliseconds = waitMilliseconds
        text = FoldedText(error.text)
        let metadataType = error.metadata?["error_type"]?.stringValue
        names = Set([error.code, error.type, error.innerCode, metadataType].compactMap { $0?.lowercased() })
    }

    var failureClass: FailureClass {
        if isContextLength { return .contextLength }
        if let failureClass = accountClass { return failureClass }
        if isModeration { return .moderation }
        if isModelFailure { return .modelFailure }
        if isModelNotFound { return .modelNotFound }
        if isUnsupportedParameter { return .unsupportedParameter }
        if isTooLarge { return .tooLarge }
        if let failureClass = rateLimitClass { return failureClass }
        if isOverloaded { return .overloaded }
        if status != 0 { return FailureClass(status: status) }
        return names.contains("invalid_request_error") ? .badRequest : .server
    }

    private func isNamed(_ wanted: Set<String>) -> Bool { !names.isDisjoint(with: wanted) }

    private func says(_ phrases: StaticString...) -> Bool { phrases.contains { text.contains($0) } }

    private var isClientStatus: Bool { [0, 400, 413, 422].contains(status) }

    private var isContextLength: Bool {
        if isNamed(["context_length_exceeded", "exceed_context_size_error"]) { return true }
        guard isClientStatus || status == 500 else { return false }
        return says(
            "maximum context length", "context window", "context length exceeded", "exceeds the available context size",
            "prompt is too long", "prompt too long", "input is too long", "exceeds the maximum number of tokens")
    }

    /// The key and the money behind it.
    private var accountClass: FailureClass? {
        let limitSource = error.metadata?["limit_source"]?.stringValue
        // OpenRouter: money reserved by requests in flight comes back when they end.
        if limitSource == "openrouter_in_flight_budget" { return .rateLimit }
        if status == 402 || isNamed(Self.billingNames)
            || says("exceeded your current quota", "credit balance is too low", "key limit exceeded")
        {
            return .billing
        }
        let isKey = isNamed(["invalid_api_key", "authentication_error", "invalid_authentication", "permission_denied"])
        return status == 401 || isKey ? .auth : nil
    }

    private static let billingNames: Set<String> = [
        "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded", "organization_usage_limit_exceeded", "billing_hard_limit_reached",
        "billing_not_active", "payment_required", "insufficient_credits", "billing_error",
    ]

    private var isModeration: Bool {
        if isNamed(["content_filter", "content_policy_violation", "responsibleaipolicyviolation"]) { return true }
        guard status == 403 else { return false }
        return error.metadata?["reasons"] != nil || error.metadata?["flagged_input"] != nil
            || says("moderation", "guardrail", "flagged")
    }

    /// Groq: the model wrote a bad tool call or bad JSON. Its fault, not the client's.
    private var isModelFailure: Bool {
        isNamed(["tool_use_failed", "json_validate_failed", "output_parse_failed"])
    }

    private var isModelNotFound: Bool {
        if isNamed(["model_not_found", "model_decommissioned", "not_found_error", "deploymentnotfound"]) {
            return true
        }
        return (status == 404 || isClientStatus)
            && says("is not a valid model", "model not found", "no endpoints found", "no such model")
    }

    private var isUnsupportedParameter: Bool {
        guard isClientStatus else { return false }
        if isNamed(["unsupported_parameter", "unsupported_value", "unknown_parameter"]) { return true }
        return says(
            "unsupported parameter", "unsupported value", "unknown parameter", "unrecognized request argument",
            "not supported with this model", "not supported by this model")
            || (text.hasPrefix("property ") && says("is unsupported"))
    }

    /// OpenAI says 429, Groq 413 for a request that is larger than the whole limit: waiting never helps.
    private var isTooLarge: Bool {
        status == 413 || isNamed(["request_too_large"]) || (status == 429 && text.hasPrefix("request too large"))
    }

    private var rateLimitClass: FailureClass? {
        let isLimit = isNamed([
            "rate_limit_exceeded", "ratelimitreached", "rate_limit_error", "slow_down", "too_many_requests",
        ])
        guard status == 429 || isLimit else { return nil }
        let isDaily =
            error.metadata?["limit_source"]?.stringValue == "openrouter_free_tier_daily"
            || says("per day", "per-day", "(tpd)", "(rpd)", "(asd)")
        let isLong = isDaily || (waitMilliseconds ?? 0) > RetryAfter.patienceMilliseconds
        return isLong ? .rateLimitLong : .rateLimit
    }

    private var isOverloaded: Bool {
        if isNamed([
            "server_is_overloaded", "overloaded", "overloaded_error", "engine_overloaded", "provider_overloaded",
            "service_unavailable_error", "service_unavailable", "capacity_exceeded", "provider_unavailable",
        ]) {
            return true
        }
        return (status == 0 || status >= 500) && says("overloaded", "over capacity", "at capacity")
    }
}
