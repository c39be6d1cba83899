import WireJSON

extension GeminiRequest {
    /// The API's bound on `candidateCount`.
    private static let maxCandidates = 8

    mutating func generationConfig() throws(WireError) -> JSONObject {
        var configuration: JSONObject = [:]
        if let limit = chat.maxTokens {
            // A larger value than the model's own maximum is 400, and cannot be meant.
            configuration["maxOutputTokens"] = .number(JSONNumber(min(limit, target.capabilities.maxOutput ?? limit)))
        }
        if target.capabilities.samplingParameters != false { addSampling(to: &configuration) }
        if !chat.stop.isEmpty { configuration["stopSequences"] = .array(chat.stop.map { .string($0) }) }
        if chat.choices > 1 {
            guard chat.choices <= Self.maxCandidates else {
                throw .invalidRequest(
                    "This model gives at most \(Self.maxCandidates) choices.", param: "n", code: "unsupported_value")
            }
            configuration["candidateCount"] = .number(JSONNumber(chat.choices))
        }
        if chat.logprobs == true {
            configuration["responseLogprobs"] = true
            if let count = chat.topLogprobs { configuration["logprobs"] = .number(JSONNumber(count)) }
        }
        addFormat(to: &configuration)
        if let thinking = thinkingConfig() { configuration["thinkingConfig"] = thinking }
        return configuration
    }

    private func addSampling(to configuration: inout JSONObject) {
        if let temperature = chat.temperature { configuration["temperature"] = .number(temperature) }
        if let topP = chat.topP { configuration["topP"] = .number(topP) }
        if let topK = chat.topK, topK > 0 { configuration["topK"] = .number(JSONNumber(topK)) }
        if let seed = chat.seed {
            // The API's seed has 32 bits; any fixed mapping keeps what a seed is for.
            configuration["seed"] = .number(JSONNumber(Int(Int32(truncatingIfNeeded: seed))))
        }
        if let penalty = chat.presencePenalty { configuration["presencePenalty"] = .number(penalty) }
        if let penalty = chat.frequencyPenalty { configuration["frequencyPenalty"] = .number(penalty) }
    }

    /// Structured output; as an instruction where the API refuses it (with function tools before Gemini 3).
    private mutating func addFormat(to configuration: inout JSONObject) {
        let canAsk = generation.isThreeOrLater || chat.tools.isEmpty
        switch chat.responseFormat {
        case nil, .text?: break
        case .jsonObject?:
            if canAsk {
                configuration["responseMimeType"] = "application/json"
            } else {
                instructions.append("Answer with one JSON object only.")
            }
        case .jsonSchema(_, let schema, _)?:
            if canAsk, target.capabilities.jsonSchema != false {
                configuration["responseMimeType"] = "application/json"
                configuration["responseJsonSchema"] = schema
            } else {
                instructions.append(
                    "Answer with one JSON object only, without any other text. It must match this JSON schema:\n"
                        + schema.text)
            }
        }
        if let modalities = chat.members["modalities"]?.arrayValue?.compactMap(\.stringValue),
            modalities.contains("image")
        {
            configuration["responseModalities"] = .array(modalities.map { .string($0.uppercased()) })
        }
    }

    /// Google's own OpenAI layer takes `extra_body.google.thinking_config`: given that, it alone decides.
    private func thinkingConfig() -> JSONValue? {
        let google = (chat.members["extra_body"] ?? .object(chat.members))["google"]
        if let own = google?["thinking_config"] ?? google?["thinkingConfig"], own.objectValue != nil { return own }
        guard generation.thinking != .none else { return nil }
        let wanted = chat.members["include_reasoning"]?.boolValue
        guard let effort = chat.reasoningEffort else { return wanted == true ? ["includeThoughts": true] : nil }
        var configuration: JSONObject = [:]
        if generation.thinking == .level {
            configuration["thinkingLevel"] = .string(level(for: effort))
        } else {
            configuration["thinkingBudget"] = .number(JSONNumber(budget(for: effort)))
        }
        if effort != .none, wanted != false { configuration["includeThoughts"] = true }
        return .object(configuration)
    }

    /// Tokens, on the scale Google documents for its OpenAI layer.
    private func budget(for effort: ReasoningEffort) -> Int {
        switch effort {
        case .none: generation.isPro ? 128 : 0
        case .minimal, .low: 1024
        case .medium: 8192
        case .high, .xhigh, .max: 24576
        }
    }

    private func level(for effort: ReasoningEffort) -> String {
        let capabilities = target.capabilities
        switch effort {
        case .none, .minimal: return generation.isPro || capabilities.effortMinimal == false ? "LOW" : "MINIMAL"
        case .low: return "LOW"
        case .medium: return "MEDIUM"
        case .high: return "HIGH"
        case .xhigh, .max: return capabilities.effortExtraHigh == true ? "XHIGH" : "HIGH"
        }
    }
}
