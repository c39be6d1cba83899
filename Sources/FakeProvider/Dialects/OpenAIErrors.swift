import WireJSON

/// OpenAI's error envelope, with Azure's and Ollama's variants.
struct OpenAIErrors {
    let failure: FakeFailure
    let dialect: FakeDialect

    var answer: FakeAnswer {
        .json(body, status: failure.status ?? failure.kind.usualStatus, headers: headers)
    }

    private var body: JSONValue {
        if dialect == .azure { return azureBody }
        let (type, code, message) = words
        let shownType = dialect == .ollama ? ollamaType : type
        return [
            "error": [
                "message": .string(failure.message ?? message), "type": .string(shownType),
                "param": failure.param.map { .string($0) } ?? .null, "code": code.map { .string($0) } ?? .null,
            ]
        ]
    }

    /// Ollama derives the type from the status.
    private var ollamaType: String {
        switch failure.status ?? failure.kind.usualStatus {
        case 400: "invalid_request_error"
        case 404: "not_found_error"
        default: "api_error"
        }
    }

    private var words: (type: String, code: String?, message: String) {
        let model = failure.model
        let bad = "invalid_request_error"
        switch failure.kind {
        case .rateLimit:
            return (
                "tokens", "rate_limit_exceeded",
                "Rate limit reached for \(model) in organization org-fake on tokens per min (TPM): Limit 30000, "
                    + "Used 29500, Requested 1500. Please try again in \(failure.retryDuration)."
            )
        case .daily:
            return (
                "requests", "rate_limit_exceeded",
                "Rate limit reached for \(model) in organization org-fake on requests per day (RPD): Limit 200, "
                    + "Used 200, Requested 1. Please try again in \(failure.retryDuration)."
            )
        case .quota:
            return ("insufficient_quota", "insufficient_quota", "You exceeded your current quota. Check your plan.")
        case .billing:
            return ("insufficient_quota", "credit_balance_exhausted", "Your credit balance is used up.")
        case .overloaded, .capacity:
            return ("service_unavailable_error", "server_is_overloaded", "The server is overloaded. Try again later.")
        case .server, .timeout:
            return ("server_error", nil, "The server had an error while processing your request.")
        case .context:
            return (
                bad, "context_length_exceeded",
                "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."
            )
        case .auth:
            return (bad, "invalid_api_key", "Incorrect API key provided: sk-fake************cdef.")
        case .permission:
            return (bad, "permission_denied", "You have insufficient permissions for this operation.")
        case .notFound:
            return (
                bad, "model_not_found", "The model `\(model)` does not exist or you do not have access to it."
            )
        case .badRequest, .toolUseFailed: return (bad, "invalid_value", "Invalid value.")
        case .unsupported:
            return (
                bad, "unsupported_parameter",
                "Unsupported parameter: '\(failure.param ?? "temperature")' is not supported with this model."
            )
        case .filter:
            return (bad, "content_policy_violation", "Your request was rejected by the safety system.")
        case .tooLarge: return (bad, nil, "Request body too large.")
        }
    }

    /// Azure's codes are strings, often the status, and a type is often missing.
    private var azureBody: JSONValue {
        let status = failure.status ?? failure.kind.usualStatus
        let code: String =
            switch failure.kind {
            case .rateLimit, .daily: "RateLimitReached"
            case .filter: "content_filter"
            case .notFound: "DeploymentNotFound"
            case .context: "context_length_exceeded"
            case .quota: "insufficient_quota"
            case .unsupported: "unsupported_parameter"
            default: String(status)
            }
        return ["error": ["code": .string(code), "message": .string(failure.message ?? words.message)]]
    }

    private var headers: [FakeHeader] {
        var headers = [FakeHeader("x-request-id", "req_fake\(failure.serial)")]
        switch failure.kind {
        case .rateLimit, .daily:
            headers.append(FakeHeader("retry-after", String(failure.retrySeconds)))
            headers.append(FakeHeader("retry-after-ms", String(failure.retryMilliseconds)))
            headers.append(FakeHeader("x-ratelimit-remaining-tokens", "0"))
            headers.append(FakeHeader("x-ratelimit-reset-tokens", failure.retryDuration))
        case .auth where dialect == .openai:
            headers.append(FakeHeader("www-authenticate", "Bearer realm=\"OpenAI API\""))
        default:
            if failure.retry != nil { headers.append(FakeHeader("retry-after", String(failure.retrySeconds))) }
        }
        return headers
    }
}
