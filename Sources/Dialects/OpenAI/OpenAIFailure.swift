import WireJSON

/// Failures of providers that speak OpenAI's format, apart from plain error answers.
enum OpenAIFailure {
    /// A stream that cannot be read on, or ends too early.
    static func broken(_ message: String) -> ProviderFailure {
        ProviderFailure(.streamBroken, upstreamStatus: 200, message: message)
    }

    /// A 200 that holds no answer.
    static func unusable(_ message: String) -> ProviderFailure {
        ProviderFailure(.server, upstreamStatus: 200, message: message)
    }

    /// `finish_reason: "error"` with nothing said about it (OpenRouter).
    static func finishedWithError() -> ProviderFailure {
        ProviderFailure(.server, upstreamStatus: 200, message: "The provider ended the answer with an error.")
    }

    /// An error object inside a 200: the whole of `data`, or the value at `error` in it. The head of such an
    /// answer says nothing about the error: its rate limits are those of a success.
    static func inside(_ data: [UInt8], error: Range<Int>? = nil, _ plan: AnswerPlan) -> ProviderFailure {
        guard let value = try? JSONValue(parsing: data[error ?? data.startIndex..<data.endIndex]) else {
            return unusable("The provider reported an error that cannot be read.")
        }
        return ProviderFailure(
            openAIError: error == nil ? value : ["error": value], status: 200, head: nil, kind: plan.kind)
    }
}
