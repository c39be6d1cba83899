import WireJSON

/// Writes an answer as OpenAI's stream: `chat.completion.chunk`, or `text_completion` where the client called
/// `/v1/completions`. Keeps the stream rules of contracts, section 1.3.
///
/// The role chunk is held back until the first real delta: as long as ``hasOutput`` is false, another target may
/// still answer. Chunks are put together from bytes rendered once per stream.
package struct ChatStreamWriter: Sendable {
    /// `chatcmpl-…` or `cmpl-…`. Fixed from the first output on; later changes have no effect.
    package var id: String
    /// The model that answers. Fixed from the first output on; later changes have no effect.
    package var model: String
    /// Whether anything has been written.
    package private(set) var hasOutput = false
    /// Bytes of text, reasoning and tool arguments written so far.
    package private(set) var deliveredBytes = 0
    /// Whether the stream is closed; nothing is written after that.
    package private(set) var isFinished = false

    private struct ChoiceState: Sendable {
        var hasRole = false
        var toolCalls = 0
        var isFinished = false
    }

    private let plan: AnswerPlan
    private let isChat: Bool
    private var choices = [ChoiceState()]
    /// `data: {"id":…,"choices":[{"index":`
    private var opening: [UInt8] = []
    /// From the end of the delta (or text) to the end of the event, without a finish reason.
    private var closing: [UInt8] = []

    /// A writer for the answer to one request; `id` and `model` come from the plan until set.
    package init(plan: AnswerPlan) {
        self.plan = plan
        isChat = plan.endpoint != .completions
        id = (isChat ? "chatcmpl-" : "cmpl-") + plan.idSeed
        model = plan.upstreamModel
    }

    /// An id for a call whose provider gave none: stable within one answer, and of the characters and length
    /// every provider accepts.
    package static func toolCallID(seed: String, index: Int) -> String {
        "call_\(seed.prefix(24))_\(index)"
    }

    // MARK: Deltas

    /// Text of the answer. Ignores "".
    package mutating func text(_ text: String, choice: Int = 0, into output: inout [UInt8]) {
        guard !text.isEmpty, open(choice, contentIsNull: false, into: &output) else { return }
        if isChat { output.append("\"content\":") }
        JSONText.appendString(text, to: &output)
        close(delivered: text.utf8.count, into: &output)
    }

    /// Text that is already the inside of a JSON string (escaped, validated, without quotes): relayed as it is, which
    /// saves taking it apart and putting it together. Ignores an empty range.
    package mutating func text(escaped: ArraySlice<UInt8>, choice: Int = 0, into output: inout [UInt8]) {
        guard !escaped.isEmpty, open(choice, contentIsNull: false, into: &output) else { return }
        output.append(isChat ? "\"content\":\"" : "\"")
        output.append(contentsOf: escaped)
        output.append("\"")
        close(delivered: escaped.count, into: &output)
    }

    /// Thinking, as `reasoning_content` (the member most clients know). Ignores "", and everything for
    /// `/v1/completions`, which has no place for it.
    package mutating func reasoning(_ text: String, choice: Int = 0, into output: inout [UInt8]) {
        member("\"reasoning_content\":", text, choice: choice, into: &output)
    }

    /// A refusal in structured outputs. Ignores "", and everything for `/v1/completions`.
    package mutating func refusal(_ text: String, choice: Int = 0, into output: inout [UInt8]) {
        member("\"refusal\":", text, choice: choice, into: &output)
    }

    private mutating func member(_ name: StaticString, _ text: String, choice: Int, into output: inout [UInt8]) {
        guard isChat, !text.isEmpty, open(choice, contentIsNull: false, into: &output) else { return }
        output.append(name)
        JSONText.appendString(text, to: &output)
        close(delivered: text.utf8.count, into: &output)
    }

    /// Starts the next tool call of a choice and returns its index: dense, from 0. An empty `id` is replaced by
    /// an invented one. Writes nothing for `/v1/completions`.
    @discardableResult
    package mutating func toolCall(
        id callID: String, name: String, thoughtSignature: String? = nil, choice: Int = 0, into output: inout [UInt8]
    ) -> Int {
        let choice = bounded(choice)
        let index = choices[choice].toolCalls
        guard isChat, open(choice, contentIsNull: true, into: &output) else { return index }
        choices[choice].toolCalls += 1
        output.append("\"tool_calls\":[{\"index\":")
        JSONText.appendInt(index, to: &output)
        output.append(",\"id\":")
        JSONText.appendString(callID.isEmpty ? Self.toolCallID(seed: plan.idSeed, index: index) : callID, to: &output)
        output.append(",\"type\":\"function\",\"function\":{\"name\":")
        JSONText.appendString(name, to: &output)
        output.append(",\"arguments\":\"\"}")
        if let thoughtSignature {
            output.append(",\"extra_content\":{\"google\":{\"thought_signature\":")
            JSONText.appendString(thoughtSignature, to: &output)
            output.append("}}")
        }
        output.append("}]")
        close(delivered: 0, into: &output)
        return index
    }

    /// A piece of the arguments of the call `index`. Ignores "" and calls that were not started.
    package mutating func toolArguments(
        _ fragment: String, index: Int, choice: Int = 0, into output: inout [UInt8]
    ) {
        guard beginArguments(fragment.isEmpty, index, choice, into: &output) else { return }
        JSONText.appendString(fragment, to: &output)
        output.append("}}]")
        close(delivered: fragment.utf8.count, into: &output)
    }

    /// Like ``toolArguments(_:index:choice:into:)`` for text that is already the inside of a JSON string.
    package mutating func toolArguments(
        escaped: ArraySlice<UInt8>, index: Int, choice: Int = 0, into output: inout [UInt8]
    ) {
        guard beginArguments(escaped.isEmpty, index, choice, into: &output) else { return }
        output.append("\"")
        output.append(contentsOf: escaped)
        output.append("\"}}]")
        close(delivered: escaped.count, into: &output)
    }

    private mutating func beginArguments(
        _ isEmpty: Bool, _ index: Int, _ choice: Int, into output: inout [UInt8]
    ) -> Bool {
        let choice = bounded(choice)
        guard isChat, !isEmpty, index >= 0, index < choices[choice].toolCalls,
            open(choice, contentIsNull: true, into: &output)
        else { return false }
        output.append("\"tool_calls\":[{\"index\":")
        JSONText.appendInt(index, to: &output)
        output.append(",\"function\":{\"arguments\":")
        return true
    }

    // MARK: The end

    /// Ends one of several choices, once. The stream itself is closed by ``finish(_:usage:into:)``.
    package mutating func finishChoice(_ reason: FinishReason, choice: Int, into output: inout [UInt8]) {
        guard open(choice, contentIsNull: false, into: &output) else { return }
        choices[bounded(choice)].isFinished = true
        if !isChat { output.append("\"\"") }
        output.append(isChat ? "},\"logprobs\":null,\"finish_reason\":\"" : ",\"logprobs\":null,\"finish_reason\":\"")
        output.append(contentsOf: reason.rawValue.utf8)
        output.append(plan.includeUsage ? "\"}],\"usage\":null}\n\n" : "\"}]}\n\n")
    }

    /// Closes the stream, once: finish chunks for choices that have none, the usage chunk if the client asked for one
    /// (estimated where `usage` is nil), `[DONE]`.
    package mutating func finish(_ reason: FinishReason, usage: TokenUsage?, into output: inout [UInt8]) {
        guard !isFinished else { return }
        for choice in choices.indices where choice == 0 || choices[choice].hasRole {
            finishChoice(reason, choice: choice, into: &output)
        }
        isFinished = true
        if plan.includeUsage {
            let usage = usage ?? .estimate(promptBytes: plan.promptBytes, completionBytes: deliveredBytes)
            appendHead(to: &output)
            output.append("\"choices\":[],\"usage\":")
            usage.writeOpenAI(to: &output)
            output.append("}\n\n")
        }
        output.append("data: [DONE]\n\n")
    }

    // MARK: Pieces

    /// More choices than OpenAI allows would be a provider's mistake; they go into the last.
    private mutating func bounded(_ choice: Int) -> Int {
        let choice = max(0, min(choice, 127))
        while choices.count <= choice { choices.append(ChoiceState()) }
        return choice
    }

    /// Writes the chunk up to the inside of its delta, and before it the role chunk if the choice has none yet. False
    /// if the choice is over.
    private mutating func open(_ choice: Int, contentIsNull: Bool, into output: inout [UInt8]) -> Bool {
        let choice = bounded(choice)
        guard !isFinished, !choices[choice].isFinished else { return false }
        if !hasOutput {
            hasOutput = true
            render()
        }
        if !choices[choice].hasRole {
            choices[choice].hasRole = true
            if isChat {
                appendOpening(choice, to: &output)
                output.append("\"role\":\"assistant\",\"content\":")
                output.append(contentIsNull ? "null" : "\"\",\"refusal\":null")
                output.append(contentsOf: closing)
            }
        }
        appendOpening(choice, to: &output)
        return true
    }

    private mutating func close(delivered: Int, into output: inout [UInt8]) {
        deliveredBytes &+= delivered
        output.append(contentsOf: closing)
    }

    private func appendOpening(_ choice: Int, to output: inout [UInt8]) {
        output.append(contentsOf: opening)
        JSONText.appendInt(choice, to: &output)
        output.append(isChat ? ",\"delta\":{" : ",\"text\":")
    }

    /// `data: {"id":…,"model":…,"system_fingerprint":null,`
    private func appendHead(to output: inout [UInt8]) {
        output.append(contentsOf: opening.dropLast(Self.choicesOpening.utf8CodeUnitCount))
    }

    private static let choicesOpening: StaticString = "\"choices\":[{\"index\":"

    private mutating func render() {
        opening.reserveCapacity(192)
        opening.append("data: {\"id\":")
        JSONText.appendString(id, to: &opening)
        opening.append(isChat ? ",\"object\":\"chat.completion.chunk\"" : ",\"object\":\"text_completion\"")
        opening.append(",\"created\":")
        JSONText.appendInt(plan.created, to: &opening)
        opening.append(",\"model\":")
        JSONText.appendString(model, to: &opening)
        opening.append(",\"system_fingerprint\":null,")
        opening.append(Self.choicesOpening)
        if isChat { closing.append("}") }
        closing.append(",\"logprobs\":null,\"finish_reason\":null}]")
        if plan.includeUsage { closing.append(",\"usage\":null") }
        closing.append("}\n\n")
    }
}
