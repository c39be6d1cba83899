import WireJSON

/// A chat request on its way to `/v1/messages` (contracts, section 2.1, table "Request").
/// Conversation, tools and parameters are in `AnthropicRequest+….swift`.
struct AnthropicRequest {
    let chat: ChatRequest
    let target: Target
    let stream: Bool
    /// The blocks of the top-level `system` member.
    var system: [AnthropicBlock] = []
    var thinking: AnthropicThinking
    var names: AnthropicNames
    /// The tool that stands in for structured output.
    let outputTool: AnthropicOutputTool?
    /// Bytes of text in the prompt, for an estimate of usage.
    var promptBytes = 0
    /// For the JSON in the arguments of calls.
    var nested = JSONBudget(.translatedRequest)
    var remembered: RecalledThoughts

    init(_ chat: ChatRequest, target: Target, context: CallContext, stream: Bool) {
        self.chat = chat
        self.target = target
        self.stream = stream
        remembered = RecalledThoughts(context)
        names = AnthropicNames(declared: chat.tools.map(\.name))
        outputTool = AnthropicOutputTool(chat, capabilities: target.capabilities)
        thinking = AnthropicThinking(
            chat, model: target.model, capabilities: target.capabilities, maxTokens: Self.maxTokens(chat, target))
    }

    /// What a model of unknown limits is asked for at most.
    private static let defaultMaxTokens = 4096

    /// `max_tokens` is mandatory, and more than the model can write is refused.
    static func maxTokens(_ chat: ChatRequest, _ target: Target) -> Int {
        let limit = target.capabilities.maxOutput
        return min(chat.maxTokens ?? limit ?? defaultMaxTokens, limit ?? .max)
    }

    /// The request's JSON text; `capacity` is a guess at its size.
    mutating func body(reserving capacity: Int) throws(WireError) -> [UInt8] {
        if chat.choices > 1 {
            throw .invalidRequest("This model gives one choice per request.", param: "n", code: "unsupported_value")
        }
        let messages = try messages()
        let tools = tools()
        let choice = tools.isEmpty ? nil : toolChoice()
        let outputConfig = outputConfig()

        var body = AnthropicBody(capacity: capacity + 256)
        body.add("model", .string(target.model))
        body.add("max_tokens", .number(JSONNumber(Self.maxTokens(chat, target))))
        if !system.isEmpty { body.add("system", system) }
        body.add("messages", messages)
        if !tools.isEmpty { body.add("tools", .array(tools)) }
        if let choice { body.add("tool_choice", choice) }
        if let member = thinking.member { body.add("thinking", member) }
        if !outputConfig.isEmpty { body.add("output_config", .object(outputConfig)) }
        addParameters(to: &body)
        if stream { body.add("stream", true) }
        return body.finished()
    }

    /// Notes in the plan what the answer's translation needs; call it after ``body(reserving:)``.
    func complete(_ plan: inout AnswerPlan) {
        plan.declaredTools = names.declared
        plan.toolNames = names.wayBack
        plan.structuredOutputTool = outputTool?.name
        plan.thinking = thinking.isOn
        plan.promptBytes = promptBytes
    }
}
