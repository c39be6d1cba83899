import WireJSON

/// A chat request on its way to `generateContent` (contracts, section 2.2, table "Request").
/// Conversation, tools and configuration are in `GeminiRequest+….swift`.
struct GeminiRequest {
    let chat: ChatRequest
    let target: Target
    let context: CallContext
    let generation: GeminiGeneration
    let names: GeminiToolNames
    /// What goes into `systemInstruction`.
    var instructions: [String] = []
    /// Bytes of text in the prompt, for an estimate of usage.
    var promptBytes = 0
    /// For the JSON in the arguments and results of calls.
    var nested = JSONBudget(.translatedRequest)
    var remembered: RecalledThoughts
    /// The calls of the history by id: the function's name and the position among its turn's calls.
    var calls: [String: (name: String, position: Int)] = [:]

    init(_ chat: ChatRequest, target: Target, context: CallContext) {
        self.chat = chat
        self.target = target
        self.context = context
        remembered = RecalledThoughts(context)
        generation = GeminiGeneration(model: target.model, capabilities: target.capabilities)
        names = GeminiToolNames(declared: chat.tools.map(\.name))
    }

    mutating func body() throws(WireError) -> JSONValue {
        var contents = try contents()
        let configuration = try generationConfig()
        if contents.isEmpty {
            // At least one user content is required: instructions alone become it.
            contents = [Self.content("user", [["text": .string(instructions.joined(separator: "\n\n"))]])]
            instructions = []
        }
        var body: JSONObject = [:]
        if !instructions.isEmpty {
            body["systemInstruction"] = ["parts": [["text": .string(instructions.joined(separator: "\n\n"))]]]
        }
        body["contents"] = .array(contents)
        if let tools = tools() {
            body["tools"] = tools
            if let choice = toolConfig() { body["toolConfig"] = choice }
        }
        if !configuration.isEmpty { body["generationConfig"] = .object(configuration) }
        return .object(body)
    }

    /// Notes in the plan what the answer's translation needs; call it after ``body()``.
    func complete(_ plan: inout AnswerPlan) {
        plan.declaredTools = Set(chat.tools.map(\.name))
        plan.toolNames = names.wayBack
        plan.firstToolCallOnly = chat.parallelToolCalls == false
        plan.promptBytes = promptBytes
    }

    static func content(_ role: String, _ parts: [JSONValue]) -> JSONValue {
        ["role": .string(role), "parts": .array(parts)]
    }
}
