import WireJSON

/// Why a message ended (contracts, section 3.1).
enum AnthropicFinish {
    /// - Parameter hasCalls: whether the client sees tool calls. Structured output by a tool is none.
    static func reason(_ stopReason: String?, hasCalls: Bool) -> FinishReason {
        switch stopReason {
        case "max_tokens"?, "model_context_window_exceeded"?: .length
        case "refusal"?: .contentFilter
        // `end_turn`, `stop_sequence`, `tool_use`, `pause_turn` and what is yet to come.
        default: hasCalls ? .toolCalls : .stop
        }
    }

    /// What to show as the refusal; `details` is `stop_details`, often null.
    static func refusal(_ details: JSONValue?) -> String {
        let explanation = details?["explanation"]?.stringValue ?? ""
        return explanation.isEmpty ? "The model declined to answer this request." : explanation
    }
}
