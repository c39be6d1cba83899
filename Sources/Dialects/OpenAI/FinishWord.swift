/// A finish reason as providers of OpenAI's family spell it, read into OpenAI's five (contracts, section 3.1).
enum FinishWord {
    /// Not finished: absent, null or empty.
    case none
    /// The provider gave up.
    case error
    case reason(Reason)

    enum Reason: String {
        case stop, length
        case toolCalls = "tool_calls"
        case contentFilter = "content_filter"
        case functionCall = "function_call"
    }

    init(_ entry: AnswerEntry?, in data: [UInt8]) {
        guard let entry, entry.isText, entry.content.upperBound <= data.count else {
            self = .none
            return
        }
        self.init(String(decoding: data[entry.content], as: UTF8.self))
    }

    init(_ word: String) {
        if let reason = Reason(rawValue: word) {
            self = .reason(reason)
            return
        }
        switch word.lowercased() {
        case "error": self = .error
        case "tool_use", "tool_call": self = .reason(.toolCalls)
        case "max_tokens", "model_length", "length": self = .reason(.length)
        case "safety", "recitation", "refusal", "content_filter": self = .reason(.contentFilter)
        default: self = .reason(.stop)  // An unknown word ends the answer all the same.
        }
    }
}

extension FinishWord.Reason {
    /// The reason that agrees with what was sent: some providers end tool calls with `stop`, others name
    /// `tool_calls` without any.
    func agreeing(hasToolCalls: Bool) -> FinishWord.Reason {
        switch self {
        case .stop where hasToolCalls: .toolCalls
        case .toolCalls where !hasToolCalls: .stop
        default: self
        }
    }
}
