import WireJSON

/// OpenRouter's errors: a numeric code, and the upstream's story in `metadata`.
struct OpenRouterErrors {
    let failure: FakeFailure

    private var status: Int {
        if let status = failure.status { return status }
        switch failure.kind {
        case .quota: return 402
        case .filter: return 403
        case .timeout: return 408
        default: return failure.kind.usualStatus
        }
    }

    var answer: FakeAnswer {
        var error: JSONObject = ["code": .number(JSONNumber(status)), "message": .string(failure.message ?? message)]
        if let metadata { error["metadata"] = .object(metadata) }
        let headers =
            failure.retry == nil ? [] : [FakeHeader("retry-after", String(failure.retrySeconds))]
        return .json(["error": .object(error), "user_id": "user_fake"], status: status, headers: headers)
    }

    /// Inside a stream the error rides on a chunk whose choice finishes with `error`.
    var frame: [UInt8] {
        let chunk: JSONValue = [
            "id": "gen-fake", "object": "chat.completion.chunk", "created": .number(JSONNumber(failure.now)),
            "model": .string(failure.model), "provider": "Fake",
            "error": [
                "code": .number(JSONNumber(status)),
                "message": .string(failure.message ?? message),
            ],
            "choices": [
                [
                    "index": 0, "delta": ["role": "assistant", "content": ""], "finish_reason": "error",
                    "native_finish_reason": nil,
                ]
            ],
        ]
        return Array("data: ".utf8) + chunk.bytes + [0x0A, 0x0A]
    }

    private var message: String {
        switch failure.kind {
        case .rateLimit, .capacity, .overloaded: "Provider returned error"
        case .daily: "Rate limit exceeded: free-models-per-day."
        case .quota, .billing: "Insufficient credits."
        case .server: "Internal Server Error"
        case .timeout: "Request timed out"
        case .context:
            "This endpoint's maximum context length is 8192 tokens. However, you requested about 9000 tokens."
        case .auth: "User not found."
        case .permission: "The key has no access to this model."
        case .notFound: "No endpoints found for \(failure.model)."
        case .tooLarge: "Request body too large"
        case .filter: "The input was flagged by moderation."
        case .unsupported: "No endpoints found that support \(failure.param ?? "tool use")."
        case .badRequest, .toolUseFailed: "Invalid request"
        }
    }

    private var metadata: JSONObject? {
        switch failure.kind {
        case .rateLimit:
            return [
                "provider_name": "Fake", "raw": "temporarily rate-limited upstream",
                "error_type": "rate_limit_exceeded",
            ]
        case .daily:
            let reset = failure.now &* 1000 &+ failure.retryMilliseconds
            return [
                "headers": [
                    "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0",
                    "X-RateLimit-Reset": .string(String(reset)),
                ],
                "limit_source": "openrouter_free_tier_daily",
            ]
        case .quota, .billing: return ["limit_source": "openrouter_credits", "error_type": "payment_required"]
        case .overloaded, .capacity: return ["provider_name": "Fake", "error_type": "provider_overloaded"]
        case .context: return ["error_type": "context_length_exceeded"]
        case .filter:
            return [
                "reasons": ["violence"], "flagged_input": "…", "provider_name": "Fake",
                "model_slug": .string(failure.model),
            ]
        default: return nil
        }
    }
}
