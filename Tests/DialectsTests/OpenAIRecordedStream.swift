import WireJSON

/// What a client that knows nothing of our translators would assemble from a recorded stream of OpenAI's
/// family: an independent reading to compare with.
struct OpenAIRecordedStream {
    var choices: [Int: StreamTranscript.Choice] = [:]
    /// The last usage object, wherever it was.
    var usage: JSONValue?
    var hasError = false

    init(_ bytes: [UInt8]) {
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard line.hasPrefix("data:") else { continue }
            let payload = line.dropFirst(5).drop { $0 == " " }
            guard payload != "[DONE]", let chunk = try? JSONValue(parsing: String(payload)) else { continue }
            read(chunk)
        }
    }

    private mutating func read(_ chunk: JSONValue) {
        if let error = chunk["error"], !error.isNull { hasError = true }
        for usage in [chunk["x_groq"]?["usage"], chunk["usage"]] where usage?.objectValue != nil {
            self.usage = usage
        }
        for (position, choice) in (chunk["choices"]?.arrayValue ?? []).enumerated() {
            let index = choice["index"]?.intValue ?? position
            var state = choices[index] ?? .init()
            read(choice, into: &state)
            choices[index] = state
        }
    }

    private func read(_ choice: JSONValue, into state: inout StreamTranscript.Choice) {
        let delta = choice["delta"]
        state.content += (delta?["content"] ?? choice["text"])?.stringValue ?? ""
        state.reasoning += (delta?["reasoning_content"] ?? delta?["reasoning"])?.stringValue ?? ""
        state.refusal += delta?["refusal"]?.stringValue ?? ""
        for fragment in delta?["tool_calls"]?.arrayValue ?? [] {
            let index = fragment["index"]?.intValue ?? state.toolCalls.count
            while state.toolCalls.count <= index { state.toolCalls.append(.init(id: "", name: "")) }
            if let id = fragment["id"]?.stringValue { state.toolCalls[index].id = id }
            if let name = fragment["function"]?["name"]?.stringValue { state.toolCalls[index].name = name }
            state.toolCalls[index].arguments += fragment["function"]?["arguments"]?.stringValue ?? ""
        }
        if state.finish == nil { state.finish = choice["finish_reason"]?.stringValue }
    }
}
