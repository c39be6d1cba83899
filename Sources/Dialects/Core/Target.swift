/// One place a request can be sent to: a provider and the model it should run there.
package struct Target: Sendable {
    /// The provider's name in the policy; it goes into headers, logs and metric labels.
    package var provider: String
    package var kind: ProviderKind
    /// Without a trailing slash.
    package var baseURL: String
    /// The model name the provider knows.
    package var model: String
    /// What that model can do. Built once per policy snapshot, not per request.
    package var capabilities: ModelCapabilities
    /// n8n: the webhook for chat requests.
    package var chatURL: String?
    /// n8n: the webhook for completion requests.
    package var completionsURL: String?

    package init(
        provider: String, kind: ProviderKind, baseURL: String, model: String,
        capabilities: ModelCapabilities = ModelCapabilities(), chatURL: String? = nil, completionsURL: String? = nil
    ) {
        self.provider = provider
        self.kind = kind
        self.baseURL = baseURL
        self.model = model
        self.capabilities = capabilities
        self.chatURL = chatURL
        self.completionsURL = completionsURL
    }
}
