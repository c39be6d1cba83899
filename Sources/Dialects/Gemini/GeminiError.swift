import WireJSON

/// Google's errors: `{"error":{"code","message","status","details"}}`, sometimes inside `[ ]`.
enum GeminiError {
    /// An answer with an error status, whatever its body.
    static func failure(body: [UInt8], head: AnswerHead) -> ProviderFailure {
        let value = try? JSONValue(parsing: body)
        guard let error = (value?[0] ?? value)?["error"] else {
            // Something in front of the API answered.
            let failureClass = FailureClass(status: head.status)
            return ProviderFailure(
                failureClass, upstreamStatus: head.status, message: ProviderMessage.describing(body, head: head),
                retryAfterMilliseconds: wait(failureClass, head: head, error: [:], message: ""))
        }
        return failure(error: error, status: head.status, head: head)
    }

    /// - Parameter status: of the HTTP answer; for an error inside a 200 the error's own code counts.
    static func failure(error: JSONValue, status: Int, head: AnswerHead) -> ProviderFailure {
        let text = error["message"]?.stringValue ?? error.stringValue ?? ""
        let details = error["details"]?.arrayValue ?? []
        let effective = 200..<300 ~= status ? error["code"]?.intValue ?? 500 : status
        let code = error["status"]?.stringValue
        var failureClass = classify(status: effective, code: code, message: text, details: details)
        let wait = wait(failureClass, head: head, error: error, message: text)
        if failureClass == .rateLimit, let wait, wait > RetryAfter.patienceMilliseconds {
            failureClass = .rateLimitLong
        }
        let message =
            text.isEmpty ? "The provider answered with status \(effective)." : ProviderMessage.clean(text)
        return ProviderFailure(
            failureClass, upstreamStatus: status, message: message, code: code, param: param(details),
            retryAfterMilliseconds: wait)
    }

    private static func wait(
        _ failureClass: FailureClass, head: AnswerHead, error: JSONValue, message: String
    ) -> Int? {
        switch failureClass {
        case .rateLimit, .overloaded, .server:
            return RetryAfter.milliseconds(head: head, body: ["error": error], message: message)
        // Daily quotas come with a delay of seconds, too, after which nothing has changed.
        default: return nil
        }
    }

    /// Contracts, section 2.2, table of statuses, and section 4.
    private static func classify(
        status: Int, code: String?, message: String, details: [JSONValue]
    ) -> FailureClass {
        if details.contains(where: { $0["reason"]?.stringValue == "API_KEY_INVALID" }) { return .auth }
        switch status {
        case 400, 422: return classifyBadRequest(code: code, message: message)
        case 429: return isLongLimit(message, details) ? .rateLimitLong : .rateLimit
        default: return FailureClass(status: status)
        }
    }

    private static func classifyBadRequest(code: String?, message: String) -> FailureClass {
        // Billing not set up, or a region without service: the key is of no use here.
        if code == "FAILED_PRECONDITION" { return .billing }
        let message = message.lowercased()
        if message.contains("exceeds the maximum number of tokens") { return .contextLength }
        if message.contains("payload size exceeds the limit") { return .tooLarge }
        if message.contains("api key not valid") || message.contains("api key expired") { return .auth }
        return .badRequest
    }

    /// A daily quota, or a quota of zero: this key never gets an answer from this model.
    private static func isLongLimit(_ message: String, _ details: [JSONValue]) -> Bool {
        if message.contains("limit: 0,") || message.contains("limit: 0\n") || message.hasSuffix("limit: 0") {
            return true
        }
        return details.contains { detail in
            (detail["violations"]?.arrayValue ?? []).contains { violation in
                violation["quotaId"]?.stringValue?.contains("PerDay") == true
            }
        }
    }

    /// The first field that `google.rpc.BadRequest` complains about, as Google names it.
    private static func param(_ details: [JSONValue]) -> String? {
        for detail in details {
            if let field = detail["fieldViolations"]?[0]?["field"]?.stringValue, !field.isEmpty { return field }
        }
        return nil
    }
}
