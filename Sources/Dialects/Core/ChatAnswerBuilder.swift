package import WireJSON

/// Writes a whole answer in OpenAI's format: `chat.completion`, or `text_completion` where the client called
/// `/v1/completions` (which has no place for tools, refusals and reasoning).
///
/// The members describe the first choice; ``addChoice(_:)`` adds more for `n` > 1.
package struct ChatAnswerBuilder {
    /// One element of `choices`.
    package struct Choice {
        package var content: String?
        package var refusal: String?
        /// Becomes `reasoning_content`, the member most clients know.
        package var reasoning: String?
        package var toolCalls: [ChatToolCall] = []
        package var finish: FinishReason = .stop
        /// Elements of `annotations` in OpenAI's format.
        package var annotations: [JSONValue] = []
        /// The `logprobs` object; nil writes null.
        package var logprobs: JSONValue?

        package init() {}
    }

    /// The final id, with its prefix; nil makes one from the plan.
    package var id: String?
    /// nil: the model the request was sent to.
    package var model: String?
    /// nil: estimated from the plan's prompt bytes and the text here, see ``usageOrEstimate``.
    package var usage: TokenUsage?
    private var first = Choice()
    private var others: [Choice] = []
    private let plan: AnswerPlan

    /// An empty answer to the request the plan belongs to.
    package init(plan: AnswerPlan) {
        self.plan = plan
    }

    /// Text of the first choice; nil where it consists of tool calls or a refusal.
    package var content: String? {
        get { first.content }
        set { first.content = newValue }
    }
    /// Refusal of the first choice.
    package var refusal: String? {
        get { first.refusal }
        set { first.refusal = newValue }
    }
    /// Thinking of the first choice, written as `reasoning_content`.
    package var reasoning: String? {
        get { first.reasoning }
        set { first.reasoning = newValue }
    }
    /// Calls of the first choice; an empty id is replaced by an invented one.
    package var toolCalls: [ChatToolCall] {
        get { first.toolCalls }
        set { first.toolCalls = newValue }
    }
    /// Finish reason of the first choice.
    package var finish: FinishReason {
        get { first.finish }
        set { first.finish = newValue }
    }
    /// Annotations of the first choice, in OpenAI's format.
    package var annotations: [JSONValue] {
        get { first.annotations }
        set { first.annotations = newValue }
    }
    /// Log probabilities of the first choice; nil writes null.
    package var logprobs: JSONValue? {
        get { first.logprobs }
        set { first.logprobs = newValue }
    }

    /// The next choice after the first.
    package mutating func addChoice(_ choice: Choice) {
        others.append(choice)
    }

    /// What ``body()`` states: the provider's usage, else an estimate marked as one.
    package var usageOrEstimate: TokenUsage {
        if let usage { return usage }
        var bytes = 0
        for choice in [first] + others {
            bytes += (choice.content ?? "").utf8.count + (choice.reasoning ?? "").utf8.count
            for call in choice.toolCalls { bytes += call.name.utf8.count + call.arguments.utf8.count }
        }
        return .estimate(promptBytes: plan.promptBytes, completionBytes: bytes)
    }

    /// The JSON text of the answer.
    package func body() -> [UInt8] {
        let isChat = plan.endpoint != .completions
        var output: [UInt8] = []
        output.reserveCapacity(512 + (first.content ?? "").utf8.count)
        output.append("{\"id\":")
        JSONText.appendString(id ?? (isChat ? "chatcmpl-" : "cmpl-") + plan.idSeed, to: &output)
        output.append(isChat ? ",\"object\":\"chat.completion\"" : ",\"object\":\"text_completion\"")
        output.append(",\"created\":")
        JSONText.appendInt(plan.created, to: &output)
        output.append(",\"model\":")
        JSONText.appendString(model ?? plan.upstreamModel, to: &output)
        output.append(",\"choices\":[")
        for (index, choice) in ([first] + others).enumerated() {
            output.append(index == 0 ? "{\"index\":" : ",{\"index\":")
            JSONText.appendInt(index, to: &output)
            if isChat {
                appendMessage(of: choice, index, to: &output)
            } else {
                output.append(",\"text\":")
                JSONText.appendString(choice.content ?? "", to: &output)
            }
            output.append(",\"logprobs\":")
            (choice.logprobs ?? .null).write(to: &output)
            output.append(",\"finish_reason\":\"")
            output.append(contentsOf: choice.finish.rawValue.utf8)
            output.append("\"}")
        }
        output.append("],\"usage\":")
        usageOrEstimate.writeOpenAI(to: &output)
        output.append(",\"system_fingerprint\":null}")
        return output
    }

    private func appendMessage(of choice: Choice, _ index: Int, to output: inout [UInt8]) {
        output.append(",\"message\":{\"role\":\"assistant\",\"content\":")
        // Null belongs to answers that consist of something else.
        let isNull = choice.content == nil && (!choice.toolCalls.isEmpty || choice.refusal != nil)
        append(isNull ? nil : choice.content ?? "", to: &output)
        output.append(",\"refusal\":")
        append(choice.refusal, to: &output)
        output.append(",\"annotations\":")
        JSONValue.array(choice.annotations).write(to: &output)
        if let reasoning = choice.reasoning, !reasoning.isEmpty {
            output.append(",\"reasoning_content\":")
            JSONText.appendString(reasoning, to: &output)
        }
        if !choice.toolCalls.isEmpty {
            output.append(",\"tool_calls\":[")
            for (position, call) in choice.toolCalls.enumerated() {
                if position > 0 { output.append(",") }
                append(call, number: index * 1000 + position, to: &output)
            }
            output.append("]")
        }
        output.append("}")
    }

    private func append(_ call: ChatToolCall, number: Int, to output: inout [UInt8]) {
        output.append("{\"id\":")
        let id = call.id.isEmpty ? ChatStreamWriter.toolCallID(seed: plan.idSeed, index: number) : call.id
        JSONText.appendString(id, to: &output)
        output.append(",\"type\":\"function\",\"function\":{\"name\":")
        JSONText.appendString(call.name, to: &output)
        output.append(",\"arguments\":")
        JSONText.appendString(call.arguments, to: &output)
        output.append("}")
        if let signature = call.thoughtSignature {
            output.append(",\"extra_content\":{\"google\":{\"thought_signature\":")
            JSONText.appendString(signature, to: &output)
            output.append("}}")
        }
        output.append("}")
    }

    private func append(_ text: String?, to output: inout [UInt8]) {
        if let text { JSONText.appendString(text, to: &output) } else { output.append("null") }
    }
}
