import WireJSON

/// Anthropic's Messages API, version 2023-06-01 (contracts, section 2.1).
package struct AnthropicDialect: Dialect {
    /// The version whose request rules this dialect keeps. The newer 2026-10-21 refuses more (contracts, section 0,
    /// fact 2) and gives nothing that OpenAI's format could carry.
    static let version = "2023-06-01"

    package init() {}

    package func headers(apiKey: String?) -> [(name: String, value: String)] {
        var headers = [
            (name: "content-type", value: "application/json"), (name: "anthropic-version", value: Self.version),
        ]
        if let apiKey, !apiKey.isEmpty { headers.append((name: "x-api-key", value: apiKey)) }
        return headers
    }

    package func prepare(
        _ request: ClientRequest, target: Target, context: CallContext
    ) throws(WireError) -> ProviderCall {
        guard request.endpoint != .embeddings else {
            throw .invalidRequest(
                "The model '\(request.model)' is served by Anthropic, which has no embeddings. Choose another model.",
                param: "model", code: "unsupported_value")
        }
        let chat = try ChatRequest(parsing: request)
        var builder = AnthropicRequest(chat, target: target, context: context, stream: request.stream)
        let body = try builder.body(reserving: request.body.count)
        var plan = AnswerPlan(request, target, context)
        builder.complete(&plan)
        return ProviderCall(url: Self.url(base: target.baseURL), body: body, plan: plan)
    }

    package func translate(_ body: [UInt8], head: AnswerHead, plan: AnswerPlan) -> AnswerOutcome {
        AnthropicAnswer.translate(body, head: head, plan: plan)
    }

    package func makeStream(head: AnswerHead, plan: AnswerPlan) -> any StreamTranslator {
        guard head.contentType?.hasSuffix("json") == true else { return AnthropicStream(head: head, plan: plan) }
        return WholeAnswerStream(plan: plan, head: head, translate: AnthropicAnswer.translate)
    }

    /// Base URLs are written with and without the version.
    private static func url(base: String) -> String {
        base.hasSuffix("/v1") ? base + "/messages" : base + "/v1/messages"
    }
}
