/// Thinking that a provider wants back unchanged while a tool loop runs: Anthropic's thinking blocks,
/// Gemini's thought signatures. Kept by the gateway under the id of the tool call it belongs to.
package struct ThoughtRecord: Sendable, Hashable {
    /// The tool call (as the client sees its id) that this belongs to.
    package var toolCallID: String
    package var kind: ProviderKind
    /// The dialect's own text: JSON of the blocks for Anthropic, the signature for Gemini.
    package var payload: String

    package init(toolCallID: String, kind: ProviderKind, payload: String) {
        self.toolCallID = toolCallID
        self.kind = kind
        self.payload = payload
    }
}
