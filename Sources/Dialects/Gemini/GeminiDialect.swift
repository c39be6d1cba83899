import WireJSON

/// Google's Generative Language API (`generateContent` and relatives), contracts section 2.2.
package struct GeminiDialect: Dialect {
    package init() {}

    /// The key goes into a header: as `?key=` it would end up in the logs of every proxy on the way.
    package func headers(apiKey: String?) -> [(name: String, value: String)] {
        var headers = [(name: "content-type", value: "application/json")]
        if let apiKey, !apiKey.isEmpty { headers.append((name: "x-goog-api-key", value: apiKey)) }
        return headers
    }

    /// Image URLs of the conversation, without those that Google resolves itself (YouTube, Files API, `gs://`).
    package func remoteFiles(in request: ClientRequest, target: Target) throws(WireError) -> [String] {
        guard request.endpoint != .embeddings, GeminiMedia.mayHoldImages(request.body) else { return [] }
        let chat = try ChatRequest(parsing: request)
        var urls: [String] = []
        var seen: Set<String> = []
        for message in chat.messages {
            for case .image(.url(let url), _) in message.parts {
                guard case .fetch = GeminiMedia.source(of: url), seen.insert(url).inserted else { continue }
                urls.append(url)
            }
        }
        return urls
    }

    /// `generateContent` or `streamGenerateContent`, for embeddings `batchEmbedContents`.
    ///
    /// - Throws: 400 where something cannot be said to Google: an image that was not fetched, a foreign file id, a tool
    ///   result without its call, more than 8 choices, token arrays.
    package func prepare(
        _ request: ClientRequest, target: Target, context: CallContext
    ) throws(WireError) -> ProviderCall {
        if request.endpoint == .embeddings {
            return try GeminiEmbeddings.prepare(request, target: target, context: context)
        }
        let chat = try ChatRequest(parsing: request)
        var builder = GeminiRequest(chat, target: target, context: context)
        let body = try builder.body()
        var plan = AnswerPlan(request, target, context)
        builder.complete(&plan)
        let url = GeminiAddress.url(
            base: target.baseURL, model: target.model, method: request.stream ? .stream : .generate)
        return ProviderCall(url: url, body: body.bytes, plan: plan)
    }

    /// Also takes an array, which is a streamed answer in one piece, or an error in brackets.
    package func translate(_ body: [UInt8], head: AnswerHead, plan: AnswerPlan) -> AnswerOutcome {
        guard 200..<300 ~= head.status else { return .failure(GeminiError.failure(body: body, head: head)) }
        if plan.endpoint == .embeddings { return GeminiEmbeddings.translate(body, head: head, plan: plan) }
        return GeminiAnswer.translate(body, head: head, plan: plan)
    }

    /// Reads server-sent events as well as the JSON forms of a stream; the body's first byte tells which.
    package func makeStream(head: AnswerHead, plan: AnswerPlan) -> any StreamTranslator {
        GeminiStream(head: head, plan: plan)
    }
}
