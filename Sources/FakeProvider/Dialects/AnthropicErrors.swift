import WireJSON

/// Anthropic's errors: `{"type":"error","error":{…},"request_id"}`.
struct AnthropicErrors {
    let failure: FakeFailure

    var answer: FakeAnswer {
        let (status, type, message) = words
        var error: JSONObject = ["type": .string(type), "message": .string(failure.message ?? message)]
        if failure.kind == .quota { error["details"] = ["error_code": "enforced_spend_limit_reached"] }
        let id = "req_fake\(failure.serial)"
        let body: JSONValue = ["type": "error", "error": .object(error), "request_id": .string(id)]
        var headers = [FakeHeader("request-id", id)]
        if failure.kind == .rateLimit || failure.kind == .daily || failure.retry != nil {
            headers.append(FakeHeader("retry-after", String(failure.retrySeconds)))
        }
        let shown = failure.status ?? status
        if shown == 429 || shown >= 500 {
            headers.append(FakeHeader("x-should-retry", failure.kind == .quota ? "false" : "true"))
        }
        return .json(body, status: shown, headers: headers)
    }

    private var words: (status: Int, type: String, message: String) {
        let bad = "invalid_request_error"
        switch failure.kind {
        case .rateLimit, .daily:
            return (429, "rate_limit_error", "This request would exceed your organization's rate limit.")
        case .quota: return (429, "rate_limit_error", "You have reached your enforced spend limit.")
        case .billing:
            return (400, bad, "Your credit balance is too low to access the Anthropic API.")
        case .overloaded, .capacity: return (529, "overloaded_error", "Overloaded")
        case .server: return (500, "api_error", "Internal server error")
        case .timeout: return (504, "timeout_error", "Request timed out")
        case .context: return (400, bad, "prompt is too long: 210000 tokens > 200000 maximum")
        case .auth: return (401, "authentication_error", "invalid x-api-key")
        case .permission: return (403, "permission_error", "Your key has no permission for this resource.")
        case .notFound: return (404, "not_found_error", "model: \(failure.model)")
        case .tooLarge: return (413, "request_too_large", "Request exceeds the maximum size")
        case .filter: return (400, bad, "Output blocked by content filtering policy")
        case .unsupported:
            return (400, bad, "\(failure.param ?? "temperature"): this parameter is not supported by this model")
        case .badRequest, .toolUseFailed: return (400, bad, "Invalid request")
        }
    }
}
