import WireJSON

/// A `usage` object, read and put into OpenAI's form (contracts, section 3.2).
struct UsageReading {
    let usage: TokenUsage
    /// What the client gets: the provider's own object if it keeps the rules (OpenRouter's `cost` stays in
    /// it), else one made of the counts.
    let text: [UInt8]
    /// Whether ``text`` is the provider's own.
    let conforms: Bool

    /// nil if the text states no counts.
    init?(_ text: [UInt8], isEmbedding: Bool = false) {
        guard !text.isEmpty, let value = try? JSONValue(parsing: text), let usage = TokenUsage(openAI: value) else {
            return nil
        }
        self.usage = usage
        conforms = Self.conforms(value, to: usage, isEmbedding: isEmbedding)
        self.text = conforms ? text : Self.text(of: usage, isEmbedding: isEmbedding)
    }

    /// A usage object on the tape: counts as OpenAI states them are read in place, anything else from a tree.
    init?(_ entry: Int, on tape: AnswerTape, in bytes: [UInt8], isEmbedding: Bool) {
        let text = Array(bytes[tape[entry].value])
        if let usage = Self.plain(entry, on: tape, in: bytes, isEmbedding: isEmbedding) {
            self.init(usage: usage, text: text, conforms: true)
        } else {
            self.init(text, isEmbedding: isEmbedding)
        }
    }

    /// Counts that are all there, agree with each other and come without anything special.
    private static func plain(
        _ entry: Int, on tape: AnswerTape, in bytes: [UInt8], isEmbedding: Bool
    ) -> TokenUsage? {
        var usage = TokenUsage()
        var stated = 0
        for child in tape.children(of: entry) {
            switch tape[child].key {
            case .promptTokens, .completionTokens, .totalTokens:
                guard let count = tape.natural(child, in: bytes) else { return nil }
                if tape[child].key == .promptTokens {
                    usage.prompt = count
                } else if tape[child].key == .completionTokens {
                    usage.completion = count
                } else {
                    usage.total = count
                }
                stated &+= 1
            case .promptDetails, .completionDetails:
                for detail in tape.children(of: child) where tape[detail].key != .other {
                    guard let count = tape.natural(detail, in: bytes) else { return nil }
                    switch tape[detail].key {
                    case .cachedTokens: usage.cached = count
                    case .cacheWriteTokens: usage.cacheWrite = count
                    default: usage.reasoning = count
                    }
                }
            case .special: return nil
            default: break
            }
        }
        let isWhole = stated == 3 || isEmbedding && stated == 2 && usage.completion == 0
        // xAI counts reasoning beside the completion: left to the tree's reader, like all contradictions.
        let isPlain = usage.reasoning == 0 || usage.total != usage.prompt &+ usage.completion &+ usage.reasoning
        let agrees = usage.cached &+ usage.cacheWrite <= usage.prompt && usage.reasoning <= usage.completion
        return isWhole && isPlain && agrees ? usage : nil
    }

    /// The same, to be written in another place than the provider's.
    var rewritten: UsageReading { UsageReading(usage: usage, text: text, conforms: false) }

    private init(usage: TokenUsage, text: [UInt8], conforms: Bool) {
        self.usage = usage
        self.text = text
        self.conforms = conforms
    }

    /// For a provider that reports nothing.
    init(estimatedFor plan: AnswerPlan, deliveredBytes: Int) {
        usage = TokenUsage.estimate(promptBytes: plan.promptBytes, completionBytes: deliveredBytes)
        text = Self.text(of: usage, isEmbedding: plan.endpoint == .embeddings)
        conforms = false
    }

    /// Whether the object says in OpenAI's terms what was read from it, and nothing of Groq's timing.
    private static func conforms(_ value: JSONValue, to usage: TokenUsage, isEmbedding: Bool) -> Bool {
        guard value["prompt_tokens"]?.intValue == usage.prompt, value["total_tokens"]?.intValue == usage.total,
            isEmbedding || value["completion_tokens"]?.intValue == usage.completion
        else { return false }
        let details = value["prompt_tokens_details"]
        if let cached = details?["cached_tokens"]?.numberValue, cached.int != usage.cached { return false }
        return !["queue_time", "prompt_time", "completion_time", "total_time"].contains { value[$0] != nil }
    }

    private static func text(of usage: TokenUsage, isEmbedding: Bool) -> [UInt8] {
        var members = usage.openAI
        if isEmbedding {
            members = ["prompt_tokens": members["prompt_tokens"] ?? 0, "total_tokens": members["total_tokens"] ?? 0]
        }
        return JSONValue.object(members).bytes
    }
}
