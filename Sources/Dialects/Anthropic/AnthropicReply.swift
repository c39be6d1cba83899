import WireJSON

/// An answer read event by event and written as OpenAI's chunks.
struct AnthropicReply {
    /// The content block that is open. Blocks come one after the other.
    struct Block {
        enum Kind {
            case text
            case thinking
            /// A call of the client's; the number is its index among the calls.
            case call(Int)
            /// The tool that stands in for structured output.
            case output
            case skipped
        }

        var kind: Kind
        var index: Int?
        /// The input given at the block's start, to be shown if no piece of it comes.
        var input = "{}"
        var hasInput = false
    }

    let plan: AnswerPlan
    let head: AnswerHead
    var writer: ChatStreamWriter
    var stated = AnthropicUsage()
    /// Whether the final count of the output was stated.
    var hasOutputCount = false
    var block: Block?
    var collected = AnthropicThoughts()
    var messageID: String?
    var stopReason: String?
    var stopDetails: JSONValue?
    private(set) var firstCallID: String?
    private var calls = 0
    /// Text is held back, escaped, until it is known that no structured output follows.
    private var holds: Bool
    private var held: [UInt8] = []
    private var hasStructuredOutput = false
    private var finalUsage: TokenUsage?

    init(plan: AnswerPlan, head: AnswerHead) {
        self.plan = plan
        self.head = head
        writer = ChatStreamWriter(plan: plan)
        holds = plan.structuredOutputTool != nil
    }

    var hasStopReason: Bool { stopReason != nil }

    var usage: TokenUsage? {
        finalUsage ?? (hasOutputCount ? stated.tokens : stated.tokens(delivered: writer.deliveredBytes))
    }

    var thoughts: [ThoughtRecord] {
        finalUsage == nil ? [] : collected.records(firstCallID: firstCallID, plan: plan)
    }

    // MARK: Writing

    /// An answer of more bytes than this is shown as it is.
    private static let mostHeld = 4 << 20

    /// Text of the answer, as the inside of a JSON string.
    mutating func show(_ escaped: ArraySlice<UInt8>, into output: inout [UInt8]) {
        guard holds else { return writer.text(escaped: escaped, into: &output) }
        held += escaped
        if held.count > Self.mostHeld { release(into: &output) }
    }

    private mutating func release(into output: inout [UInt8]) {
        holds = false
        if !hasStructuredOutput { writer.text(escaped: held[...], into: &output) }
        held = []
    }

    /// A `tool_use` block begins.
    mutating func beginCall(id given: String, name: String, into output: inout [UInt8]) -> Block.Kind {
        guard !name.isEmpty else { return .skipped }
        if name == plan.structuredOutputTool {
            if hasStructuredOutput { return .skipped }
            hasStructuredOutput = true
            return .output
        }
        let id = given.isEmpty ? ChatStreamWriter.toolCallID(seed: plan.idSeed, index: calls) : given
        if firstCallID == nil { firstCallID = id }
        calls += 1
        return .call(writer.toolCall(id: id, name: plan.toolNames[name] ?? name, into: &output))
    }

    /// A piece of a call's input, as the inside of a JSON string.
    mutating func addInput(_ escaped: ArraySlice<UInt8>, into output: inout [UInt8]) {
        guard !escaped.isEmpty else { return }
        switch block?.kind {
        case .call(let index)?: writer.toolArguments(escaped: escaped, index: index, into: &output)
        case .output?: writer.text(escaped: escaped, into: &output)
        default: return
        }
        block?.hasInput = true
    }

    /// The open block is over: input of which nothing came is shown now, so that it is valid JSON in any case.
    mutating func closeBlock(into output: inout [UInt8]) {
        guard let closed = block else { return }
        block = nil
        switch closed.kind {
        case .call(let index) where !closed.hasInput: writer.toolArguments(closed.input, index: index, into: &output)
        case .output where !closed.hasInput: writer.text(closed.input, into: &output)
        default: break
        }
    }

    /// The answer is whole.
    mutating func finish(into output: inout [UInt8]) {
        closeBlock(into: &output)
        release(into: &output)
        let reason = AnthropicFinish.reason(stopReason, hasCalls: calls > 0 && plan.endpoint != .completions)
        if reason == .contentFilter { writer.refusal(AnthropicFinish.refusal(stopDetails), into: &output) }
        let usage =
            usage ?? .estimate(promptBytes: plan.promptBytes, completionBytes: writer.deliveredBytes)
        finalUsage = usage
        writer.finish(reason, usage: usage, into: &output)
    }
}
