package import WireJSON

extension TokenUsage {
    /// The `usage` member of an OpenAI answer, with both details objects.
    package var openAI: JSONObject {
        var promptDetails: JSONObject = ["cached_tokens": .number(JSONNumber(cached)), "audio_tokens": 0]
        if cacheWrite > 0 { promptDetails["cache_write_tokens"] = .number(JSONNumber(cacheWrite)) }
        return [
            "prompt_tokens": .number(JSONNumber(prompt)),
            "completion_tokens": .number(JSONNumber(completion)),
            "total_tokens": .number(JSONNumber(total)),
            "prompt_tokens_details": .object(promptDetails),
            "completion_tokens_details": [
                "reasoning_tokens": .number(JSONNumber(reasoning)), "audio_tokens": 0,
                "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
            ],
        ]
    }

    /// Appends the text of ``openAI`` without building the value.
    package func writeOpenAI(to output: inout [UInt8]) {
        output.append("{\"prompt_tokens\":")
        JSONText.appendInt(prompt, to: &output)
        output.append(",\"completion_tokens\":")
        JSONText.appendInt(completion, to: &output)
        output.append(",\"total_tokens\":")
        JSONText.appendInt(total, to: &output)
        output.append(",\"prompt_tokens_details\":{\"cached_tokens\":")
        JSONText.appendInt(cached, to: &output)
        output.append(",\"audio_tokens\":0")
        if cacheWrite > 0 {
            output.append(",\"cache_write_tokens\":")
            JSONText.appendInt(cacheWrite, to: &output)
        }
        output.append("},\"completion_tokens_details\":{\"reasoning_tokens\":")
        JSONText.appendInt(reasoning, to: &output)
        output.append(
            ",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}")
    }
}
