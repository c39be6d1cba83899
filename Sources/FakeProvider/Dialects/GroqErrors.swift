import WireJSON

/// Groq's errors: OpenAI's envelope, mostly without `param`, and some kinds of its own.
struct GroqErrors {
    let failure: FakeFailure

    var answer: FakeAnswer {
        var error: JSONObject = ["message": .string(failure.message ?? words.message), "type": .string(words.type)]
        if let code = words.code { error["code"] = .string(code) }
        if failure.kind == .toolUseFailed {
            error["failed_generation"] = "{\"name\": \"demo\", \"arguments\": {}}"
            error["status_code"] = 400
        }
        return .json(["error": .object(error)], status: failure.status ?? status, headers: headers)
    }

    private var status: Int {
        failure.kind == .capacity ? 498 : failure.kind.usualStatus
    }

    private var words: (type: String, code: String?, message: String) {
        let bad = "invalid_request_error"
        let model = failure.model
        switch failure.kind {
        case .rateLimit:
            return (
                "tokens", "rate_limit_exceeded",
                "Rate limit reached for model `\(model)` in organization `org_fake` on tokens per minute (TPM): "
                    + "Limit 6000, Used 5900, Requested 800. Please try again in \(failure.retryDuration)."
            )
        case .daily, .quota:
            return (
                "tokens", "rate_limit_exceeded",
                "Rate limit reached for model `\(model)` in organization `org_fake` on tokens per day (TPD): "
                    + "Limit 100000, Used 100000, Requested 800. Please try again in \(failure.retryDuration)."
            )
        case .billing: return ("billing_error", "billing_hard_limit", "The organization has been restricted.")
        case .capacity: return ("capacity_exceeded", "capacity_exceeded", "Flex tier capacity exceeded.")
        case .overloaded: return ("service_unavailable", nil, "The service is currently overloaded.")
        case .server, .timeout: return ("internal_server_error", nil, "Internal server error.")
        case .context: return (bad, "context_length_exceeded", "Please reduce the length of the messages.")
        case .auth: return (bad, "invalid_api_key", "Invalid API Key")
        case .permission: return ("permissions_error", nil, "The key has no access to this resource.")
        case .notFound:
            return (bad, "model_not_found", "The model `\(model)` does not exist or you do not have access to it.")
        case .tooLarge:
            return (
                "tokens", "rate_limit_exceeded",
                "Request too large for model `\(model)` on tokens per minute (TPM): Limit 6000, Requested 9000."
            )
        case .toolUseFailed: return (bad, "tool_use_failed", "Tool call validation failed.")
        case .unsupported: return (bad, nil, "`\(failure.param ?? "logprobs")` is not supported with this model")
        case .badRequest, .filter: return (bad, nil, "Invalid request.")
        }
    }

    private var headers: [FakeHeader] {
        var headers = [FakeHeader("x-request-id", "req_fake\(failure.serial)"), FakeHeader("x-groq-region", "fake")]
        if failure.status ?? status == 429 || failure.retry != nil {
            headers.append(FakeHeader("retry-after", String(failure.retrySeconds)))
        }
        return headers
    }
}
