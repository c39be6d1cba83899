import WireJSON

extension AnthropicRequest {
    /// Longest `metadata.user_id` the API takes, in characters.
    private static let maxUserID = 256

    /// Sampling, `stop`, `user` and `service_tier`. What has no equivalent (penalties, `seed`, `logprobs` …) is
    /// dropped, as Anthropic's own OpenAI layer does.
    func addParameters(to body: inout AnthropicBody) {
        if !thinking.isOn, target.capabilities.samplingParameters != false { addSampling(to: &body) }
        // Entries of white space alone are refused.
        let stop = chat.stop.filter { !AnthropicBlock.isBlank($0) }
        if !stop.isEmpty { body.add("stop_sequences", .array(stop.map { .string($0) })) }
        if let user = chat.user, Self.isOpaque(user) {
            body.add("metadata", ["user_id": .string(String(user.prefix(Self.maxUserID)))])
        }
        switch chat.serviceTier {
        case "auto"?: body.add("service_tier", "auto")
        case "default"?: body.add("service_tier", "standard_only")
        default: break
        }
    }

    private func addSampling(to body: inout AnthropicBody) {
        if let temperature = chat.temperature {
            // OpenAI's scale goes to 2.
            let isAbove = (temperature.double ?? 0) > 1
            body.add("temperature", isAbove ? 1 : .number(temperature))
        }
        if let topP = chat.topP, chat.temperature == nil || takesBothSamplings { body.add("top_p", .number(topP)) }
        if let topK = chat.topK, topK > 0 { body.add("top_k", .number(JSONNumber(topK))) }
    }

    /// Models from 4.1 on take `temperature` or `top_p`, not both; unknown ones are taken to be as strict.
    private var takesBothSamplings: Bool {
        let version = ModelName(ModelName.undated(target.model)).version
        return !version.isEmpty && version.lexicographicallyPrecedes([4, 1])
    }

    /// E-mail addresses and telephone numbers are refused as user ids, and are not the provider's business.
    private static func isOpaque(_ user: String) -> Bool {
        guard !AnthropicBlock.isBlank(user), !user.utf8.contains(UInt8(ascii: "@")) else { return false }
        var digits = 0
        for byte in user.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: " "): continue
            default: return true
            }
        }
        return !(7...15 ~= digits && (user.utf8.first == UInt8(ascii: "+") || digits < user.utf8.count))
    }

    /// The schema of the answer and the effort.
    func outputConfig() -> JSONObject {
        var config: JSONObject = [:]
        if let effort = thinking.effort { config.append("effort", .string(effort)) }
        if outputTool == nil, case .jsonSchema(_, let schema, _)? = chat.responseFormat,
            target.capabilities.jsonSchema == true
        {
            config.append("format", ["type": "json_schema", "schema": AnthropicSchema.cleaned(schema)])
        }
        return config
    }
}
