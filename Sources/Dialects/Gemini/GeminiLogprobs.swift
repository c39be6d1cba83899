import WireJSON

/// `logprobsResult` of a candidate as OpenAI's `logprobs` object. Whole answers only.
enum GeminiLogprobs {
    /// nil where the answer holds none.
    static func openAI(of answer: JSONValue, candidate index: Int) -> JSONValue? {
        let candidates = answer["candidates"]?.arrayValue ?? []
        let candidate = candidates.enumerated().first { ($0.element["index"]?.intValue ?? $0.offset) == index }
        let result = candidate?.element["logprobsResult"]
        guard let chosen = result?["chosenCandidates"]?.arrayValue, !chosen.isEmpty else { return nil }
        let alternatives = result?["topCandidates"]?.arrayValue ?? []
        var content: [JSONValue] = []
        for (position, token) in chosen.enumerated() {
            guard var entry = entry(token) else { return nil }
            let top = position < alternatives.count ? alternatives[position]["candidates"]?.arrayValue ?? [] : []
            entry["top_logprobs"] = .array(top.compactMap { Self.entry($0).map(JSONValue.object) })
            content.append(.object(entry))
        }
        return ["content": .array(content), "refusal": nil]
    }

    private static func entry(_ token: JSONValue) -> JSONObject? {
        guard let text = token["token"]?.stringValue, let logprob = token["logProbability"]?.numberValue else {
            return nil
        }
        let bytes = text.utf8.map { JSONValue.number(JSONNumber(Int($0))) }
        return ["token": .string(text), "logprob": .number(logprob), "bytes": .array(bytes)]
    }
}
