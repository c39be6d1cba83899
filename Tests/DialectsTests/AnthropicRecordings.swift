import Dialects

/// The recorded exchanges with Anthropic, by what they are good for.
enum AnthropicRecordings {
    /// Not answers of `/v1/messages`, with the reason.
    static let skipped = [
        "count-tokens": "an answer of /v1/messages/count_tokens, which the gateway does not call",
        "models-list": "an answer of /v1/models",
        "openai-compat-stream-tool-index-1": "a stream in OpenAI's format, for the dialect of that format",
    ]

    static let answers: [Fixture] = Fixture.all("anthropic") { $0.status == 200 && skipped[$0.name] == nil }
    static let whole: [Fixture] = answers.filter { !$0.streaming }
    /// Streams that end as they should.
    static let streams: [Fixture] = answers.filter { $0.streaming && !brokenStreams.contains($0.name) }
    static let brokenStreams: Set<String> = ["stream-error-first-event", "stream-truncated-no-message-stop"]
    static let errors: [Fixture] = Fixture.all("anthropic") { $0.status != 200 }

    static let classes: [String: FailureClass] = [
        "error-400-credit-balance": .billing, "error-400-effort-unsupported": .unsupportedParameter,
        "error-400-prompt-too-long": .contextLength, "error-404-count-tokens": .modelNotFound,
        "error-404-model": .modelNotFound, "error-429-enforced-spend-limit": .billing, "error-500-api-error": .server,
        "error-529-overloaded": .overloaded,
    ]

    /// Requests of `/v1/messages` that OpenAI's format can express, but for what is changed on purpose.
    static let requests: [Fixture] = Fixture.all("anthropic") { fixture in
        guard fixture.request != nil, fixture.endpoint.hasPrefix("/v1/messages"), !fixture.endpoint.contains("count")
        else { return false }
        // Asks for an effort the model does not have: the next lower one is sent.
        return fixture.name != "error-400-effort-unsupported"
    }
}
