package import WireJSON

/// How long a provider asks to wait. Sources and their order: contracts, section 4, "Wait sources".
package enum RetryAfter {
    /// The longest wait that a retry within one request may have patience for. What takes longer is
    /// ``FailureClass/rateLimitLong``: the key rests instead.
    package static let patienceMilliseconds = 60_000

    /// The wait in milliseconds, rounded up; nil if the answer names none (the caller backs off then).
    ///
    /// - Parameters:
    ///   - head: status and headers; nil for an error inside a stream.
    ///   - body: the parsed error body, for Gemini's `RetryInfo` and OpenRouter's quoted headers.
    ///   - message: the error's text, the last source.
    ///   - now: seconds since 1970, to turn points in time into waits. Without it the answer's own `date`
    ///     header serves; without that either, sources that name a point in time are passed over.
    package static func milliseconds(
        head: AnswerHead?, body: JSONValue?, message: String, now: Int? = nil
    ) -> Int? {
        let now = now ?? head?.header("date").flatMap(WireTime.httpDate)
        return head.flatMap { fromRetryAfter($0, now: now) }
            ?? fromRetryInfo(body)
            ?? fromQuotedHeaders(body, now: now)
            ?? head.flatMap { fromResetDurations($0, body: body) }
            ?? head.flatMap { fromResetTimes($0, now: now) }
            ?? fromText(message)
    }

    /// Zero is no answer (Azure rounds `retry-after-ms` down to 0 and states the seconds beside it).
    private static func positive(_ milliseconds: Int?) -> Int? {
        guard let milliseconds, milliseconds > 0 else { return nil }
        return min(milliseconds, WireTime.maximumMilliseconds)
    }

    private static func wait(until moment: Int?, now: Int?) -> Int? {
        guard let moment, let now, moment > now else { return nil }
        return positive(min(moment - now, WireTime.maximumMilliseconds / 1000) * 1000)
    }

    private static func fromRetryAfter(_ head: AnswerHead, now: Int?) -> Int? {
        if let text = head.header("retry-after-ms"), let thousandths = WireTime.thousandths(text),
            let wait = positive((thousandths + 999) / 1000)
        {
            return wait
        }
        guard let text = head.header("retry-after") else { return nil }
        return positive(WireTime.thousandths(text)) ?? wait(until: WireTime.httpDate(text), now: now)
    }

    private static func error(in body: JSONValue?) -> JSONValue? { (body?[0] ?? body)?["error"] }

    /// Gemini: `details[]` of type `google.rpc.RetryInfo` with `retryDelay: "34.4s"`.
    private static func fromRetryInfo(_ body: JSONValue?) -> Int? {
        for detail in error(in: body)?["details"]?.arrayValue ?? [] {
            guard let delay = detail["retryDelay"]?.stringValue else { continue }
            return positive(WireTime.duration(delay))
        }
        return nil
    }

    /// OpenRouter quotes the upstream's headers in `metadata.headers`; its reset is a time in milliseconds.
    private static func fromQuotedHeaders(_ body: JSONValue?, now: Int?) -> Int? {
        guard let headers = error(in: body)?["metadata"]?["headers"]?.objectValue else { return nil }
        for (name, value) in headers {
            let text = value.stringValue ?? value.numberValue?.text ?? ""
            switch name.lowercased() {
            case "retry-after": if let wait = positive(WireTime.thousandths(text)) { return wait }
            case "x-ratelimit-reset": if let wait = wait(until: Int(text).map { $0 / 1000 }, now: now) { return wait }
            default: continue
            }
        }
        return nil
    }

    /// `x-ratelimit-reset-requests` and `-tokens`: the one that ran out counts, as the error's `type` or the
    /// `remaining` header says. If neither says so, a lone one does; two would be a guess.
    private static func fromResetDurations(_ head: AnswerHead, body: JSONValue?) -> Int? {
        let requests = positive(head.header("x-ratelimit-reset-requests").flatMap { WireTime.duration($0) })
        let tokens = positive(head.header("x-ratelimit-reset-tokens").flatMap { WireTime.duration($0) })
        switch error(in: body)?["type"]?.stringValue {
        case "requests"? where requests != nil: return requests
        case "tokens"? where tokens != nil: return tokens
        default: break
        }
        let spent = [
            head.header("x-ratelimit-remaining-requests") == "0" ? requests : nil,
            head.header("x-ratelimit-remaining-tokens") == "0" ? tokens : nil,
        ].compactMap { $0 }
        if let longest = spent.max() { return longest }
        return requests != nil && tokens != nil ? nil : requests ?? tokens
    }

    /// `anthropic-ratelimit-*-reset`: times at which the limits that ran out are full again.
    private static func fromResetTimes(_ head: AnswerHead, now: Int?) -> Int? {
        let limits: [(remaining: StaticString, reset: StaticString)] = [
            ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
            ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
            ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
            ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
        ]
        return limits.compactMap { limit in
            guard head.header(limit.remaining) == "0" else { return nil }
            return wait(until: head.header(limit.reset).flatMap { WireTime.rfc3339($0) }, now: now)
        }.max()
    }

    /// "Please try again in 1m7.39s", "Please retry after 6 seconds".
    private static func fromText(_ message: String) -> Int? {
        let text = FoldedText(message)
        let phrases: [StaticString] = ["try again in ", "retry in ", "retry after "]
        for phrase in phrases {
            // No duration is longer than this.
            guard let rest = text.text(after: phrase, limit: 48) else { continue }
            if let wait = positive(WireTime.duration(rest)) { return wait }
        }
        return nil
    }
}
