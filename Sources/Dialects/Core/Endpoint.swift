/// An inference endpoint of the data plane, in OpenAI's terms.
package enum Endpoint: String, Sendable, Hashable, CaseIterable {
    case chatCompletions = "/v1/chat/completions"
    case completions = "/v1/completions"
    case embeddings = "/v1/embeddings"
}
