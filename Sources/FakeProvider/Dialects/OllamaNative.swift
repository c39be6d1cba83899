import WireJSON

/// Ollama's own API: NDJSON, `done:true` in the last line.
struct OllamaNative {
    let body: JSONValue
    let context: AnswerContext

    func tags() -> FakeAnswer {
        let models = FakeModels.names(.ollama).map { name -> JSONValue in
            [
                "name": .string(name), "model": .string(name), "size": 4_000_000_000,
                "details": ["format": "gguf", "family": "fake", "parameter_size": "8.0B"],
            ]
        }
        return .json(["models": .array(models)])
    }

    func chat() throws(FakeFailure) -> FakeAnswer {
        let reader = OpenAIRequest(body: body, context: context)
        var prompt = Prompt()
        prompt.model = try reader.model()
        for message in body["messages"]?.arrayValue ?? [] {
            let content = OpenAIRequest.content(message["content"])
            prompt.take(content, isUser: message["role"]?.stringValue == "user")
        }
        if let text = body["prompt"]?.stringValue { prompt.take(TurnContent(text: text), isUser: true) }
        prompt.maxTokens = body["options"]?["num_predict"]?.intValue
        // Streams unless told otherwise.
        prompt.stream = body["stream"]?.boolValue ?? true
        let reply = ReplyBuilder(prompt: prompt, behaviour: context.behaviour).reply()
        return prompt.stream ? stream(prompt, reply) : whole(prompt, reply)
    }

    private func whole(_ prompt: Prompt, _ reply: Reply) -> FakeAnswer {
        .json(.object(line(prompt, reply.first.text, reply: reply)))
    }

    private func stream(_ prompt: Prompt, _ reply: Reply) -> FakeAnswer {
        var frames = FrameBuffer()
        for piece in reply.first.pieces {
            frames.add(.content) { bytes in
                JSONValue.object(line(prompt, piece, reply: nil)).write(to: &bytes)
                bytes.add("\n")
            }
        }
        frames.add(.marker) { bytes in
            JSONValue.object(line(prompt, "", reply: reply)).write(to: &bytes)
            bytes.add("\n")
        }
        return FakeAnswer(
            headers: [FakeHeader("content-type", "application/x-ndjson")], body: frames, isStream: true)
    }

    private func line(_ prompt: Prompt, _ text: String, reply: Reply?) -> JSONObject {
        var line: JSONObject = ["model": .string(prompt.model), "created_at": "2026-01-02T03:04:05.000000Z"]
        if body["prompt"] != nil {
            line["response"] = .string(text)
        } else {
            line["message"] = ["role": "assistant", "content": .string(text)]
        }
        line["done"] = .bool(reply != nil)
        guard let reply else { return line }
        line["done_reason"] = reply.first.finish == .length ? "length" : "stop"
        line["prompt_eval_count"] = .number(JSONNumber(reply.usage.prompt))
        line["eval_count"] = .number(JSONNumber(reply.usage.completion))
        return line
    }
}
