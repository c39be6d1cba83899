import Storage

/// Takes the members of a row one after another, in the order in which they are exported.
protocol ExportedMembers {
    mutating func text(_ name: StaticString, _ value: String?)
    mutating func int(_ name: StaticString, _ value: Int?)
    mutating func bool(_ name: StaticString, _ value: Bool)
}

extension UsageRecord {
    /// Hands over every exported member: the one place that knows their names and order.
    func export(to members: inout some ExportedMembers) {
        members.text("id", id.description)
        members.text("time", ExportedTime.text(time))
        members.text("tenant", tenant)
        members.text("user", user)
        members.text("key", key)
        members.text("end_user", endUser)
        members.text("session", session)
        members.text("module", module)
        members.text("endpoint", endpoint)
        members.text("client_model", clientModel)
        members.text("provider", provider)
        members.text("upstream_model", upstreamModel)
        members.int("attempts", attemptCount)
        members.int("prompt_tokens", promptTokens)
        members.int("cached_tokens", cachedTokens)
        members.int("cache_write_tokens", cacheWriteTokens)
        members.int("completion_tokens", completionTokens)
        members.int("reasoning_tokens", reasoningTokens)
        members.int("cost_nanodollars", costNanodollars)
        members.text("price_version", priceVersion)
        members.bool("estimated", isEstimated)
        members.text("cache", cache.rawValue)
        members.int("status", status)
        members.text("error", error)
        members.int("first_token_ms", firstTokenMilliseconds)
        members.int("total_ms", totalMilliseconds)
        members.bool("stream", isStream)
    }
}

/// Times of exported rows: RFC 3339 in UTC with milliseconds.
enum ExportedTime {
    static func text(_ time: Timestamp) -> String {
        let part = time.milliseconds % 1000
        let milliseconds = String(1000 + (part < 0 ? part + 1000 : part)).dropFirst()
        return "\(time.description.dropLast()).\(milliseconds)Z"
    }
}
