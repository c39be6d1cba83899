/// What the translation of an answer must know about the request it belongs to.
package struct AnswerPlan: Sendable {
    package var endpoint: Endpoint
    package var kind: ProviderKind
    package var stream: Bool
    /// Whether the client asked for the usage chunk.
    package var includeUsage: Bool
    /// The model name the client used.
    package var clientModel: String
    /// The model name sent upstream; the answer's `model` unless the provider names one.
    package var upstreamModel: String
    /// Seconds since 1970.
    package var created: Int
    /// See ``CallContext/idSeed``.
    package var idSeed: String
    /// Function names the client declared, as the client wrote them.
    package var declaredTools: Set<String> = []
    /// Names that had to be rewritten for the provider: provider's name → client's name.
    package var toolNames: [String: String] = [:]
    /// Set when structured output is emulated by one forced tool: its input becomes the content.
    package var structuredOutputTool: String?
    /// `parallel_tool_calls: false` for a provider that cannot be told: keep only the first call.
    package var firstToolCallOnly = false
    /// The client asked for vectors as base64 (embeddings).
    package var base64Embeddings = false
    /// Thinking was asked for: a tool-calling answer without any is remembered as such, to tell it from one whose
    /// thinking got lost.
    package var thinking = false
    /// Bytes of prompt text, for an estimate where the provider reports no usage.
    package var promptBytes = 0

    package init(
        endpoint: Endpoint, kind: ProviderKind, stream: Bool, includeUsage: Bool, clientModel: String,
        upstreamModel: String, created: Int, idSeed: String
    ) {
        self.endpoint = endpoint
        self.kind = kind
        self.stream = stream
        self.includeUsage = includeUsage
        self.clientModel = clientModel
        self.upstreamModel = upstreamModel
        self.created = created
        self.idSeed = idSeed
    }

    /// The plan every dialect starts from.
    package init(_ request: ClientRequest, _ target: Target, _ context: CallContext) {
        self.init(
            endpoint: request.endpoint, kind: target.kind, stream: request.stream, includeUsage: request.includeUsage,
            clientModel: request.model, upstreamModel: target.model, created: context.created, idSeed: context.idSeed)
    }
}
