import WireJSON

/// `/v1/embeddings` by way of `batchEmbedContents`. The API reports no usage, so it is estimated.
enum GeminiEmbeddings {
    static func prepare(
        _ request: ClientRequest, target: Target, context: CallContext
    ) throws(WireError) -> ProviderCall {
        let members: JSONValue
        do {
            members = try JSONValue(parsing: request.body, limits: .translatedRequest)
        } catch {
            throw WireError(error)
        }
        var plan = AnswerPlan(request, target, context)
        plan.base64Embeddings = try wantsBase64(members["encoding_format"])
        let dimensions = try dimensions(members["dimensions"])
        let model = GeminiAddress.resource(target.model)
        var requests: [JSONValue] = []
        for text in try texts(members["input"]) {
            plan.promptBytes += text.utf8.count
            var single: JSONObject = [
                "model": .string(model), "content": ["parts": [["text": .string(text)]]],
            ]
            if let dimensions { single["outputDimensionality"] = .number(JSONNumber(dimensions)) }
            if let task = members["task_type"]?.stringValue { single["taskType"] = .string(task) }
            requests.append(.object(single))
        }
        let body: JSONValue = ["requests": .array(requests)]
        let url = GeminiAddress.url(base: target.baseURL, model: target.model, method: .embed)
        return ProviderCall(url: url, body: body.bytes, plan: plan)
    }

    static func translate(_ body: [UInt8], head: AnswerHead, plan: AnswerPlan) -> AnswerOutcome {
        guard let answer = try? JSONValue(parsing: body) else {
            return .failure(unreadable(head))
        }
        if let error = answer["error"], !error.isNull {
            return .failure(GeminiError.failure(error: error, status: head.status, head: head))
        }
        guard let embeddings = answer["embeddings"]?.arrayValue, !embeddings.isEmpty else {
            return .failure(unreadable(head))
        }
        var data: [JSONValue] = []
        for (index, embedding) in embeddings.enumerated() {
            guard let values = embedding["values"], let vector = values.arrayValue else {
                return .failure(unreadable(head))
            }
            data.append([
                "object": "embedding", "index": .number(JSONNumber(index)),
                "embedding": plan.base64Embeddings ? .string(base64(vector)) : values,
            ])
        }
        var usage = TokenUsage.estimate(promptBytes: plan.promptBytes, completionBytes: 0)
        usage.total = usage.prompt
        usage.completion = 0
        let list: JSONValue = [
            "object": "list", "data": .array(data), "model": .string(plan.upstreamModel),
            "usage": [
                "prompt_tokens": .number(JSONNumber(usage.prompt)),
                "total_tokens": .number(JSONNumber(usage.total)),
            ],
        ]
        return .answer(TranslatedAnswer(body: list.bytes, usage: usage))
    }

    // MARK: Request members

    private static func texts(_ input: JSONValue?) throws(WireError) -> [String] {
        switch input {
        case nil, .null?:
            throw .missing("input")
        case .string(let text)?:
            return [try checked(text, param: "input")]
        case .array(let elements)?:
            if elements.isEmpty { throw .emptyArray("input") }
            var texts: [String] = []
            for (index, element) in elements.enumerated() {
                guard case .string(let text) = element else { throw refusal(of: element) }
                texts.append(try checked(text, param: "input[\(index)]"))
            }
            return texts
        case let other?:
            throw refusal(of: other)
        }
    }

    private static func checked(_ text: String, param: String) throws(WireError) -> String {
        if text.isEmpty { throw .emptyString(param) }
        return text
    }

    private static func refusal(of element: JSONValue) -> WireError {
        let isTokens = element.numberValue != nil || element[0]?.numberValue != nil
        let message =
            isTokens
            ? "This model takes text only; token arrays are not supported."
            : "The input must be a string or an array of strings."
        return .invalidRequest(message, param: "input", code: isTokens ? "unsupported_value" : "invalid_type")
    }

    private static func wantsBase64(_ format: JSONValue?) throws(WireError) -> Bool {
        switch format {
        case nil, .null?, .string("float")?: return false
        case .string("base64")?: return true
        case let other?:
            throw .invalidValue(
                "encoding_format", other.stringValue ?? other.text, supported: ["float", "base64"])
        }
    }

    private static func dimensions(_ value: JSONValue?) throws(WireError) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard let dimensions = value.intValue, dimensions > 0 else {
            throw .invalidRequest(
                "The dimensions must be a positive integer.", param: "dimensions", code: "invalid_value")
        }
        return dimensions
    }

    // MARK: Answer members

    /// Little-endian 32-bit floats, as OpenAI's clients expect them.
    private static func base64(_ vector: [JSONValue]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vector.count * 4)
        for value in vector {
            let bits = Float(value.numberValue?.double ?? 0).bitPattern
            for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        }
        return GeminiBase64.encode(bytes)
    }

    private static func unreadable(_ head: AnswerHead) -> ProviderFailure {
        ProviderFailure(
            .server, upstreamStatus: head.status, message: "The provider's answer could not be read.")
    }
}
