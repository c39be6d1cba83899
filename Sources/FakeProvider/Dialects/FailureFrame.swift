import WireJSON

/// A failure as an event inside a running stream, in the framing of the request's dialect and endpoint.
struct FailureFrame {
    let failure: FakeFailure
    let context: AnswerContext

    var bytes: [UInt8] {
        switch context.route.operation {
        case .responses: return responses
        case .ollamaChat: return JSONValue.object(["error": .string(message)]).bytes + [0x0A]
        case .streamGenerate where !isEventStream: return arrayElement
        default: break
        }
        switch context.dialect {
        case .n8n: return N8NErrors(failure: failure).line
        case .openrouter: return OpenRouterErrors(failure: failure).frame
        case .groq, .anthropic: return event("error", body, end: "\n\n")
        case .gemini: return event(nil, body, end: "\r\n\r\n")
        case .openai, .azure, .ollama: return event(nil, body, end: "\n\n")
        }
    }

    private var body: [UInt8] { failure.answer(in: context.dialect).body.bytes }

    private var document: JSONValue { (try? JSONValue(parsing: body)) ?? .null }

    private var message: String { document["error"]?["message"]?.stringValue ?? "" }

    private var isEventStream: Bool {
        context.request.parameter("alt") == "sse" || context.behaviour.sse
    }

    private func event(_ name: String?, _ data: [UInt8], end: String) -> [UInt8] {
        var bytes: [UInt8] = []
        if let name { bytes.add("event: \(name)\n") }
        bytes.add("data: ")
        bytes += data
        bytes.add(end)
        return bytes
    }

    /// An `error` event, then the response as failed.
    private var responses: [UInt8] {
        let error = document["error"] ?? .null
        let event: JSONValue = [
            "type": "error", "code": error["code"] ?? .null, "message": .string(message),
            "param": error["param"] ?? .null,
        ]
        let failed: JSONValue = [
            "type": "response.failed",
            "response": [
                "id": .string(context.id("resp_")), "object": "response", "status": "failed",
                "error": ["code": error["code"] ?? .null, "message": .string(message)],
            ],
        ]
        return self.event("error", event.bytes, end: "\n\n") + self.event("response.failed", failed.bytes, end: "\n\n")
    }

    /// Without `alt=sse` Gemini's stream is a JSON array; the failure is its last element.
    private var arrayElement: [UInt8] {
        var bytes = Array((context.behaviour.fail == 0 ? "[" : ",\r\n").utf8)
        bytes += body
        bytes.add("]")
        return bytes
    }
}
