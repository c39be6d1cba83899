extension CapabilityTable {
    /// Reads the format of ``data``; lines that do not fit are left out.
    init(parsing text: StaticString) {
        var rows: [ProviderKind: [String: Row]] = [:]
        let text = text.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 7, let provider = ProviderKind(rawValue: String(fields[0])) else { continue }
            let model = String(fields[1])
            var capabilities = ModelCapabilities()
            capabilities.contextWindow = Int(fields[3])
            capabilities.maxOutput = Int(fields[4])
            capabilities.promptCacheMinimumTokens = Int(fields[5])
            for ability in fields[6].split(separator: ",") {
                let isThere = ability.first != "!"
                guard let path = Self.abilities[String(isThere ? ability : ability.dropFirst())] else { continue }
                capabilities[keyPath: path] = isThere
            }
            rows[provider, default: [:]][model] = Row(
                name: ModelName(ModelName.undated(model)), kind: String(fields[2]), capabilities: capabilities)
        }
        self.rows = rows
    }

    /// The names that `scripts/derive-capabilities.py` writes.
    private static var abilities: [String: WritableKeyPath<ModelCapabilities, Bool?>] {
        [
            "vision": \.vision, "tools": \.tools, "parallel": \.parallelTools, "schema": \.jsonSchema,
            "pdf": \.pdfInput, "audio": \.audioInput, "reasoning": \.reasoning, "sampling": \.samplingParameters,
            "prefill": \.assistantPrefill, "forced": \.forcedToolUse, "adaptive": \.adaptiveThinking,
            "always": \.thinkingAlwaysOn, "midsystem": \.midConversationSystem, "system": \.systemMessages,
            "none": \.effortNone, "minimal": \.effortMinimal, "xhigh": \.effortExtraHigh, "max": \.effortMax,
        ]
    }
}
