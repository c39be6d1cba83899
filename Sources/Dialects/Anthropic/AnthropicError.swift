import WireJSON

/// Anthropic's errors: `{"type":"error","error":{"type","message","details"?}}` (contracts, sections 2.1 and 4).
struct AnthropicError {
    private let type: String
    private let errorCode: String?
    private let text: FoldedText
    /// 0 for an error inside a 200.
    private let status: Int

    private init(type: String, errorCode: String?, message: String, status: Int) {
        self.type = type
        self.errorCode = errorCode
        self.status = 400..<600 ~= status ? status : 0
        text = FoldedText(message)
    }

    /// An answer with an error status, whatever its body.
    static func failure(body: [UInt8], head: AnswerHead) -> ProviderFailure {
        if let value = try? JSONValue(parsing: body), let error = value["error"], !error.isNull {
            return failure(error: error, status: head.status, head: head)
        }
        // Something in front of the API answered.
        let failureClass = FailureClass(status: head.status)
        return described(
            failureClass, status: head.status, message: ProviderMessage.describing(body, head: head),
            wait: wait(for: failureClass, head: head, error: .null, message: ""))
    }

    /// - Parameters:
    ///   - error: the `error` object, or a proxy's plain text in its place.
    ///   - status: of the HTTP answer; for an error inside a 200 its type alone counts.
    static func failure(error: JSONValue, status: Int, head: AnswerHead) -> ProviderFailure {
        let message = error["message"]?.stringValue ?? error.stringValue ?? ""
        let type = error["type"]?.stringValue ?? ""
        let errorCode = error["details"]?["error_code"]?.stringValue
        let failureClass = AnthropicError(type: type, errorCode: errorCode, message: message, status: status)
            .failureClass
        let isClientFault = failureClass == .badRequest || failureClass == .unsupportedParameter
        let shown = message.isEmpty ? "The provider reported an error without a message." : message
        return described(
            failureClass, status: status, message: ProviderMessage.clean(shown),
            code: errorCode ?? (type.isEmpty ? nil : type), param: isClientFault ? param(message) : nil,
            wait: wait(for: failureClass, head: head, error: error, message: message))
    }

    private static func described(
        _ failureClass: FailureClass, status: Int, message: String, code: String? = nil, param: String? = nil,
        wait: Int?
    ) -> ProviderFailure {
        let isLong = failureClass == .rateLimit && (wait ?? 0) > RetryAfter.patienceMilliseconds
        return ProviderFailure(
            isLong ? .rateLimitLong : failureClass, upstreamStatus: status, message: message, code: code,
            param: param, retryAfterMilliseconds: wait)
    }

    /// Only where waiting helps.
    private static func wait(
        for failureClass: FailureClass, head: AnswerHead, error: JSONValue, message: String
    ) -> Int? {
        switch failureClass {
        case .rateLimit, .rateLimitLong, .overloaded, .server:
            RetryAfter.milliseconds(head: head, body: ["error": error], message: message)
        default: nil
        }
    }

    // MARK: Classes

    private func says(_ phrases: StaticString...) -> Bool { phrases.contains { text.contains($0) } }

    /// By what the error says, then by its type, then by the status: billing comes as 400, 402 and 429.
    private var failureClass: FailureClass {
        if isBilling { return .billing }
        switch type {
        case "invalid_request_error": return invalidRequest
        case "authentication_error": return .auth
        case "permission_error": return says("model") ? .modelNotFound : .auth
        case "not_found_error": return .modelNotFound
        case "request_too_large": return .tooLarge
        case "rate_limit_error": return .rateLimit
        case "overloaded_error": return .overloaded
        case "api_error", "timeout_error", "conflict_error": return status == 529 ? .overloaded : .server
        default: break
        }
        switch status {
        case 0: return .server
        case 400, 422: return invalidRequest
        default: return FailureClass(status: status)
        }
    }

    private var isBilling: Bool {
        type == "billing_error" || status == 402 || errorCode == "enforced_spend_limit_reached"
            || says("credit balance is too low", "api usage limits", "api usage threshold", "spend limit")
    }

    private var invalidRequest: FailureClass {
        if says("prompt is too long", "exceed context limit", "exceeds the context window") { return .contextLength }
        if says("organization has been disabled", "invalid x-api-key", "invalid bearer token") { return .auth }
        if says("blocked by content filtering policy") { return .moderation }
        switch status {
        case 404: return .modelNotFound
        case 413: return .tooLarge
        case 429: return .rateLimit
        default: break
        }
        let isUnsupported = says(
            "does not support", "not supported for this model", "not supported on this model",
            "is not supported by this model", "deprecated for this model", "cannot both be specified",
            "extra inputs are not permitted")
        return isUnsupported ? .unsupportedParameter : .badRequest
    }

    // MARK: The parameter

    /// OpenAI's members by the names in Anthropic's messages. Positions are left out: turns were merged on the way.
    private static let params: [(sign: StaticString, param: String)] = [
        ("output_config.format", "response_format"), ("output_format", "response_format"),
        ("output_config", "reasoning_effort"), ("effort level", "reasoning_effort"), ("thinking", "reasoning_effort"),
        ("tool_choice", "tool_choice"), ("tools.", "tools"), ("temperature", "temperature"), ("top_p", "top_p"),
        ("top_k", "top_k"), ("stop_sequences", "stop"), ("max_tokens", "max_tokens"), ("metadata", "user"),
        ("messages", "messages"), ("system", "messages"),
    ]

    /// The client's member that a message complains about: "messages.1.content.0: …", "`temperature` is …".
    private static func param(_ message: String) -> String? {
        // Messages start with the path or name it early; what follows may quote the request.
        let start = FoldedText(String(message.prefix(64)))
        return params.first { start.contains($0.sign) }?.param
    }
}
