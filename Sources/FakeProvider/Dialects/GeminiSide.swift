import WireJSON

/// Gemini's model list, token count and embeddings.
struct GeminiSide {
    let body: JSONValue
    let context: AnswerContext

    func models() -> FakeAnswer {
        .json(["models": .array(FakeModels.names(.gemini).map { model($0) })])
    }

    func model(named name: String) throws(FakeFailure) -> FakeAnswer {
        guard FakeModels.names(.gemini).contains(name) else { throw context.failure(.notFound, model: name) }
        return .json(model(name))
    }

    private func model(_ name: String) -> JSONValue {
        [
            "name": .string("models/" + name), "displayName": .string(name), "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65536, "supportedGenerationMethods": ["generateContent", "countTokens"],
        ]
    }

    func countTokens() throws(FakeFailure) -> FakeAnswer {
        let inner = body["generateContentRequest"] ?? body
        let prompt = try GeminiRequest(body: inner, context: context).prompt(stream: false)
        let tokens = max(1, FakeTokens.count(bytes: prompt.textBytes))
        return .json(["totalTokens": .number(JSONNumber(tokens))])
    }

    /// Answers carry no usage.
    func embeddings(batch: Bool) throws(FakeFailure) -> FakeAnswer {
        let requests = batch ? body["requests"]?.arrayValue ?? [] : [body]
        guard !requests.isEmpty, requests.count <= 2048 else {
            throw context.failure(.badRequest, "* BatchEmbedContentsRequest.requests: 1 to 2048")
        }
        var vectors: [JSONValue] = []
        for request in requests {
            let text = request["content"]?["parts"]?.arrayValue?.compactMap { $0["text"]?.stringValue }.joined(
                separator: "\n")
            let asked = request["outputDimensionality"]?.intValue ?? request["output_dimensionality"]?.intValue ?? 768
            guard (1...4096).contains(asked) else {
                throw context.failure(.badRequest, "* EmbedContentRequest.output_dimensionality")
            }
            let values = EmbeddingVector.make(text ?? "", dimensions: asked)
            vectors.append(["values": .array(values.map { .number(JSONNumber(Double($0))) })])
        }
        return .json(batch ? ["embeddings": .array(vectors)] : ["embedding": vectors.first ?? .null])
    }
}
