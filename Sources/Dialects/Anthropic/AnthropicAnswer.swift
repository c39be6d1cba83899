import WireJSON

/// A whole message (contracts, section 2.1, table "Response").
struct AnthropicAnswer {
    private let plan: AnswerPlan
    private var texts: [String] = []
    private var reasoning = ""
    private var calls: [ChatToolCall] = []
    /// The input of the tool that stands in for structured output.
    private var output: String?
    private var thoughts = AnthropicThoughts()

    private init(plan: AnswerPlan) {
        self.plan = plan
    }

    static func translate(_ body: [UInt8], head: AnswerHead, plan: AnswerPlan) -> AnswerOutcome {
        guard 200..<300 ~= head.status else { return .failure(AnthropicError.failure(body: body, head: head)) }
        let message: JSONValue
        do {
            message = try JSONValue(parsing: body)
        } catch {
            return .failure(
                ProviderFailure(
                    .server, upstreamStatus: head.status, message: "The provider's answer could not be read."))
        }
        if let error = message["error"], !error.isNull {
            return .failure(AnthropicError.failure(error: error, status: head.status, head: head))
        }
        guard let blocks = message["content"]?.arrayValue else {
            return .failure(
                ProviderFailure(
                    .server, upstreamStatus: head.status, message: "The provider answered without content."))
        }
        var answer = AnthropicAnswer(plan: plan)
        for block in blocks { answer.take(block) }
        return .answer(answer.finished(message))
    }

    /// Block types that are not here are skipped: server tools and their results, `fallback` and the like.
    private mutating func take(_ block: JSONValue) {
        switch block["type"]?.stringValue {
        case "text"?: texts.append(block["text"]?.stringValue ?? "")
        case "thinking"?:
            let (text, signature) = (block["thinking"]?.stringValue ?? "", block["signature"]?.stringValue ?? "")
            reasoning += text
            thoughts.beginThinking()
            thoughts.add(text: JSONText.quoted(text).dropFirst().dropLast())
            thoughts.add(signature: JSONText.quoted(signature).dropFirst().dropLast())
        case "redacted_thinking"?:
            thoughts.addRedacted(JSONText.quoted(block["data"]?.stringValue ?? "").dropFirst().dropLast())
        case "tool_use"?: takeCall(block)
        default: break
        }
    }

    private mutating func takeCall(_ block: JSONValue) {
        guard let name = block["name"]?.stringValue, !name.isEmpty else { return }
        let input = block["input"].flatMap { $0.isNull ? nil : $0.text } ?? "{}"
        if name == plan.structuredOutputTool {
            if output == nil { output = input }
            return
        }
        let given = block["id"]?.stringValue ?? ""
        let id = given.isEmpty ? ChatStreamWriter.toolCallID(seed: plan.idSeed, index: calls.count) : given
        calls.append(ChatToolCall(id: id, name: plan.toolNames[name] ?? name, arguments: input))
    }

    private func finished(_ message: JSONValue) -> TranslatedAnswer {
        var builder = ChatAnswerBuilder(plan: plan)
        builder.id = message["id"]?.stringValue.flatMap { AnthropicAnswer.id($0, plan) }
        if let model = message["model"]?.stringValue, !model.isEmpty { builder.model = model }
        builder.content = output ?? (texts.isEmpty ? nil : texts.joined())
        builder.reasoning = reasoning
        builder.toolCalls = calls
        builder.finish = AnthropicFinish.reason(
            message["stop_reason"]?.stringValue, hasCalls: !calls.isEmpty && plan.endpoint != .completions)
        if builder.finish == .contentFilter { builder.refusal = AnthropicFinish.refusal(message["stop_details"]) }
        var usage = AnthropicUsage()
        if let stated = message["usage"] { usage.merge(stated) }
        builder.usage = usage.tokens
        return TranslatedAnswer(
            body: builder.body(), usage: builder.usageOrEstimate,
            thoughts: thoughts.records(firstCallID: calls.first?.id, plan: plan))
    }

    /// The provider's id with OpenAI's prefix; nil for an empty one.
    static func id(_ id: String, _ plan: AnswerPlan) -> String? {
        let tail = id.hasPrefix("msg_") ? id.dropFirst(4) : id[...]
        return tail.isEmpty ? nil : (plan.endpoint == .completions ? "cmpl-" : "chatcmpl-") + tail
    }
}
