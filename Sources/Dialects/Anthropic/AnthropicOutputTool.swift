import WireJSON

/// Structured output for models without it: a tool whose input is the answer.
struct AnthropicOutputTool {
    /// A name that is not one of the client's functions.
    let name: String
    private let schema: JSONValue

    /// nil unless a schema is asked for, the model knows no schemas, and an answer is wanted at all: a client that
    /// requires a function call gets one, not an answer.
    init?(_ chat: ChatRequest, capabilities: ModelCapabilities) {
        guard case .jsonSchema(let wanted, let schema, _)? = chat.responseFormat, capabilities.jsonSchema != true
        else { return nil }
        switch chat.toolChoice {
        case .required?, .function?, .allowed(_, required: true)?: return nil
        case nil, .none?, .auto?, .allowed?: break
        }
        let taken = Set(chat.tools.map(\.name))
        var candidate = wanted
        var number = 1
        while taken.contains(candidate) {
            candidate = number == 1 ? "\(wanted)_output" : "\(wanted)_output\(number)"
            number += 1
        }
        name = candidate
        self.schema = schema
    }

    var definition: JSONValue {
        [
            "name": .string(name),
            "description": "Gives the final answer. Its input is the answer, so call it once and write no other text.",
            "input_schema": AnthropicSchema.object(schema),
        ]
    }

    /// For models that cannot be forced to call it.
    var instruction: String { "Give your final answer by calling the tool \(name), not as text." }
}
