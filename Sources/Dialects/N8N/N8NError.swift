import WireJSON

/// Answers of n8n (or of a proxy in front of it) with an error status (contracts, section 2.7, "Errors").
enum N8NError {
    static func failure(_ body: [UInt8], head: AnswerHead) -> ProviderFailure {
        let value = try? JSONValue(parsing: body)
        var failureClass = classify(status: head.status)
        let text =
            value?["message"]?.stringValue ?? value?["error"]?["message"]?.stringValue
            ?? value?["error"]?.stringValue
        let message = text.map(ProviderMessage.clean) ?? ProviderMessage.describing(body, head: head)
        var wait: Int?
        if failureClass == .rateLimit || failureClass == .overloaded {
            wait = RetryAfter.milliseconds(head: head, body: value, message: message)
        }
        if failureClass == .rateLimit, let wait, wait > RetryAfter.patienceMilliseconds {
            failureClass = .rateLimitLong
        }
        return ProviderFailure(
            failureClass, upstreamStatus: head.status, message: message, retryAfterMilliseconds: wait)
    }

    /// A failed node is `.server`: the router does not repeat that for n8n, because a workflow may have had
    /// effects before it failed.
    private static func classify(status: Int) -> FailureClass {
        switch status {
        // An inactive workflow, a wrong path or method, a redirect to some login page.
        case 300..<400, 404, 405, 410: .misconfigured
        default: FailureClass(status: status)
        }
    }
}
