/// How an n8n workflow answers its webhook; named by a path segment after `/webhook/` or by `mode=`.
package enum N8NMode: String, Sendable, Hashable, CaseIterable {
    /// Last node, first entry: one JSON object with `output`.
    case object
    /// Last node, all entries: an array of objects.
    case array
    /// An LLM chain of older versions: the text sits in `response.text`.
    case nested
    /// Respond to Webhook with plain text.
    case text
    /// Respond to Webhook with JSON of the workflow's own making.
    case respond
    /// An answer in OpenAI's shape, as gateways in front of n8n build it.
    case openai
    /// Streaming: one JSON object a line.
    case stream
    /// Streaming of two agents one after the other.
    case agents
    /// "Immediately": the workflow started, there will be no answer.
    case started
    /// No response body.
    case empty
    case notFound = "not_found"
    case forbidden
    /// A node failed.
    case failed
}
