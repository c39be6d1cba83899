import WireJSON

/// OpenAI's other endpoints: embeddings, models, images, transcription, moderation.
struct OpenAISide {
    let body: JSONValue
    let context: AnswerContext

    private static let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
    private static let maxInputs = 2048
    private static let maxDimensions = 4096

    func embeddings() throws(FakeFailure) -> FakeAnswer {
        let model = try OpenAIRequest(body: body, context: context).model()
        let texts = OpenAIRequest.texts(body["input"])
        guard !texts.isEmpty, texts.count <= Self.maxInputs else {
            throw context.failure(.badRequest, "'input' must hold 1 to 2048 items.", param: "input")
        }
        let dimensions = body["dimensions"]?.intValue ?? (model.contains("large") ? 3072 : 1536)
        guard (1...Self.maxDimensions).contains(dimensions) else {
            throw context.failure(.badRequest, "Invalid value for 'dimensions'.", param: "dimensions")
        }
        let isBase64 = body["encoding_format"]?.stringValue == "base64"
        var bytes = Array("{\"object\":\"list\",\"data\":[".utf8)
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.add(",") }
            bytes.add("{\"object\":\"embedding\",\"index\":\(index),\"embedding\":")
            let vector = EmbeddingVector.make(text, dimensions: dimensions)
            if isBase64 {
                JSONText.appendString(EmbeddingVector.base64(vector), to: &bytes)
            } else {
                bytes.add("[" + vector.map { "\($0)" }.joined(separator: ",") + "]")
            }
            bytes.add("}")
        }
        let tokens = context.behaviour.promptTokens ?? texts.reduce(0) { $0 + FakeTokens.count(bytes: $1.utf8.count) }
        bytes.add("],\"model\":")
        JSONText.appendString(model, to: &bytes)
        bytes.add(",\"usage\":{\"prompt_tokens\":\(tokens),\"total_tokens\":\(tokens)}}")
        return FakeAnswer(headers: [Self.jsonType], body: .whole(bytes), isStream: false)
    }

    private static let jsonType = FakeHeader("content-type", "application/json")

    // MARK: Models

    func models() -> FakeAnswer {
        .json(["object": "list", "data": .array(FakeModels.names(context.dialect).map { .object(model($0)) })])
    }

    func model(named name: String) throws(FakeFailure) -> FakeAnswer {
        guard FakeModels.names(context.dialect).contains(name) else {
            throw context.failure(.notFound, model: name)
        }
        return .json(.object(model(name)))
    }

    private func model(_ name: String) -> JSONObject {
        switch context.dialect {
        case .openrouter:
            return [
                "id": .string(name), "name": .string("Fake: \(name)"), "created": 1_700_000_000,
                "context_length": 128_000,
                "architecture": ["input_modalities": ["text", "image"], "output_modalities": ["text"]],
                "pricing": ["prompt": "0.000001", "completion": "0.000002"],
                "top_provider": ["max_completion_tokens": 16384],
                "supported_parameters": ["max_tokens", "temperature", "tools", "stop"],
            ]
        case .groq:
            return [
                "id": .string(name), "object": "model", "created": 1_700_000_000, "owned_by": "Fake",
                "active": .bool(!name.hasSuffix("-retired")), "context_window": 131_072, "max_completion_tokens": 8192,
            ]
        default:
            return ["id": .string(name), "object": "model", "created": 1_700_000_000, "owned_by": "fake"]
        }
    }

    func keyInfo() -> FakeAnswer {
        .json(["data": ["label": "sk-or-fake…", "usage": 0, "limit": nil, "is_free_tier": false]])
    }

    // MARK: Images, audio, moderation

    func images() throws(FakeFailure) -> FakeAnswer {
        guard body["prompt"]?.stringValue != nil else {
            throw context.failure(.badRequest, "Missing required parameter: 'prompt'.", param: "prompt")
        }
        let model = body["model"]?.stringValue ?? "dall-e-2"
        let isGPT = model.hasPrefix("gpt-image")
        if isGPT, body["response_format"] != nil {
            throw context.failure(.badRequest, "Unknown parameter: 'response_format'.", param: "response_format")
        }
        let wantsData = isGPT || body["response_format"]?.stringValue == "b64_json"
        let image: JSONValue =
            wantsData ? ["b64_json": .string(Self.png)] : ["url": "https://images.example.com/fake.png"]
        let count = max(1, min(body["n"]?.intValue ?? 1, 10))
        var answer: JSONObject = [
            "created": .number(JSONNumber(context.now)), "data": .array(Array(repeating: image, count: count)),
        ]
        if isGPT { answer["usage"] = ["input_tokens": 10, "output_tokens": 100, "total_tokens": 110] }
        return .json(.object(answer))
    }

    /// The form is not taken apart; `response_format` is recognised by its text in the body.
    func transcription() -> FakeAnswer {
        let form =
            String(decoding: context.request.body.suffix(4096), as: UTF8.self)
            + String(decoding: context.request.body.prefix(4096), as: UTF8.self)
        let text = "This is a fake transcription."
        for format in ["text", "srt", "vtt"] where form.contains("\r\n\r\n\(format)\r\n") {
            return FakeAnswer(
                headers: [FakeHeader("content-type", "text/plain; charset=utf-8")], body: .whole(Array(text.utf8)),
                isStream: false)
        }
        if form.contains("\r\n\r\nverbose_json\r\n") {
            return .json([
                "task": "transcribe", "language": "english", "duration": 1.5, "text": .string(text),
                "segments": [["id": 0, "start": 0, "end": 1.5, "text": .string(text)]],
            ])
        }
        return .json(["text": .string(text), "usage": ["type": "duration", "seconds": 2]])
    }

    func moderation() -> FakeAnswer {
        let texts = OpenAIRequest.texts(body["input"])
        let results = texts.map { text -> JSONValue in
            let flagged = text.contains("flag me")
            return [
                "flagged": .bool(flagged), "categories": ["violence": .bool(flagged)],
                "category_scores": ["violence": flagged ? 0.99 : 0.01],
            ]
        }
        return .json([
            "id": .string(context.id("modr-")), "model": body["model"] ?? "omni-moderation-latest",
            "results": .array(results),
        ])
    }
}
