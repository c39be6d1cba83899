package import WireJSON

extension ProviderFailure {
    /// Classifies an error answer of a provider that speaks OpenAI's format: OpenAI, Groq, OpenRouter, Ollama, Azure,
    /// vLLM and the like. Any body will do: JSON errors in all their variants, plain text, proxies' HTML, nothing.
    ///
    /// - Parameters:
    ///   - kind: which of them; all share one classification, since none contradicts another.
    ///   - now: seconds since 1970, see ``RetryAfter/milliseconds(head:body:message:now:)``.
    package init(openAIShaped body: [UInt8], head: AnswerHead, kind: ProviderKind, now: Int? = nil) {
        if let value = try? JSONValue(parsing: body), OpenAIErrorEnvelope(value) != nil {
            self.init(openAIError: value, status: head.status, head: head, kind: kind, now: now)
            return
        }
        let wait = RetryAfter.milliseconds(head: head, body: nil, message: "", now: now)
        var failureClass = FailureClass(status: head.status)
        if failureClass == .rateLimit, (wait ?? 0) > RetryAfter.patienceMilliseconds { failureClass = .rateLimitLong }
        self.init(
            failureClass, upstreamStatus: head.status, message: ProviderMessage.describing(body, head: head),
            retryAfterMilliseconds: wait)
    }

    /// Classifies a parsed error, also one inside a stream or a 200.
    ///
    /// - Parameters:
    ///   - openAIError: the whole object (`{"error":…}`) or the error object alone.
    ///   - status: the HTTP status of the answer, 200 for errors inside a stream or body.
    ///   - head: nil where headers say nothing about this error.
    package init(
        openAIError value: JSONValue, status: Int, head: AnswerHead?, kind: ProviderKind, now: Int? = nil
    ) {
        guard let error = OpenAIErrorEnvelope(value) else {
            let effective = 400..<600 ~= status ? status : 0
            self.init(
                FailureClass(status: effective), upstreamStatus: status,
                message: "The provider reported an error without a message.")
            return
        }
        // Readers of body members expect the envelope.
        let root = value[0] ?? value
        let envelope: JSONValue = root["error"] == nil ? ["error": root] : root
        let wait = RetryAfter.milliseconds(head: head, body: envelope, message: error.text, now: now)
        let failureClass = OpenAIErrorClassifier(error, status: status, waitMilliseconds: wait).failureClass
        let isParam = failureClass == .unsupportedParameter
        self.init(
            failureClass, upstreamStatus: status,
            message: ProviderMessage.clean(error.text),
            code: error.code ?? error.type, param: isParam ? error.complainedParam : error.param,
            retryAfterMilliseconds: wait)
    }
}
