package import WireJSON

extension TokenUsage {
    /// Counts above this are nonsense and become this: sums and prices computed from it cannot overflow.
    package static let maximumTokens = 1 << 40

    /// Reads a `usage` member of chat, completions, embeddings or the Responses API, as OpenAI, Groq, OpenRouter,
    /// Ollama and Azure write it (contracts, section 3.2). nil when it states no token counts.
    ///
    /// Contradictions are settled so that billing holds: counts are never negative, cached and written parts
    /// never exceed the prompt (Azure's Grok states more), reasoning never exceeds the completion.
    package init?(openAI usage: JSONValue) {
        guard usage.objectValue != nil else { return nil }
        let stated = (
            prompt: Self.count(usage["prompt_tokens"] ?? usage["input_tokens"]),
            completion: Self.count(usage["completion_tokens"] ?? usage["output_tokens"]),
            total: Self.count(usage["total_tokens"])
        )
        guard stated.prompt != nil || stated.completion != nil || stated.total != nil else { return nil }
        let promptDetails = usage["prompt_tokens_details"] ?? usage["input_tokens_details"]
        let completionDetails = usage["completion_tokens_details"] ?? usage["output_tokens_details"]

        self.init()
        prompt = stated.prompt ?? max(0, (stated.total ?? 0) - (stated.completion ?? 0))
        completion = stated.completion ?? max(0, (stated.total ?? 0) - prompt)
        reasoning = Self.count(completionDetails?["reasoning_tokens"]) ?? 0
        if reasoning > 0, let total = stated.total, total == prompt + completion + reasoning {
            completion += reasoning  // xAI counts reasoning beside the completion, not in it.
        }
        reasoning = min(reasoning, completion)
        cached = min(prompt, Self.count(promptDetails?["cached_tokens"]) ?? 0)
        cacheWrite = min(prompt - cached, Self.count(promptDetails?["cache_write_tokens"]) ?? 0)
        total = stated.total ?? prompt + completion
        costNanodollars = usage["cost"]?.numberValue.flatMap { Self.nanodollars(decimal: $0.text) }
    }

    /// The usage of a whole answer or of one stream chunk: `usage`, or Groq's older `x_groq.usage`.
    package init?(openAIAnswer answer: JSONValue) {
        if let usage = answer["usage"].flatMap(TokenUsage.init(openAI:)) {
            self = usage
        } else if let usage = answer["x_groq"]?["usage"].flatMap(TokenUsage.init(openAI:)) {
            self = usage
        } else {
            return nil
        }
    }

    private static func count(_ value: JSONValue?) -> Int? {
        guard let number = value?.numberValue else { return nil }
        if let int = number.int { return max(0, min(int, maximumTokens)) }
        guard let double = number.double, double == double else { return nil }
        return double >= Double(maximumTokens) ? maximumTokens : Int(max(0, double))
    }

    /// Decimal text of dollars (`0.000971`, `1.4e-07`) in nano-dollars, rounded half up; exact, without floating
    /// point. nil when it is negative or no number; more than a million dollars becomes a million.
    package static func nanodollars(decimal text: String) -> Int? {
        let limit = 1_000_000 * 1_000_000_000
        let halves = text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "e" || $0 == "E" })
        guard let mantissa = halves.first, halves.count <= 2 else { return nil }
        guard let exponent = halves.count == 2 ? Int(halves[1]) : 0, abs(exponent) < 400 else { return nil }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        let digits = Array(parts.joined().utf8)
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        // Digits before the decimal point once the value is in nano-dollars.
        let wholeDigits = (parts.first?.count ?? 0) + exponent + 9
        guard wholeDigits >= 0 else { return 0 }
        var nano = 0
        for position in 0..<wholeDigits {
            guard position < digits.count || nano > 0 else { break }
            nano = nano * 10 + (position < digits.count ? Int(digits[position] - 0x30) : 0)
            if nano >= limit { return limit }
        }
        if wholeDigits < digits.count, digits[wholeDigits] >= UInt8(ascii: "5") { nano += 1 }
        return nano
    }
}
