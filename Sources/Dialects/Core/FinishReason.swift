/// Why an answer ended, in OpenAI's terms. How each provider's reasons map: contracts, section 3.1.
package enum FinishReason: String, Sendable, Hashable, CaseIterable {
    case stop
    case length
    case toolCalls = "tool_calls"
    case contentFilter = "content_filter"
}
