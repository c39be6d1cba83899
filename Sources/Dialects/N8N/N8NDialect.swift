import WireJSON

/// n8n webhooks: a workflow as a model (contracts, section 2.7).
package struct N8NDialect: Dialect {
    package init() {}

    /// The webhook node's header authentication takes any header; a bearer token is the common choice.
    package func headers(apiKey: String?) -> [(name: String, value: String)] {
        var headers = [(name: "content-type", value: "application/json")]
        if let apiKey, !apiKey.isEmpty { headers.append((name: "authorization", value: "Bearer " + apiKey)) }
        return headers
    }

    /// One payload for both kinds of webhook, told apart by `webhook_type`.
    ///
    /// - Throws: 502 where the target has no webhook, 400 for embeddings.
    package func prepare(
        _ request: ClientRequest, target: Target, context: CallContext
    ) throws(WireError) -> ProviderCall {
        let chat = try ChatRequest(parsing: request)
        let url = request.endpoint == .completions ? target.completionsURL ?? target.chatURL : target.chatURL
        guard let url, !url.isEmpty else {
            throw WireError(
                status: 502, type: "upstream_error", code: "provider_misconfigured",
                message: "The workflow behind this model has no webhook URL.", shouldRetry: false)
        }
        let payload = N8NRequest(chat, request: request, target: target, context: context)
        var plan = AnswerPlan(request, target, context)
        plan.promptBytes = payload.promptBytes
        return ProviderCall(url: url, body: payload.body(), plan: plan)
    }

    /// Usage is always estimated.
    package func translate(_ body: [UInt8], head: AnswerHead, plan: AnswerPlan) -> AnswerOutcome {
        N8NAnswer.translate(body, head: head, plan: plan)
    }

    /// The client gets proper server-sent events whether or not the workflow streams.
    package func makeStream(head: AnswerHead, plan: AnswerPlan) -> any StreamTranslator {
        N8NStream(head: head, plan: plan)
    }
}
