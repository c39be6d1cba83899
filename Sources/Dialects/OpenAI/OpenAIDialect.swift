import WireJSON

/// The dialect of every provider that speaks OpenAI's format: OpenAI, Groq, OpenRouter, Azure, Ollama, vLLM
/// and the like. Requests and answers are relayed as bytes; only what breaks a rule of either side is edited.
package struct OpenAIDialect: Dialect {
    private let kind: ProviderKind
    /// nil where the address is not known beforehand.
    private let place: OpenAIPlace?

    /// - Parameters:
    ///   - kind: `openai`, `groq`, `openrouter`, `openai_compatible` or `demo`.
    ///   - baseURL: the provider's address, if all requests go there.
    package init(kind: ProviderKind, baseURL: String? = nil) {
        self.kind = kind
        place = baseURL.map { OpenAIPlace(kind: kind, baseURL: $0) }
    }

    package func headers(apiKey: String?) -> [(name: String, value: String)] {
        headers(apiKey: apiKey, baseURL: "")
    }

    /// Azure takes keys in `api-key`; everyone else as a bearer token.
    package func headers(apiKey: String?, baseURL: String) -> [(name: String, value: String)] {
        var headers = [(name: "content-type", value: "application/json")]
        guard let apiKey else { return headers }
        if OpenAIService(kind: kind, baseURL: baseURL) == .azure {
            headers.append((name: "api-key", value: apiKey))
        } else {
            headers.append((name: "authorization", value: "Bearer \(apiKey)"))
        }
        return headers
    }

    package func prepare(
        _ request: ClientRequest, target: Target, context: CallContext
    ) throws(WireError) -> ProviderCall {
        let known = place?.baseURL == target.baseURL ? place : nil
        let place = known ?? OpenAIPlace(kind: target.kind, baseURL: target.baseURL)
        var request = OpenAIRequest(request, target, context, place)
        return request.call()
    }

    package func translate(_ body: [UInt8], head: AnswerHead, plan: AnswerPlan) -> AnswerOutcome {
        Self.outcome(body, head, plan)
    }

    package func makeStream(head: AnswerHead, plan: AnswerPlan) -> any StreamTranslator {
        switch head.contentType {
        case nil, "text/event-stream", "text/plain", "application/octet-stream": OpenAIStream(plan: plan)
        default: WholeAnswerStream(plan: plan, head: head, translate: Self.outcome)
        }
    }

    private static func outcome(_ body: [UInt8], _ head: AnswerHead, _ plan: AnswerPlan) -> AnswerOutcome {
        guard 200..<300 ~= head.status else {
            return .failure(ProviderFailure(openAIShaped: body, head: head, kind: plan.kind))
        }
        var relay = AnswerRelay(plan: plan)
        do throws(ProviderFailure) {
            return .answer(try relay.relay(body))
        } catch {
            return .failure(error)
        }
    }
}
