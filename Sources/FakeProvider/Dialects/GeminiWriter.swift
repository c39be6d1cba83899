import WireJSON

/// Writes Gemini's answers: CRLF framing, cumulative usage, `STOP` even after function calls, no end marker.
struct GeminiWriter {
    let context: AnswerContext
    let prompt: Prompt
    let reply: Reply

    private func finishReason(_ choice: Reply.Choice) -> String {
        if choice.refusal != nil { return "SAFETY" }
        switch choice.finish {
        case .stop, .toolCalls: return "STOP"
        case .length: return "MAX_TOKENS"
        case .contentFilter: return "SAFETY"
        }
    }

    /// - Parameter output: answer tokens so far; thoughts are counted beside them, not among them.
    private func usage(output: Int) -> JSONObject {
        let numbers = reply.usage
        var usage: JSONObject = [
            "promptTokenCount": .number(JSONNumber(numbers.prompt)),
            "candidatesTokenCount": .number(JSONNumber(output)),
            "totalTokenCount": .number(JSONNumber(numbers.prompt &+ output &+ numbers.reasoning)),
            "promptTokensDetails": [["modality": "TEXT", "tokenCount": .number(JSONNumber(numbers.prompt))]],
        ]
        if numbers.cached > 0 { usage["cachedContentTokenCount"] = .number(JSONNumber(numbers.cached)) }
        if numbers.reasoning > 0 { usage["thoughtsTokenCount"] = .number(JSONNumber(numbers.reasoning)) }
        return usage
    }

    private var outputTokens: Int { max(0, reply.usage.completion &- reply.usage.reasoning) }

    private func response(_ candidates: [JSONValue], output: Int) -> JSONValue {
        var object: JSONObject = [:]
        object["candidates"] = .array(candidates)
        if context.behaviour.usage != .omitted { object["usageMetadata"] = .object(usage(output: output)) }
        object["modelVersion"] = .string(prompt.model)
        object["responseId"] = .string(context.id(""))
        return .object(object)
    }

    private func candidate(_ index: Int, parts: [JSONValue], finish: String?) -> JSONValue {
        var object: JSONObject = ["content": ["parts": .array(parts), "role": "model"]]
        // Blocked answers come without parts.
        if finish == "SAFETY", parts.isEmpty { object["content"] = .object([:]) }
        if let finish { object["finishReason"] = .string(finish) }
        object["index"] = .number(JSONNumber(index))
        return .object(object)
    }

    private func callParts(_ choice: Reply.Choice) -> [JSONValue] {
        let isNew = prompt.model.contains("gemini-3")
        return choice.calls.enumerated().map { index, call in
            var function: JSONObject = [:]
            // Ids appear on newer models only, and only the first of parallel calls is signed.
            if isNew { function["id"] = .string(context.id("", index + 1)) }
            function["name"] = .string(call.name)
            function["args"] = call.arguments
            var part: JSONObject = ["functionCall": .object(function)]
            if index == 0, isNew || !reply.thoughts.isEmpty { part["thoughtSignature"] = "ZmFrZS1zaWduYXR1cmU=" }
            return .object(part)
        }
    }

    private func text(_ text: String, isThought: Bool = false) -> JSONValue {
        isThought ? ["text": .string(text), "thought": true] : ["text": .string(text)]
    }

    // MARK: Whole

    func whole() -> FakeAnswer {
        let candidates = reply.choices.enumerated().map { index, choice in
            var parts: [JSONValue] = []
            if index == 0, !reply.thoughts.isEmpty { parts.append(text(reply.thoughts.joined(), isThought: true)) }
            if choice.refusal == nil, !choice.pieces.isEmpty { parts.append(text(choice.text)) }
            return candidate(index, parts: parts + callParts(choice), finish: finishReason(choice))
        }
        var answer = FakeAnswer.json(response(candidates, output: outputTokens))
        answer.headers.set("content-type", "application/json; charset=UTF-8")
        return answer
    }

    // MARK: Stream

    /// - Parameter isEvents: `alt=sse`; without it the stream is one JSON array in pieces.
    func stream(isEvents: Bool) -> FakeAnswer {
        var frames = FrameBuffer()
        var framing = Framing(isEvents: isEvents)
        var sent = 0
        for thought in reply.thoughts {
            add(&frames, .content, &framing, [candidate(0, parts: [text(thought, isThought: true)], finish: nil)], 0)
        }
        let longest = reply.choices.map(\.pieces.count).max() ?? 0
        for position in 0..<longest {
            for (index, choice) in reply.choices.enumerated() where position < choice.pieces.count {
                sent += choice.pieces[position].utf8.count
                let parts = [text(choice.pieces[position])]
                let tokens = min(FakeTokens.count(bytes: sent), outputTokens)
                add(&frames, .content, &framing, [candidate(index, parts: parts, finish: nil)], tokens)
            }
        }
        for (index, choice) in reply.choices.enumerated() {
            for part in callParts(choice) {
                add(&frames, .content, &framing, [candidate(index, parts: [part], finish: nil)], outputTokens)
            }
            let parts = finishReason(choice) == "SAFETY" ? [] : [text("")]
            let last = candidate(index, parts: parts, finish: finishReason(choice))
            add(&frames, .ending, &framing, [last], outputTokens)
        }
        if !isEvents { frames.add(.marker) { $0.add("]") } }
        let type = isEvents ? "text/event-stream" : "application/json; charset=UTF-8"
        return FakeAnswer(headers: [FakeHeader("content-type", type)], body: frames, isStream: true)
    }

    private struct Framing {
        let isEvents: Bool
        var isFirst = true
    }

    private func add(
        _ frames: inout FrameBuffer, _ kind: FrameBuffer.Frame.Kind, _ framing: inout Framing,
        _ candidates: [JSONValue],
        _ output: Int
    ) {
        let start = framing.isEvents ? "data: " : framing.isFirst ? "[" : ",\r\n"
        framing.isFirst = false
        frames.add(kind) { bytes in
            bytes.add(start)
            response(candidates, output: output).write(to: &bytes)
            if framing.isEvents { bytes.add("\r\n\r\n") }
        }
    }
}
