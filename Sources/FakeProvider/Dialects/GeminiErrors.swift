import WireJSON

/// Google's errors: `{"error":{"code","message","status","details"}}`, with the wait in `RetryInfo`.
struct GeminiErrors {
    let failure: FakeFailure

    var answer: FakeAnswer {
        let (usual, name, message) = words
        let status = failure.status ?? usual
        var error: JSONObject = [
            "code": .number(JSONNumber(status)), "message": .string(failure.message ?? message),
            "status": .string(name),
        ]
        if !details.isEmpty { error["details"] = .array(details) }
        var answer = FakeAnswer.json(["error": .object(error)], status: status)
        answer.headers.set("content-type", "application/json; charset=UTF-8")
        return answer
    }

    private var words: (status: Int, name: String, message: String) {
        let bad = "INVALID_ARGUMENT"
        switch failure.kind {
        case .rateLimit, .daily:
            return (
                429, "RESOURCE_EXHAUSTED",
                "You exceeded your current quota. Please retry in \(failure.retryDuration)."
            )
        case .quota:
            return (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, limit: 0, model: \(failure.model)")
        case .billing: return (402, "RESOURCE_EXHAUSTED", "Your prepayment credits are used up.")
        case .overloaded, .capacity: return (503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
        case .server: return (500, "INTERNAL", "An internal error has occurred.")
        case .timeout: return (504, "DEADLINE_EXCEEDED", "The deadline expired before the operation could complete.")
        case .context:
            return (400, bad, "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).")
        case .auth: return (400, bad, "API key not valid. Please pass a valid API key.")
        case .permission: return (403, "PERMISSION_DENIED", "The caller has no permission.")
        case .notFound:
            return (404, "NOT_FOUND", "models/\(failure.model) is not found for API version v1beta.")
        case .tooLarge: return (413, bad, "Request payload size exceeds the limit.")
        case .unsupported: return (400, bad, "Unknown name \"\(failure.param ?? "field")\": Cannot find field.")
        case .badRequest, .filter, .toolUseFailed: return (400, bad, "Request contains an invalid argument.")
        }
    }

    private var details: [JSONValue] {
        switch failure.kind {
        case .auth:
            return [
                [
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID",
                    "domain": "googleapis.com",
                ]
            ]
        case .rateLimit, .daily, .quota:
            let period = failure.kind == .rateLimit ? "PerMinute" : "PerDay"
            let quota: JSONValue = [
                "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                "violations": [["quotaId": .string("GenerateRequests\(period)PerProjectPerModel")]],
            ]
            let wait: JSONValue = [
                "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": .string(failure.retryDuration),
            ]
            return failure.kind == .quota ? [quota] : [quota, wait]
        default: return []
        }
    }
}
